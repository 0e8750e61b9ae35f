"""A programme's procedure as people see it: drawings of its machines, its clocks worked out on real days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from markupsafe import Markup
from msgspec import Struct

from backend.kit.clock import today
from backend.kit.text import Lang
from sandbox_rules import (
    LOCAL,
    Calendar,
    Clock,
    Event,
    Machine,
    Programme,
    Transition,
    calendar_of,
    clock,
)
from sandbox_rules.graph import graph_of
from sandbox_rules.schema import AGENCY

MACHINE = "application"
MORNING = time(9)
YEAR = 365
WAIT = timedelta(days=10)
"""How long the applicant of the example takes to supplement a dossier."""


class Drawing(Struct, frozen=True, kw_only=True):
    """One machine and its picture."""

    machine: Machine
    svg: Markup


class Step(Struct, frozen=True, kw_only=True):
    """One thing that happens in an example."""

    on: date
    transition: Transition


class Example(Struct, frozen=True, kw_only=True):
    """What would become of a dossier: what happens, and the agency's clocks as they stand after it.

    `holiday` is the first and the last day off of the longest break ahead, if the example is about one.
    """

    steps: list[Step]
    clocks: list[Clock]
    holiday: tuple[date, date] | None = None


def drawings_of(programme: Programme, lang: Lang) -> list[Drawing]:
    """Return the pictures of all machines in the order of the file."""
    return [
        Drawing(machine=one, svg=Markup(graph_of(one, lang)))  # noqa: S704 - our own drawing, escaped inside
        for one in programme.machines.values()
    ]


def examples_of(programme: Programme) -> list[Example]:
    """Return dossiers of the year ahead: one before the longest holiday, one that has to be supplemented."""
    submission = submission_of(programme)
    if submission is None:
        return []
    calendar = calendar_of(programme.calendar)
    first, last = longest_break(calendar, today())
    before = _working_day_before(calendar, _working_day_before(calendar, first))
    told = [_told(programme, calendar, [Step(on=before, transition=submission)], (first, last))]
    if steps := _supplemented(programme, calendar, submission):
        told.append(_told(programme, calendar, steps))
    return [one for one in told if one.clocks]


def clocks_if_submitted(programme: Programme, on: date) -> list[Clock]:
    """Return the agency's clocks of a dossier handed in on this day; none where none is handed in here."""
    submission = submission_of(programme)
    if submission is None:
        return []
    step = Step(on=on, transition=submission)
    return _told(programme, calendar_of(programme.calendar), [step]).clocks


def submission_of(programme: Programme) -> Transition | None:
    """Return the applicant's step that brings a draft to the authority."""
    machine = programme.machines.get(MACHINE)
    if machine is None or programme.referred_to is not None:
        return None
    for step in machine.transitions.values():
        if machine.start in step.at and "applicant" in step.by and not machine.states[step.to].closed:
            return step
    return None


def longest_break(calendar: Calendar, start: date) -> tuple[date, date]:
    """Return the first and the last day of the longest run of days off that begins within a year."""
    days = (start + timedelta(days=n) for n in range(1, YEAR + 1))
    runs = [
        (day, calendar.add_working_days(day, 0) - timedelta(days=1))
        for day in days
        if calendar.is_working(day - timedelta(days=1)) and not calendar.is_working(day)
    ]
    return max(runs, key=lambda run: run[1] - run[0])


def _supplemented(programme: Programme, calendar: Calendar, submission: Transition) -> list[Step]:
    """Handed in, supplement asked for the next working day, handed in again; [] if there is no such way."""
    steps = programme.machines[MACHINE].transitions.values()
    paused = {
        state for one in programme.deadlines.values() if one.machine == MACHINE for state in one.paused_at
    }
    for asked in steps:
        for again in steps:
            if (
                submission.to in asked.at
                and asked.to in paused
                and asked.to in again.at
                and again.to == submission.to
            ):
                handed_in = calendar.add_working_days(today(), 1)
                stopped = calendar.add_working_days(handed_in, 1)
                return [
                    Step(on=handed_in, transition=submission),
                    Step(on=stopped, transition=asked),
                    Step(on=calendar.add_working_days(stopped + WAIT, 0), transition=again),
                ]
    return []


def _told(
    programme: Programme, calendar: Calendar, steps: list[Step], holiday: tuple[date, date] | None = None
) -> Example:
    events = [Event(datetime.combine(one.on, MORNING, LOCAL), one.transition.key) for one in steps]
    clocks = clock(events, programme, calendar, events[-1].at, MACHINE)
    owed = [one for one in clocks if one.owner in AGENCY and one.ended_at is None]
    return Example(steps=steps, clocks=owed, holiday=holiday)


def _working_day_before(calendar: Calendar, day: date) -> date:
    day -= timedelta(days=1)
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    return day
