"""Where a case is and which clock counts: what every page says of it, from one row."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from backend.applications.dossier import MACHINE, rules_of
from backend.applications.schemas import Application, QueueRow
from backend.kit.clock import today
from sandbox_rules import Deadline, Programme, Source, State, Text, calendar_of
from sandbox_rules.schema import Unit


class ClockLine(Struct, frozen=True, kw_only=True):
    """The most urgent clock as of today, in `unit`; `left` below 0 is lateness, then the state is missed."""

    key: str
    label: Text
    source: Source
    unit: Unit
    limit: int
    used: int
    left: int
    state: Literal["running", "stopped", "missed"]
    due_on: date | None
    ended_at: None = None


class Standing(Struct, frozen=True, kw_only=True):
    """The state with its labels and holder, and the clock that counts, if any does."""

    programme: Programme
    state: State
    clock: ClockLine | None


def standing_of(case: Application | QueueRow) -> Standing:
    """The standing of a case as of today. Asks no database."""
    programme = rules_of(case)
    state = programme.machines[MACHINE].states[case.state]
    return Standing(programme=programme, state=state, clock=_clock_line(case, programme))


def _clock_line(case: Application | QueueRow, programme: Programme) -> ClockLine | None:
    if case.clock_key is None or case.clock_limit is None or case.clock_used is None:
        return None
    deadline = programme.deadlines[case.clock_key]
    stopped = case.clock_state == "stopped"
    left = case.clock_limit - case.clock_used
    if case.due_on is not None and not stopped:
        left = _left_until(case.due_on, deadline, programme, left)
    return ClockLine(
        key=deadline.key,
        label=deadline.label,
        source=programme.sources[deadline.source],
        unit=deadline.unit,
        limit=case.clock_limit,
        used=case.clock_limit - left,
        left=left,
        state="missed" if left < 0 else "stopped" if stopped else "running",
        due_on=case.due_on,
    )


def _left_until(due_on: date, deadline: Deadline, programme: Programme, stored: int) -> int:
    """What is left as of today: the stored count is that of the last event, a running clock went on."""
    if deadline.unit == "working_day":
        return calendar_of(programme.calendar).working_days_between(today(), due_on)
    return (due_on - today()).days if deadline.unit == "day" else stored
