"""Read issued PDFs: their words, their signatures."""

from __future__ import annotations

import io
import unicodedata

import pypdfium2
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext


def text_of(pdf: bytes) -> str:
    """All words, single spaces between them."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    return unicodedata.normalize("NFC", " ".join(" ".join(pages).split()))


async def signatures_of(pdf: bytes) -> list[bool]:
    """Per signature, in order: do the mathematics hold and is nothing changed? Who vouches is not asked."""
    found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    nobody = ValidationContext(trust_roots=[])
    states = [await async_validate_pdf_signature(signature, nobody) for signature in found]
    return [state.intact and state.valid for state in states]
