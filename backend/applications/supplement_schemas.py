"""What is asked for, what came, and the officer's check list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from backend.kit.text import Text

Kind = Literal["field", "document"]
Target = tuple[Kind, str]
"""A field or a document of the rule file."""
RequestState = Literal["open", "answered", "cancelled", "lapsed"]
Mark = Literal["in_order", "lacking", "not_applicable"]
Words = Annotated[str, Meta(max_length=2000)]


class Item(Struct, frozen=True, kw_only=True):
    """One thing asked for. `before` and `after` are answers as stored, or ids of uploads; None for nothing.

    An empty `fault`: nobody asked, it became necessary with another answer. `after` is known once the round
    was answered.
    """

    id: UUID
    kind: Kind
    key: str
    fault: str
    state: str
    before: Any
    after: Any

    @property
    def target(self) -> Target:
        return (self.kind, self.key)


class Request(Struct, frozen=True, kw_only=True):
    """One round; `files` are the uploads that counted when it was asked, by slot."""

    id: UUID
    application_id: UUID
    round: int
    reasons: str
    due_on: date
    state: RequestState
    files: dict[str, UUID]
    asked_at: datetime
    closed_at: datetime | None
    items: list[Item]


class Remark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An officer's mark on one line of the check list."""

    mark: Mark
    remark: Words = ""


class Sheet(Struct, frozen=True, kw_only=True):
    """The marks of one officer, by line (`field:team`, `document:trial_plan`, `criterion:in_city`)."""

    marks: dict[str, Remark] = {}
    revision: int = 0


# What the JSON interface takes in


class NewItem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field or document and what is wrong with it."""

    kind: Kind
    key: str
    fault: Words

    @property
    def target(self) -> Target:
        return (self.kind, self.key)


class NewMarks(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Marks laid over the stored ones; null takes one away."""

    revision: int
    marks: dict[str, Remark | None]


class NewDueDate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    due_on: date
    reason: Words


class Reason(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Words


class Judgement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an officer makes of an answer: accepted, or to be asked for again with what is still wrong."""

    accepted: bool
    remark: Words = ""


# What the JSON interface hands out


class CheckLine(Struct, frozen=True, kw_only=True):
    """One line of a check list. `outcome` is the machine's finding on a criterion, `mark` the officer's."""

    name: str
    label: Text
    source: Text
    is_confirmed: bool
    required: bool
    is_there: bool
    outcome: Literal["met", "not_met", "unknown"] | None
    mark: Mark | None
    remark: str


class Checklist(Struct, frozen=True, kw_only=True):
    revision: int
    lines: list[CheckLine]
