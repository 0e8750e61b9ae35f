"""Late cases: for every statutory clock the agency missed, one apology with a new day, by itself.

The day is reckoned from the rules; `lateness_promise` is how the officer promises another one.

Source: NĐ 118/2025/NĐ-CP and TT 03/2025/TT-VPCP (forms to confirm).
"""

from __future__ import annotations

from collections import deque
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from backend.accounts.schemas import Actor
from backend.applications import letters, queries
from backend.applications.dossier import MACHINE, rules_of
from backend.applications.errors import NotLate
from backend.applications.gate import clocks_of, clocks_of_many, found
from backend.applications.notices import tell_of
from backend.applications.schemas import Application
from backend.documents import domain as documents
from backend.documents.schemas import IssuedDocument
from backend.kit.clock import today
from backend.kit.outbox import enqueue, every, handler
from backend.kit.text import Text
from backend.notifications.schemas import News
from sandbox_rules import Clock, Programme, calendar_of
from sandbox_rules.schema import AGENCY

FIND, APOLOGISE = "applications:find_late", "applications:apologise"
APOLOGY = "apology"


@handler(FIND)
async def find_late(_payload: dict[str, Any]) -> None:
    """Ask for an apology for every clock of an open case that was missed and not apologised for.

    Three queries, whatever there is. Done twice, it asks for the same ones.
    """
    late = await queries.late_cases(today())
    clocks = await clocks_of_many(late)
    said = await documents.list_of_kind([one.id for one in late], APOLOGY)
    done = {_key(one.subject, one.context["clock_key"], one.context["round"]) for one in said}
    for case in late:
        for clock in _missed(clocks[case.id]):
            key = _key(case.id, clock.key, clock.round)
            if key not in done:
                job = {"application": case.id, "clock": clock.key, "round": clock.round}
                await enqueue(APOLOGISE, job, dedupe=key)


every(FIND, timedelta(days=1))


@handler(APOLOGISE)
async def apologise(payload: dict[str, Any]) -> None:
    """Issue one apology and write to the organisation; nothing if the step was taken or a day promised."""
    await queries.lock_application(UUID(payload["application"]))
    case = await found(UUID(payload["application"]))
    clocks = await clocks_of(case)
    clock = next(
        (one for one in _missed(clocks) if (one.key, one.round) == (payload["clock"], payload["round"])), None
    )
    if clock is None or await find_apology(case, clock):
        return
    new_due_on = new_day(rules_of(case), case.state)
    await write_apology(case, clocks, clock, new_due_on)
    await tell_of(case, _news(clock, new_due_on), new_due_on, _key(case.id, clock.key, clock.round))


def new_day(programme: Programme, state: str) -> date | None:
    """The day reckoned from today: the time limits of the steps from here to a decision, each counted anew.

    None when a step on the way has no limit in working days: then the day is to be set by hand.
    """
    total = 0
    for step in _way_to_decision(programme, state):
        limits = [
            one.within
            for one in programme.deadlines.values()
            if one.machine == MACHINE and step in one.until and one.unit == "working_day"
        ]
        if not limits:
            return None
        total += min(limits)
    return calendar_of(programme.calendar).add_working_days(today(), total) if total else None


def _way_to_decision(programme: Programme, state: str) -> list[str]:
    """The fewest steps of the agency that lead from a state to a decision."""
    steps = programme.machines[MACHINE].transitions.values()
    ends = {one.transition for one in programme.decisions.values() if one.machine == MACHINE}
    waiting: deque[tuple[str, list[str]]] = deque([(state, [])])
    seen = {state}
    while waiting:
        place, way = waiting.popleft()
        for step in steps:
            if place in step.at and AGENCY.intersection(step.by):
                if step.key in ends:
                    return [*way, step.key]
                if step.to not in seen:
                    seen.add(step.to)
                    waiting.append((step.to, [*way, step.key]))
    return []


async def write_apology(
    case: Application,
    clocks: list[Clock],
    clock: Clock,
    new_due_on: date | None,
    *,
    reason: str | None = None,
    actor: Actor | None = None,
    before: IssuedDocument | None = None,
) -> IssuedDocument:
    """Ask for the letter; with a reason its day was promised by hand, `before` is the letter it replaces."""
    context = {
        **await letters.particulars(APOLOGY, case, clocks),
        "step": clock.label,
        "was_due_on": clock.due_on,
        "clock": letters.limit_of(clock),
        "clock_key": clock.key,
        "round": clock.round,
        "new_due_on": new_due_on,
        "reason": reason,
        "replaces": {"number": before.number, "dated_on": before.dated_on} if before else None,
        "contact": case.handler_name,
    }
    by = actor.id if actor else None
    return await documents.request_document(APOLOGY, case.id, pin=case.pin, context=context, actor=by)


async def find_apology(case: Application, clock: Clock) -> IssuedDocument | None:
    """The apology for this clock that was not replaced, if it was sent."""
    for one in await documents.list_of_kind([case.id], APOLOGY):
        if not one.is_recalled and (one.context["clock_key"], one.context["round"]) == (
            clock.key,
            clock.round,
        ):
            return one
    return None


def last_missed(clocks: list[Clock]) -> Clock:
    """The clock whose day passed last. Raises NotLate."""
    missed = _missed(clocks)
    if not missed:
        raise NotLate
    return max(missed, key=lambda one: one.due_on or date.min)


def _missed(clocks: list[Clock]) -> list[Clock]:
    return [one for one in clocks if one.state == "missed" and one.ended_at is None and one.owner in AGENCY]


def _key(case: UUID, clock: str, turn: int) -> str:
    return f"{APOLOGY}:{case}:{clock}:{turn}"


def _news(clock: Clock, new_due_on: date | None) -> News:
    vi = f" Ngày hẹn lại: {new_due_on:%d/%m/%Y} (cần xác nhận)." if new_due_on else ""
    en = f" New day: {new_due_on:%d/%m/%Y} (to confirm)." if new_due_on else ""
    return News(
        headline=Text("Cơ quan xin lỗi vì chậm trễ", "The agency apologises for a delay"),
        happened=Text(
            f"Bước “{clock.label.vi}” đã quá hạn {clock.due_on:%d/%m/%Y}.{vi} Bạn không phải làm gì thêm.",
            f"The step “{clock.label.en}” was due by {clock.due_on:%d/%m/%Y}.{en} You need do nothing.",
        ),
    )
