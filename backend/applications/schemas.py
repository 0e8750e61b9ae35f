"""What this feature hands out and takes in. Rows never leave it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, field

from backend.applications.supplement_schemas import NewItem
from backend.kit.hits import Piece
from backend.kit.text import Text
from sandbox_rules import Missing, Pin

Answer = str | int | float | bool | None
"""One answer of a dossier as stored: text (NFC), number, yes/no, date (ISO), chosen key, or nothing yet."""


class Application(Struct, frozen=True, kw_only=True):
    """One application. Days of the clock are in the unit of its deadline; `due_on` is a date in Hải Phòng."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    created_by: UUID
    programme_key: str
    pin: Pin
    state: str
    number: str | None
    title: str
    answers: dict[str, Any]
    handed_in: dict[str, Any] | None
    revision: int
    handler_id: UUID | None
    handler_name: str | None
    submitted_on: date | None
    decided_on: date | None
    due_on: date | None
    clock_key: str | None
    clock_limit: int | None
    clock_used: int | None
    clock_state: str | None
    created_at: datetime
    updated_at: datetime
    secrets: dict[str, str] = {}


class Upload(Struct, frozen=True, kw_only=True):
    """A file of a dossier. `size` in bytes; `replaced_at` is set once it no longer counts."""

    id: UUID
    application_id: UUID
    slot: str
    filename: str
    content_type: str
    size: int
    sha256: str
    file_key: str
    original_sha256: str
    original_key: str
    scan: str
    secret: bool
    uploaded_by: UUID
    uploaded_at: datetime
    replaced_at: datetime | None


class Notice(Struct, frozen=True, kw_only=True):
    """What an officer wrote to the applicant with a move (supplement request, refusal to receive)."""

    id: UUID
    transition: str
    reasons: str
    due_on: date | None
    written_by: UUID
    written_at: datetime


class Event(Struct, frozen=True, kw_only=True):
    """One line of a case's history. `actor_name` is None for what the system did by itself."""

    seq: int
    at: datetime
    tag: str
    actor_id: UUID | None
    actor_name: str | None
    data: dict[str, Any]
    digest: str


class QueueRow(Struct, frozen=True, kw_only=True):
    """One line of the officer's queue, without the answers."""

    id: UUID
    number: str
    title: str
    organisation_id: UUID
    organisation_name: str
    programme_key: str
    pin: Pin
    state: str
    handler_id: UUID | None
    handler_name: str | None
    submitted_on: date
    due_on: date | None
    clock_key: str | None
    clock_limit: int | None
    clock_used: int | None
    clock_state: str | None
    hit: list[Piece] = field(default_factory=list)
    """where the search found it, if neither number nor title nor organisation shows it"""


Handler = Literal["any", "mine", "nobody"] | UUID
ClockFilter = Literal["", "late", "soon", "stopped"]


class QueueFilters(Struct, frozen=True, kw_only=True):
    """What the queue is narrowed to; the empty filter is every case not yet closed.

    `handler` may be an account; `clock`: past its day, within seven days of it, or standing still.
    """

    q: str = ""
    states: frozenset[str] = frozenset()
    handler: Handler = "any"
    programme: str = ""
    clock: ClockFilter = ""


class Place(Struct, frozen=True, kw_only=True):
    """A line of the queue as a place to go on from: rank of the clock, day, number.

    `is_before`: what stands before it is wanted.
    """

    rank: int
    due_on: date | None
    number: str
    is_before: bool = False


class Stretch(Struct, frozen=True, kw_only=True):
    """A stretch of the queue and where to go on; `total` ends at a bound, then there `is_more`."""

    items: list[QueueRow]
    total: int
    is_more: bool
    previous: Place | None
    next: Place | None


# What the JSON interface takes in


class NewApplication(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    organisation_id: UUID
    programme_key: str


class NewAnswers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    revision: int
    answers: dict[str, Answer]


class SecretMark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a public answer is to be kept back; null lets it be public again."""

    reason: str | None


class TransitionData(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a transition may need: `revision` to submit; `items`, `due_on`, `reasons` to ask for more."""

    revision: int | None = None
    reasons: str = ""
    due_on: date | None = None
    items: list[NewItem] = field(default_factory=list)


# What the JSON interface hands out


class StateView(Struct, frozen=True, kw_only=True):
    """A state by its key and by the label shown to the public."""

    key: str
    label: Text


class ApplicationView(Struct, frozen=True, kw_only=True):
    id: UUID
    organisation_id: UUID
    organisation_name: str
    programme_key: str
    pin: Pin
    state: StateView
    number: str | None
    title: str
    answers: dict[str, Any]
    secrets: dict[str, str]
    revision: int
    submitted_on: date | None
    due_on: date | None
    clock_state: str | None
    missing: list[Missing] = field(default_factory=list)
    uploads: list[UploadView] = field(default_factory=list)


class UploadView(Struct, frozen=True, kw_only=True):
    id: UUID
    slot: str
    filename: str
    content_type: str
    size: int
    sha256: str
    secret: bool
    uploaded_at: datetime


class QueueView(Struct, frozen=True, kw_only=True):
    """A stretch of the queue; the next one comes with `from` set to `next`. `is_more`: more than `total`."""

    items: list[QueueRow]
    total: int
    is_more: bool
    previous: str | None
    next: str | None
