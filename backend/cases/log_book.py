"""The log book: the dossiers received in a period, as a list and as a numbered document of the agency.

Source: NĐ 118/2025/NĐ-CP and TT 03/2025/TT-VPCP (form to confirm).
"""

from __future__ import annotations

from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import Struct, to_builtins

from backend.accounts.schemas import Actor, Role
from backend.applications.dossier import MACHINE, rules_of
from backend.applications.gate import clocks_of_many
from backend.applications.queue import list_cases, list_received
from backend.applications.schemas import QueueRow
from backend.cases.schemas import DocumentView
from backend.documents import domain as documents
from backend.documents.schemas import IssuedDocument
from backend.kit.clock import local
from backend.kit.db import transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.text import Text
from sandbox_rules import Clock
from sandbox_rules.schema import AGENCY

KIND = "log_book"
READERS = (Role.OFFICER, Role.AUTHORITY, Role.AUDITOR)
MAKERS = (Role.OFFICER, Role.AUTHORITY)
MOST = 1_000
"""Lines of one log book."""


class Period(Struct, frozen=True, forbid_unknown_fields=True):
    """From one day until another, both counted."""

    first: date
    last: date


class Line(Struct, frozen=True, kw_only=True):
    """One dossier. `due_on` is unset while no clock runs towards it, `answered_on` until it is closed."""

    case: UUID
    number: str
    applicant: str
    title: str
    received_on: date
    due_on: date | None
    answered_on: date | None
    result: Text


class Book(Struct, frozen=True, kw_only=True):
    """What was received in a period, and the numbered documents made of it."""

    lines: list[Line]
    documents: list[DocumentView]


async def list_lines(actor: Actor, period: Period) -> list[Line]:
    """The dossiers received in the period, by day and number; those closed to the actor are left out.

    Raises NotFound for those who are not staff, Invalid for a period that ends before it begins or has more
    than MOST dossiers.
    """
    if period.last < period.first:
        raise Invalid(fields={"until": _REVERSED})
    rows = await list_received(actor, period.first, period.last, MOST + 1)
    if len(rows) > MOST:
        raise Invalid(fields={"until": _TOO_MANY})
    clocks = await clocks_of_many(rows)
    return [_line(row, clocks[row.id]) for row in rows]


async def request_book(actor: Actor, period: Period) -> IssuedDocument:
    """Have the log book of a period made as it stands now. Raises as `list_lines`; Invalid when empty."""
    if not actor.has(*MAKERS):
        raise NotFound
    async with transaction():
        lines = await list_lines(actor, period)
        if not lines:
            raise Invalid(fields={"until": _EMPTY})
        context = {"from_on": period.first, "until_on": period.last, "lines": to_builtins(lines)}
        return await documents.request_document(
            KIND, _subject(period), pin=None, context=context, actor=actor.id
        )


async def list_books(period: Period) -> list[IssuedDocument]:
    """The log books made of exactly this period, oldest first."""
    return await documents.list_for(_subject(period))


async def get_book(actor: Actor, document_id: UUID) -> IssuedDocument:
    """A log book, for staff who may see every case in it. Raises NotFound."""
    document = await documents.get_document(document_id)
    cases = [UUID(one["case"]) for one in document.context["lines"]] if document.kind == KIND else []
    if not cases or not actor.has(*READERS) or len(await list_cases(actor, cases)) < len(cases):
        raise NotFound
    return document


def _line(row: QueueRow, clocks: list[Clock]) -> Line:
    state = rules_of(row).machines[MACHINE].states[row.state]
    due = [one.due_on for one in clocks if one.owner in AGENCY and one.due_on]
    ended = [one.ended_at for one in clocks if one.ended_at] if state.closed else []
    return Line(
        case=row.id,
        number=row.number,
        applicant=row.organisation_name,
        title=row.title,
        received_on=row.submitted_on,
        due_on=max(due, default=None),
        answered_on=local(max(ended)).date() if ended else None,
        result=Text(state.label.vi, state.label.en),
    )


def _subject(period: Period) -> UUID:
    """What a log book is about: no case, but its period."""
    return uuid5(NAMESPACE_URL, f"log-book:{period.first}:{period.last}")


_REVERSED = Text("Ngày cuối phải từ ngày đầu trở đi.", "The last day must not be before the first.")
_TOO_MANY = Text(
    "Kỳ này có hơn 1.000 hồ sơ. Hãy chọn kỳ ngắn hơn.",
    "More than 1,000 dossiers were received in this period. Choose a shorter one.",
)
_EMPTY = Text("Không tiếp nhận hồ sơ nào trong kỳ này.", "No dossier was received in this period.")
