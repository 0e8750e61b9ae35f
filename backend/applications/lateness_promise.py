"""The officer promises another day for a late case: a new apology takes the place of the one sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.accounts.schemas import Actor
from backend.applications.dossier import rules_of
from backend.applications.gate import clocks_of, get_application
from backend.applications.intake import case_for
from backend.applications.lateness import APOLOGY, find_apology, last_missed, write_apology
from backend.applications.notices import tell_of
from backend.applications.schemas import Application
from backend.documents import domain as documents
from backend.documents.schemas import IssuedDocument
from backend.kit import audit
from backend.kit.clock import today
from backend.kit.db import retrying, transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.text import Text, nfc
from backend.notifications.schemas import News
from sandbox_rules import Clock, Programme, calendar_of

MAX_REASON = 2000


class NewPromise(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day promised by hand, and why this one."""

    due_on: date
    reason: Annotated[str, Meta(max_length=MAX_REASON)]


class Promise(Struct, frozen=True, kw_only=True):
    """The day an apology names, if one could be reckoned. Without a `reason` it was, and is to confirm."""

    due_on: date | None
    reason: str
    step: Text
    was_due_on: date
    document: UUID
    number: str | None


@retrying
async def promise_day(actor: Actor, application_id: UUID, promised: NewPromise) -> Promise:
    """Promise another day for a late case, saying why: a new apology, in place of the one sent if there is.

    It answers the clock that was missed last. Side effects: the letter, the recall of the one before it,
    audit `application:day_promised`, news to the organisation. Raises NotFound, Conflict for a case of
    another officer, NotLate, Invalid, NotIssuedYet while the letter before it is being made.
    """
    async with transaction():
        case = await case_for(actor, application_id)
        clocks = await clocks_of(case)
        clock = last_missed(clocks)
        reason = _checked(rules_of(case), promised)
        before = await find_apology(case, clock)
        letter = await write_apology(
            case, clocks, clock, promised.due_on, reason=reason, actor=actor, before=before
        )
        if before:
            await documents.recall_document(before.id, actor=actor.id, reason=reason, replaced_by=letter.id)
        line = {
            "clock": clock.key,
            "round": clock.round,
            "due_on": promised.due_on,
            "was": before.context["new_due_on"] if before else None,
            "reason": reason,
            "document": letter.id,
        }
        entry = await audit.record(case.id, "application:day_promised", actor.id, line)
        news = _promised(clock, promised.due_on, reason)
        await tell_of(case, news, promised.due_on, f"day_promised:{case.id}:{entry.seq}")
        return _promise(letter)


async def get_promise(actor: Actor, application_id: UUID) -> Promise:
    """The day the agency promised last. Raises NotFound where it had nothing to apologise for."""
    case = await get_application(actor, application_id)
    promise = promise_in(await documents.list_of_kind([case.id], APOLOGY))
    if promise is None:
        raise NotFound
    return promise


def promise_in(letters: Sequence[IssuedDocument]) -> Promise | None:
    """What the last apology among these documents of a case promises, if there is one in force."""
    apologies = [one for one in letters if one.kind == APOLOGY and not one.is_recalled]
    return _promise(apologies[-1]) if apologies else None


async def late_case(actor: Actor, application_id: UUID) -> tuple[Application, Clock, Promise | None]:
    """A late case of this officer, the clock missed last, and what was promised for it.

    Raises NotFound, Conflict, NotLate.
    """
    async with transaction():
        case = await case_for(actor, application_id)
        clock = last_missed(await clocks_of(case))
        before = await find_apology(case, clock)
        return case, clock, _promise(before) if before else None


def last_day(programme: Programme) -> date | None:
    """The last day that may be promised today, if the rule file sets one."""
    apology = programme.issued.get(APOLOGY)
    if apology is None or apology.promises_within is None:
        return None
    return calendar_of(programme.calendar).add_working_days(today(), apology.promises_within)


def _checked(programme: Programme, promised: NewPromise) -> str:
    """The reason as it is printed. Raises Invalid with all faults at once."""
    reason, day, last = nfc(promised.reason).strip(), promised.due_on, last_day(programme)
    wrong = {} if reason else {"reason": _SAY_WHY}
    if len(reason) > MAX_REASON:
        wrong["reason"] = _TOO_LONG
    if day <= today():
        wrong["due_on"] = _AFTER_TODAY
    elif last and day > last:
        wrong["due_on"] = _NOT_AFTER.fill(day=f"{last:%d/%m/%Y}")
    elif not calendar_of(programme.calendar).is_working(day):
        wrong["due_on"] = _WORKING_DAY
    if wrong:
        raise Invalid(fields=wrong)
    return reason


def _promise(letter: IssuedDocument) -> Promise:
    said = letter.context
    return Promise(
        due_on=date.fromisoformat(said["new_due_on"]) if said["new_due_on"] else None,
        reason=said.get("reason") or "",
        step=Text(**said["step"]),
        was_due_on=date.fromisoformat(said["was_due_on"]),
        document=letter.id,
        number=letter.number,
    )


def _promised(clock: Clock, due_on: date, reason: str) -> News:
    return News(
        headline=Text(f"Ngày hẹn mới {due_on:%d/%m/%Y}", f"The new day is {due_on:%d/%m/%Y}"),
        happened=Text(
            f"Bước “{clock.label.vi}” đã quá hạn {clock.due_on:%d/%m/%Y}. Cơ quan hẹn lại ngày "
            f"{due_on:%d/%m/%Y}. Bạn không phải làm gì thêm. Lý do: {reason}",
            f"The step “{clock.label.en}” was due by {clock.due_on:%d/%m/%Y}. The agency now promises "
            f"{due_on:%d/%m/%Y}. You need do nothing. Reason: {reason}",
        ),
    )


_SAY_WHY = Text(
    "Nêu lý do của ngày hẹn này; tổ chức sẽ đọc nguyên văn.",
    "Give the reason for this day; the applicant reads exactly this.",
)
_TOO_LONG = Text(f"Rút còn tối đa {MAX_REASON} ký tự.", f"Shorten to {MAX_REASON} characters or fewer.")
_AFTER_TODAY = Text("Hãy chọn ngày sau hôm nay.", "Choose a day after today.")
_NOT_AFTER = Text("Ngày muộn nhất được hẹn là {day}.", "The latest day that may be promised is {day}.")
_WORKING_DAY = Text(
    "Ngày này cơ quan nghỉ. Hãy chọn ngày làm việc.", "The agency is closed that day. Choose a working day."
)
