"""HTML to PDF/A: the same HTML gives the same bytes, and nothing is fetched from anywhere.

Rendering takes about 0.2 s a page and 90 MB, so it belongs to the outbox worker, never to a request.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import threading
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import unquote, urlsplit

import msgspec

VARIANT: Final = "pdf/a-3a"
_PX_TO_PT: Final = 0.75
_BOLD_ELEMENTS: Final = "b, strong, th, h1, h2, h3 { font-weight: bold }\n"
_BOLD: Final = re.compile(r"\bfont(?:-weight:|:[^;}]*?)\s*\b(?:bold|700)\b[^;}]*")
_NOT_BOLD: Final = re.compile(r"\bfont-weight:\s*(?:normal|400)\b")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A box on a page, in PDF points from the lower left corner; `page` counts from 0."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes, and where each element with an `id` that begins with `sign-` came to lie."""

    pdf: bytes
    places: dict[str, Place]


class ForeignAddress(Exception):
    """A template asks for an address outside; a fault of the template, never of a person."""


class PdfRenderer(Protocol):
    async def render(self, html: str, css: str, *, at: datetime) -> Rendered:
        """Render one document as of the moment `at` (UTC), which becomes its date of creation.

        Raises `ForeignAddress` if the HTML or CSS asks for anything but `data:` and the package fonts.
        """
        ...


class NullPdf:
    """No PDF at all: the digest of what would have been rendered, for tests that do not read documents."""

    async def render(self, html: str, css: str, *, at: datetime) -> Rendered:
        digest = hashlib.sha256(f"{html}\0{css}\0{at.isoformat()}".encode()).hexdigest()
        return Rendered(pdf=f"%PDF-1.7\n%{digest}\n".encode(), places={})


def font_faces() -> str:
    """The `@font-face` rules of the two families, as file addresses inside the font packages.

    WeasyPrint does not read ranges of weights, so a variable font is named once for each weight.
    """
    import fontpkg_be_vietnam_pro
    import fontpkg_noto_serif

    serif = Path(fontpkg_noto_serif.ROOT) / "files"
    sans = Path(fontpkg_be_vietnam_pro.ROOT) / "files"
    faces = [
        ("Noto Serif", serif / "NotoSerif[wdth,wght].ttf", "400", "normal"),
        ("Noto Serif", serif / "NotoSerif[wdth,wght].ttf", "700", "normal"),
        ("Noto Serif", serif / "NotoSerif-Italic[wdth,wght].ttf", "400", "italic"),
        ("Noto Serif", serif / "NotoSerif-Italic[wdth,wght].ttf", "700", "italic"),
        ("Be Vietnam Pro", sans / "BeVietnamPro-Regular.ttf", "400", "normal"),
        ("Be Vietnam Pro", sans / "BeVietnamPro-Bold.ttf", "700", "normal"),
        ("Be Vietnam Pro", sans / "BeVietnamPro-Italic.ttf", "400", "italic"),
    ]
    return "\n".join(
        f"@font-face{{font-family:'{family}';src:url('{path.as_uri()}');"
        f"font-weight:{weight};font-style:{style}}}"
        for family, path, weight, style in faces
    )


def with_weight_axis(css: str) -> str:
    """Say every weight also on the axis of the variable font.

    Without it Pango draws bold letters at the widths of regular ones, and bold words look squeezed.
    """
    css = _BOLD.sub(lambda rule: f"{rule[0]}; font-variation-settings: 'wght' 700", css)
    return _NOT_BOLD.sub(lambda rule: f"{rule[0]}; font-variation-settings: normal", css)


def _is_allowed(url: str) -> bool:
    """`data:` and files inside the font packages; a path that climbs out is not inside."""
    import fontpkg_be_vietnam_pro
    import fontpkg_noto_serif

    parts = urlsplit(url)
    if parts.scheme == "data":
        return True
    if parts.scheme != "file" or parts.netloc:
        return False
    path = Path(unquote(parts.path)).resolve()
    return any(
        path.is_relative_to(Path(root).resolve())
        for root in (fontpkg_be_vietnam_pro.ROOT, fontpkg_noto_serif.ROOT)
    )


class WeasyPdf:
    """WeasyPrint in a thread, one document at a time.

    The lock guards `SOURCE_DATE_EPOCH`, which the font subsetter reads and which belongs to the process.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    async def render(self, html: str, css: str, *, at: datetime) -> Rendered:
        return await asyncio.to_thread(self._render, html, css, at)

    def _render(self, html: str, css: str, at: datetime) -> Rendered:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError

        identifier = hashlib.sha256(f"{html}\0{css}\0{at.isoformat()}".encode()).hexdigest()[:32]
        fetcher = _closed_fetcher()
        with self._lock:
            before = os.environ.get("SOURCE_DATE_EPOCH")
            os.environ["SOURCE_DATE_EPOCH"] = str(int(at.timestamp()))
            try:
                fonts = FontConfiguration()
                sheets = [
                    CSS(string=style, font_config=fonts, url_fetcher=fetcher)
                    for style in (font_faces(), with_weight_axis(_BOLD_ELEMENTS), with_weight_axis(css))
                ]
                document = HTML(string=html, url_fetcher=fetcher).render(
                    font_config=fonts, stylesheets=sheets, pdf_variant=VARIANT
                )
                document.metadata.created = at.strftime("%Y-%m-%dT%H:%M:%SZ")
                document.metadata.modified = document.metadata.created
                pdf = document.write_pdf(
                    pdf_variant=VARIANT, pdf_tags=True, pdf_identifier=identifier.encode()
                )
            except FatalURLFetchingError as refused:
                raise ForeignAddress(str(refused.__cause__)) from refused
            finally:
                _restore_epoch(before)
        return Rendered(pdf=pdf, places=_places(document))


def _closed_fetcher() -> Any:
    """WeasyPrint's fetcher with every door closed but `data:` and the package fonts."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class ClosedFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if not _is_allowed(url):
                # Fatal, or WeasyPrint would go on and leave a hole in the document.
                raise FatalURLFetchingError(url) from ForeignAddress(f"foreign address in a document: {url}")
            return super().fetch(url, headers)

    return ClosedFetcher(allowed_protocols=("data", "file"), allow_redirects=False)


def _restore_epoch(before: str | None) -> None:
    if before is None:
        del os.environ["SOURCE_DATE_EPOCH"]
    else:
        os.environ["SOURCE_DATE_EPOCH"] = before


def _places(document: Any) -> dict[str, Place]:
    return {
        name: Place(
            page=number,
            left=left * _PX_TO_PT,
            bottom=(page.height - bottom) * _PX_TO_PT,
            right=right * _PX_TO_PT,
            top=(page.height - top) * _PX_TO_PT,
        )
        for number, page in enumerate(document.pages)
        for name, (left, top, right, bottom) in page.anchors.items()
        if name.startswith("sign-")
    }
