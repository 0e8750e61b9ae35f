"""What the register hands out: a trial's public side, in words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from msgspec import Struct

from backend.applications.schemas import StateView
from backend.decisions.schemas import Exemption
from backend.documents.schemas import PublicDocument
from backend.kit.text import Text
from backend.trials.views import ConditionView, Happening
from sandbox_rules import LimitFinding, Pin


class PublicAnswer(Struct, frozen=True, kw_only=True):
    """An answer of the dossier that the rule file makes public; `value` is a Text where it is a choice."""

    key: str
    label: Text
    type: str
    value: Any


class RegisterLine(Struct, frozen=True, kw_only=True):
    """One line of the register."""

    number: str
    state: StateView
    programme_key: str
    title: str
    summary: str
    organisation_name: str
    field: str
    field_label: Text
    place: str
    ward: str
    starts_on: date
    ends_on: date
    updated_at: datetime
    url: str


class RegisterEntry(RegisterLine, frozen=True, kw_only=True):
    """The public page of one trial."""

    pin: Pin
    authority: Text
    limits: list[LimitFinding]
    conditions: list[ConditionView]
    exemptions: list[Exemption]
    answers: list[PublicAnswer]
    decision: PublicDocument | None
    certificate: PublicDocument | None
    history: list[Happening]


class Register(Struct, frozen=True, kw_only=True):
    """One page of the register."""

    items: list[RegisterLine]
    total: int
    page: int
    size: int


class Office(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An office one can turn to. Without `checked_on` nobody has confirmed the entry yet."""

    name: Text
    address: Text | None = None
    phone: str | None = None
    email: str | None = None
    url: str | None = None
    checked_on: date | None = None


class Authority(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The offices of the city behind the register."""

    authority: Office
    supervisor: Office
    complaint: Office
