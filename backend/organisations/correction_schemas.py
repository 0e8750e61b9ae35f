"""What corrections of identity data look like from outside."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from backend.kit.text import Text


class Identity(Struct, frozen=True, kw_only=True):
    """What says which legal person an organisation is."""

    name: str
    tax_code: str
    address: str
    ward: str


LABELS = {
    "name": Text("Tên đầy đủ", "Full name"),
    "tax_code": Text("Mã số thuế", "Tax code"),
    "address": Text("Số nhà, tên đường", "House number and street"),
    "ward": Text("Phường, xã, đặc khu", "Ward, commune or special zone"),
}
"""The fields of `Identity` for people, in their order."""
State = Literal["open", "accepted", "refused"]


class Correction(Struct, frozen=True, kw_only=True):
    """A change of identity data asked for; `before` is what stood when it was asked.

    Accepted without `decided_by`: nothing had been submitted yet, it took effect at once.
    """

    id: UUID
    organisation: UUID
    asked_by: UUID
    asker_name: str
    asked_at: datetime
    before: Identity
    after: Identity
    reason: str
    state: State
    answer: str
    decided_by: UUID | None
    decider_name: str | None
    decided_at: datetime | None

    def changes(self) -> list[tuple[Text, str, str]]:
        """Label, old and new value of every field that differs."""
        pairs = ((LABELS[name], getattr(self.before, name), getattr(self.after, name)) for name in LABELS)
        return [(label, old, new) for label, old, new in pairs if old != new]


class NewCorrection(Identity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data as they should be, and why."""

    reason: str


class CorrectionDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an officer decides; a refusal says why."""

    accept: bool
    answer: str = ""
