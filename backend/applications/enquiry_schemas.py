"""Questions before an application, as handed out and taken in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from sandbox_rules import Clock, Pin


class Enquiry(Struct, frozen=True, kw_only=True):
    """A question and, once given, its dated answer."""

    id: UUID
    asked_by: UUID
    asker_name: str
    programme_key: str
    pin: Pin
    state: str
    title: str
    question: str
    asked_at: datetime
    answer: str
    answerer_name: str | None
    answered_at: datetime | None


class Asked(Struct, frozen=True, kw_only=True):
    """An enquiry with the clock of its answer."""

    enquiry: Enquiry
    clock: Clock | None


class NewEnquiry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    programme_key: str
    title: str
    question: str


class NewAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    answer: str
