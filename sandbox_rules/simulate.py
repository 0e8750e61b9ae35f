"""Past cases replayed under a new rule file, before it comes into force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct

from sandbox_rules.answers import facts_of, missing_items
from sandbox_rules.calendars import Calendar
from sandbox_rules.clocks import Clock, Event
from sandbox_rules.deadlines import clock
from sandbox_rules.eligibility import check_eligibility
from sandbox_rules.loader import Programmes
from sandbox_rules.programme import Programme

What = Literal["finding", "document", "due", "outcome", "step"]


class PastCase(Struct, frozen=True, kw_only=True):
    """One case as it happened, under the file in force on ``in_force``; read from one line of JSON."""

    id: str
    programme: str
    in_force: date
    now: datetime
    machine: str = "application"
    events: tuple[Event, ...] = ()
    answers: dict[str, Any] = {}
    documents: tuple[str, ...] = ()


class Effect(Struct, frozen=True):
    """What would be otherwise in one case: a finding, a missing document, a due date, whether a deadline
    is met, or a step that the new file does not allow."""

    case: str
    what: What
    key: str
    old: str
    new: str


class Simulation(Struct, frozen=True):
    """All effects with counts: cases looked at, cases that change, and effects by kind."""

    cases: int
    changed: int
    counts: dict[str, int]
    effects: tuple[Effect, ...]


def simulate(
    cases: Iterable[PastCase], new: Programme, programmes: Programmes, calendar: Calendar
) -> Simulation:
    """Replay the cases of the new file's programme under it. Raises LookupError for an unknown old file."""
    effects: list[Effect] = []
    seen = 0
    for case in cases:
        if case.programme == new.key:
            seen += 1
            effects.extend(_effects(case, programmes.in_force(case.programme, case.in_force), new, calendar))
    counts = Counter[str](one.what for one in effects)
    return Simulation(seen, len({one.case for one in effects}), dict(counts), tuple(effects))


def _effects(case: PastCase, old: Programme, new: Programme, calendar: Calendar) -> list[Effect]:
    stopped = _first_forbidden(case, new)
    if stopped:
        return [Effect(case.id, "step", stopped, "allowed", "not allowed"), *_judged(case, old, new)]
    return [*_judged(case, old, new), *_timed(case, old, new, calendar)]


def _first_forbidden(case: PastCase, new: Programme) -> str | None:
    """Return the first step of the case that the new machine does not have there."""
    machine = new.machines[case.machine]
    state = machine.start
    for event in sorted(case.events, key=lambda one: one.at):
        step = machine.transitions.get(event.transition)
        if step is None or state not in step.at:
            return event.transition
        state = step.to
    return None


def _judged(case: PastCase, old: Programme, new: Programme) -> list[Effect]:
    findings = [
        {one.key: one.outcome for one in check_eligibility(file, facts_of(file, case.answers))}
        for file in (old, new)
    ]
    missing = [
        {
            one.key: "missing"
            for one in missing_items(file, case.answers, case.documents)
            if one.kind == "document"
        }
        for file in (old, new)
    ]
    return [
        *_differences(case, "finding", dict(findings[0]), dict(findings[1]), "not asked"),
        *_differences(case, "document", missing[0], missing[1], "not missing"),
    ]


def _timed(case: PastCase, old: Programme, new: Programme, calendar: Calendar) -> list[Effect]:
    clocks = [clock(case.events, file, calendar, case.now, case.machine) for file in (old, new)]
    dues = [{_name(one): str(one.due_on or "stopped") for one in row} for row in clocks]
    states: list[dict[str, str]] = [{_name(one): one.state for one in row} for row in clocks]
    return [
        *_differences(case, "due", dues[0], dues[1], "none"),
        *_differences(case, "outcome", states[0], states[1], "none"),
    ]


def _name(one: Clock) -> str:
    return f"{one.key} {one.round}" if one.round > 1 else one.key


def _differences(
    case: PastCase, what: What, old: dict[str, str], new: dict[str, str], absent: str
) -> list[Effect]:
    rows = [(key, old.get(key, absent), new.get(key, absent)) for key in sorted({*old, *new})]
    return [Effect(case.id, what, key, before, after) for key, before, after in rows if before != after]
