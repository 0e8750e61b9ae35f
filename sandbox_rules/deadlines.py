"""The statutory clock: a pure replay of what happened to a case.

The day of an event does not count; a stop keeps what was left and gives it back after the day of
resumption. Hours are elapsed time through nights and holidays. A deadline that was missed stays
missed. A case that closes otherwise than by meeting its deadline leaves it stopped for good.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from sandbox_rules.calendars import LOCAL, Calendar, local_date
from sandbox_rules.programme import Programme
from sandbox_rules.schema import AGENCY, Deadline, Role, Source, Unit
from sandbox_rules.text import Text

Reading = Literal["running", "stopped", "met", "missed"]
_HOUR = timedelta(hours=1)
_TICK = timedelta(microseconds=1)


class Event(Struct, frozen=True):
    """A transition that happened at a moment (aware, UTC)."""

    at: datetime
    transition: str


class Stop(Struct, frozen=True):
    """A time in which a clock stood still; ``until`` is None while it still does."""

    since: datetime
    until: datetime | None
    cause: str
    holder: Role | None
    days: int


class Clock(Struct, frozen=True, kw_only=True):
    """One deadline of one case. ``used + left == limit`` in ``unit``; ``left`` below 0 is lateness.

    ``due_on`` and ``due_at`` (the last moment in time) are None while the clock is stopped: the due
    date then depends on the day of resumption. ``agency_days`` and ``applicant_days`` are working
    days for working-day deadlines, calendar days otherwise; ``round`` counts restarts from 1.
    """

    key: str
    round: int
    label: Text
    source: Source
    owner: Role
    unit: Unit
    limit: int
    started_at: datetime
    started_on: date
    due_on: date | None
    due_at: datetime | None
    used: int
    left: int
    state: Reading
    ended_at: datetime | None
    stops: tuple[Stop, ...]
    agency_days: int
    applicant_days: int
    service_left: int | None
    provisional: bool
    calendar: str


def clock(
    events: Iterable[Event],
    programme: Programme,
    calendar: Calendar,
    now: datetime,
    machine: str = "application",
) -> list[Clock]:
    """Replay a case up to ``now`` and return every deadline that began, in the order of beginning.

    Events after ``now`` are not looked at. Raises ValueError for a transition the machine does not have.
    """
    replay = Replay(programme, calendar, machine)
    replay.feed(event for event in sorted(events, key=_moment) if event.at <= now)
    return replay.read(now)


def _moment(event: Event) -> datetime:
    return event.at


class _Step(Struct, frozen=True):
    """What one transition does to the clocks, worked out once per programme and machine."""

    to: str
    closes: bool
    starts: tuple[str, ...]
    meets: frozenset[str]
    extends: dict[str, int]
    pauses: frozenset[str]
    holder: Role | None


@lru_cache(maxsize=64)
def _steps(programme: Programme, machine: str) -> dict[str, _Step]:
    states = programme.machines[machine].states
    mine = [deadline for deadline in programme.deadlines.values() if deadline.machine == machine]
    return {
        key: _Step(
            to=step.to,
            closes=states[step.to].closed,
            starts=tuple(one.key for one in mine if key in one.after),
            meets=frozenset(one.key for one in mine if key in one.until),
            extends={one.key: one.extensions[key] for one in mine if key in one.extensions},
            pauses=frozenset(one.key for one in mine if step.to in one.paused_at),
            holder=states[step.to].holder,
        )
        for key, step in programme.machines[machine].transitions.items()
    }


class Replay:
    """The running fold behind ``clock``: feed it events in order, read it at any moment."""

    def __init__(self, programme: Programme, calendar: Calendar, machine: str = "application") -> None:
        self._programme = programme
        self._calendar = calendar
        self._steps = _steps(programme, machine)
        self._all: list[_Running] = []
        self._live: dict[str, _Running] = {}
        self._rounds: dict[str, int] = {}

    def feed(self, events: Iterable[Event]) -> None:
        """Take the next events. Raises ValueError for an unknown transition."""
        for event in events:
            step = self._steps.get(event.transition)
            if step is None:
                raise ValueError(f"the machine has no transition {event.transition!r}")
            self._take(event.at, event.transition, step)

    def _take(self, at: datetime, transition: str, step: _Step) -> None:
        for key in tuple(self._live):
            running = self._live[key]
            if key in step.meets:
                running.meet(at)
                del self._live[key]
                continue
            if key in step.extends:
                running.extend(at, step.extends[key])
            if step.closes:
                running.stop(at, transition, None)
                running.ended_at = at
                del self._live[key]
            elif key in step.pauses:
                running.stop(at, transition, step.holder)
            else:
                running.resume(at)
        for key in step.starts:
            if key not in self._live:
                self._rounds[key] = self._rounds.get(key, 0) + 1
                rule = self._programme.deadlines[key]
                self._live[key] = started = _Running(rule, self._calendar, at, self._rounds[key])
                self._all.append(started)

    def read(self, now: datetime) -> list[Clock]:
        """Return every clock as it stands at ``now``."""
        return [running.read(now, self._programme.sources[running.rule.source]) for running in self._all]


class _Running:
    """One deadline being replayed.

    ``since`` begins the present stretch, None while stopped; ``spent`` is what earlier stretches
    used, in days, or in microseconds for hours.
    """

    __slots__ = (
        "calendar", "ended_at", "limit", "met", "passed", "rule", "since", "spent", "started_at", "stopped",
        "stops", "turn",
    )  # fmt: skip

    def __init__(self, rule: Deadline, calendar: Calendar, at: datetime, turn: int) -> None:
        self.rule, self.calendar, self.turn = rule, calendar, turn
        self.limit = rule.within
        self.started_at = at
        self.spent = 0
        self.since: datetime | None = at
        self.passed: datetime | None = None  # the due moment that was let pass
        self.met = False
        self.ended_at: datetime | None = None
        self.stopped: tuple[datetime, str, Role | None] | None = None
        self.stops: list[Stop] = []

    def stop(self, at: datetime, cause: str, holder: Role | None) -> None:
        if self.since is not None:
            self._judge(at)
            self.spent += self._span(self.since, at)
            self.since, self.stopped = None, (at, cause, holder)

    def resume(self, at: datetime) -> None:
        if self.stopped is not None:
            since, cause, holder = self.stopped
            self.stops.append(Stop(since, at, cause, holder, self._days(since, at)))
            self.since, self.stopped = at, None

    def extend(self, at: datetime, units: int) -> None:
        self._judge(at)
        if self.passed is None:
            self.limit += units

    def meet(self, at: datetime) -> None:
        self._judge(at)
        self.met, self.ended_at = True, at

    def read(self, now: datetime, source: Source) -> Clock:
        end = self.ended_at or now
        due = self._due_at()
        missed = self.passed is not None or (due is not None and end > due)
        due = self.passed or due
        used = self._used(end)
        stops = self._stops(end)
        agency, applicant = self._shares(end, stops)
        rule, due_on = self.rule, None if due is None else local_date(due)
        return Clock(
            key=rule.key, round=self.turn, label=rule.label, source=source, owner=rule.owner, unit=rule.unit,
            limit=self.limit, started_at=self.started_at, started_on=local_date(self.started_at),
            due_on=due_on, due_at=due, used=used, left=self.limit - used,
            state="missed" if missed else self._state(),
            ended_at=self.ended_at, stops=stops, agency_days=agency, applicant_days=applicant,
            service_left=None if rule.service_target is None else rule.service_target - used,
            provisional=due_on is not None and self.calendar.is_forecast(due_on),
            calendar=self.calendar.version,
        )  # fmt: skip

    def _state(self) -> Reading:
        if self.met:
            return "met"
        return "stopped" if self.since is None else "running"

    def _due_at(self) -> datetime | None:
        """Return the last moment in time as things stand, None while stopped."""
        if self.since is None:
            return None
        if self.rule.unit == "hour":
            return self.since + self.limit * _HOUR - self.spent * _TICK
        day, left = local_date(self.since), max(self.limit - self.spent, 0)
        if self.rule.unit == "working_day":
            day = self.calendar.add_working_days(day, left)
        else:
            day += timedelta(days=left)
        return datetime.combine(day, time.max, LOCAL).astimezone(UTC)

    def _judge(self, at: datetime) -> None:
        """Remember the due moment if it was let pass before ``at``."""
        if self.passed is None:
            due = self._due_at()
            if due is not None and at > due:
                self.passed = due

    def _used(self, end: datetime) -> int:
        used = self.spent if self.since is None else self.spent + self._span(self.since, end)
        return used if self.rule.unit != "hour" else used // (_HOUR // _TICK)

    def _stops(self, end: datetime) -> tuple[Stop, ...]:
        if self.stopped is None:
            return tuple(self.stops)
        since, cause, holder = self.stopped
        return (*self.stops, Stop(since, None, cause, holder, self._days(since, end)))

    def _shares(self, end: datetime, stops: tuple[Stop, ...]) -> tuple[int, int]:
        """Divide the days since the start between agency and applicant by who had the file."""
        total = self._days(self.started_at, end)
        running = total - sum(stop.days for stop in stops)
        agency = sum(stop.days for stop in stops if stop.holder in AGENCY)
        if self.rule.owner in AGENCY:
            agency += running
        return agency, total - agency

    def _days(self, start: datetime, end: datetime) -> int:
        if self.rule.unit == "working_day":
            return self.calendar.working_days_between(local_date(start), local_date(end))
        return local_date(end).toordinal() - local_date(start).toordinal()

    def _span(self, start: datetime, end: datetime) -> int:
        return (end - start) // _TICK if self.rule.unit == "hour" else self._days(start, end)
