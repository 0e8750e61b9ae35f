"""Signatures inside the PDF: the contract, and one that signs nothing. The real one is `ports.pades`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from backend.kit.errors import Invalid
from backend.kit.text import Text
from backend.ports.pdf import Place

Level = Literal["B-B", "B-T", "B-LT", "B-LTA"]


class Signatory(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs. With a `place` the signature is visible there, otherwise it is only in the file."""

    name: str
    place: Place | None = None


class SignatureReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out about one signature.

    `intact`: not one byte under it changed and nothing was added that a later signature does not allow.
    `valid`: the mathematics hold. `trusted`: a known authority vouches for the signer and did not revoke.
    `at` is the moment the time stamp proves, else the one the signer claims.
    """

    signer: str
    intact: bool
    valid: bool
    trusted: bool
    at: datetime | None
    level: Level

    @property
    def holds(self) -> bool:
        return self.intact and self.valid and self.trusted


class UnreadablePdf(Invalid):
    """These bytes are not a PDF anybody could check for signatures."""

    code = "unreadable_pdf"
    text = Text(
        "Tệp không phải là PDF đọc được. Hãy chọn đúng tệp PDF đã được cấp.",
        "This file is not a readable PDF. Choose the PDF file that was issued.",
    )


class Signer(Protocol):
    async def sign(self, pdf: bytes, signatories: Sequence[Signatory]) -> bytes:
        """Sign in the order given; the moment is always the true one."""
        ...

    async def verify(self, pdf: bytes) -> list[SignatureReport]:
        """Report every signature in the order of signing. Raises `UnreadablePdf`."""
        ...

    async def sign_data(self, data: bytes, name: str) -> bytes:
        """Sign any bytes: a detached CMS signature (RFC 5652, DER) with a time stamp."""
        ...

    async def verify_data(self, data: bytes, signature: bytes) -> SignatureReport:
        """Report a detached signature; one that cannot be read does not hold."""
        ...

    async def seal(self, data: bytes, name: str) -> bytes:
        """A signature short enough for a QR code: ECDSA P-256 over SHA-256, DER; the same every time."""
        ...

    async def certificate_of(self, name: str) -> bytes:
        """The certificate of a person or agency, PEM: what its seals are checked with."""
        ...


NO_SIGNATURE = SignatureReport(signer="", intact=False, valid=False, trusted=False, at=None, level="B-B")


NULL_SEAL = bytes.fromhex("3006020101020101")
"""A well-formed seal of nothing."""


class NullSigner:
    """Signs nothing and finds nothing."""

    async def sign(self, pdf: bytes, signatories: Sequence[Signatory]) -> bytes:
        return pdf

    async def verify(self, pdf: bytes) -> list[SignatureReport]:
        return []

    async def sign_data(self, data: bytes, name: str) -> bytes:
        return b""

    async def verify_data(self, data: bytes, signature: bytes) -> SignatureReport:
        return NO_SIGNATURE

    async def seal(self, data: bytes, name: str) -> bytes:
        return NULL_SEAL

    async def certificate_of(self, name: str) -> bytes:
        return b""
