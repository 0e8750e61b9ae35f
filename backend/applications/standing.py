"""Where a case is, whose turn it is, by when: the three questions of every page, from the columns of one row."""

from __future__ import annotations

from msgspec import Struct

from backend.applications.dossier import MACHINE, rules_of
from backend.applications.schemas import Application, QueueRow
from backend.kit.clock import today
from sandbox_rules import Deadline, Programme, Source, State, calendar_of


class Standing(Struct, frozen=True, kw_only=True):
    """`used` and `left` are in the unit of the deadline, as of today; a negative `left` is lateness.

    `deadline` and its `source` are None when no clock counts; `left` of a stopped clock is what it stopped with.
    """

    programme: Programme
    state: State
    deadline: Deadline | None = None
    source: Source | None = None
    stopped: bool = False
    used: int | None = None
    left: int | None = None


def standing_of(case: Application | QueueRow) -> Standing:
    """The standing of a case as of today. Asks no database."""
    programme = rules_of(case)
    state = programme.machines[MACHINE].states[case.state]
    if case.clock_key is None or case.clock_limit is None:
        return Standing(programme=programme, state=state)
    deadline = programme.deadlines[case.clock_key]
    used = _used(case, programme, deadline)
    return Standing(
        programme=programme,
        state=state,
        deadline=deadline,
        source=programme.sources[deadline.source],
        stopped=case.clock_state == "stopped",
        used=used,
        left=case.clock_limit - used,
    )


def _used(case: Application | QueueRow, programme: Programme, deadline: Deadline) -> int:
    """What is used until today: a running clock goes on after the last event, which the stored count is as of."""
    if case.clock_limit is None or case.clock_used is None or case.due_on is None or deadline.unit == "hour":
        return case.clock_used or 0
    if case.clock_state == "stopped":
        return case.clock_used
    if deadline.unit == "working_day":
        return case.clock_limit - calendar_of(programme.calendar).working_days_between(today(), case.due_on)
    return case.clock_limit - (case.due_on - today()).days
