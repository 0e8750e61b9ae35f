"""What a bundle is, as the rest of the registry and whoever verifies it see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.kit.text import Text
from backend.ports.signer import SignatureReport

FORMAT = "benthu-bundle/1"


class Bundle(Struct, frozen=True, kw_only=True):
    """A bundle that was asked for; `made_at`, `sha256` and `size` (bytes) are set once it is there."""

    id: UUID
    application_id: UUID
    asked_by_name: str
    asked_at: datetime
    made_at: datetime | None
    sha256: str | None
    size: int | None
    file_key: str | None


class Sealed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of a bundle: where it lies, how many bytes, their SHA-256."""

    path: str
    size: int
    sha256: str


class Chain(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an audit chain ended when the bundle was made: number and digest of its last entry."""

    subject: UUID
    seq: int
    digest: str


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What lies in a bundle. Its signature seals it, and so every file."""

    format: str
    number: str
    application: UUID
    made_at: datetime
    rules: str
    chains: list[Chain]
    files: list[Sealed]


class Findings(Struct, frozen=True, kw_only=True):
    """What verifying a bundle found; it holds when there is no fault."""

    manifest: Manifest | None
    signature: SignatureReport | None
    faults: list[Text]

    @property
    def holds(self) -> bool:
        return not self.faults


Contents = dict[str, bytes]
"""The files of a bundle by path."""
Plain = dict[str, Any] | list[Any]
"""What JSON can say."""
