"""One deadline of one case: what it shows, and how it is kept while the case is replayed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

from msgspec import Struct

from sandbox_rules.calendars import LOCAL, Calendar, local_date
from sandbox_rules.schema import AGENCY, Deadline, Role, Source, Unit
from sandbox_rules.text import Text

Reading = Literal["running", "stopped", "met", "missed"]
_HOUR = timedelta(hours=1)
_TICK = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICKS_AN_HOUR = _HOUR // _TICK
_TICKS_A_SECOND = _TICKS_AN_HOUR // 3600
_TICKS_A_DAY = 24 * _TICKS_AN_HOUR
_OFFSET = LOCAL.utcoffset(None) // _TICK
_EPOCH_DAY = _EPOCH.toordinal()


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


class Moment(NamedTuple):
    """A moment with its day of law (as an ordinal) and its place in time in microseconds."""

    at: datetime
    day: int
    tick: int


def moment_of(at: datetime) -> Moment:
    """Work out the place in time and the day of law once (LOCAL has no summer time)."""
    since = at - _EPOCH
    tick = since.days * _TICKS_A_DAY + since.seconds * _TICKS_A_SECOND + since.microseconds
    return Moment(at, _EPOCH_DAY + (tick + _OFFSET) // _TICKS_A_DAY, tick)


class Running:
    """One deadline being replayed.

    All its numbers are days (ordinals), or microseconds when the unit is the hour. ``since`` begins the
    present stretch, None while stopped; ``spent`` is what earlier stretches used; ``due`` ends the stretch.
    """

    __slots__ = (
        "by_working_day", "calendar", "due", "ended", "hourly", "limit", "met", "missed", "rule", "scale",
        "since", "spent", "started", "stopped", "stops", "turn",
    )  # fmt: skip

    def __init__(self, rule: Deadline, calendar: Calendar, start: Moment, turn: int) -> None:
        self.rule, self.calendar, self.turn = rule, calendar, turn
        self.hourly, self.by_working_day = rule.unit == "hour", rule.unit == "working_day"
        self.scale = _TICKS_AN_HOUR if self.hourly else 1
        self.limit = rule.within
        self.started = start
        self.spent = 0
        self.met = self.missed = False
        self.ended: Moment | None = None
        self.stopped: tuple[Moment, str, Role | None] | None = None
        self.stops: list[Stop] = []
        self.since: Moment | None = start
        self.due = self._due(start)

    def stop(self, moment: Moment, cause: str, holder: Role | None) -> None:
        """Stand still; who holds the file now is charged with the days."""
        if self.since is not None:
            self.missed = self._is_past(moment)
            self.spent += self._span(self.since, moment)
            self.since, self.stopped = None, (moment, cause, holder)

    def resume(self, moment: Moment) -> None:
        """Run again with what was left; a due date that was missed stays what it was."""
        if self.stopped is not None:
            since, cause, holder = self.stopped
            self.stops.append(Stop(since.at, moment.at, cause, holder, self._days(since, moment)))
            self.since, self.stopped = moment, None
            if not self.missed:
                self.due = self._due(moment)

    def extend(self, moment: Moment, units: int) -> None:
        """Give more time, unless it had run out before."""
        self.missed = self._is_past(moment)
        if not self.missed:
            self.limit += units
            if self.since is not None:
                self.due = self._due(self.since)

    def meet(self, moment: Moment) -> None:
        """End as met or, past the due date, as missed."""
        self.missed = self._is_past(moment)
        self.met, self.ended = True, moment

    def close(self, moment: Moment, cause: str) -> None:
        """End because the case closed otherwise."""
        self.stop(moment, cause, None)
        self.ended = moment

    def read(self, now: Moment, source: Source) -> Clock:
        """Return what it shows at ``now``."""
        end, rule = self.ended or now, self.rule
        missed, stops = self._is_past(end), self._stops(end)
        used = self._used(end) if missed else min(self._used(end), self.limit)
        agency, applicant = self._shares(end, stops)
        due_at = self._moment_due() if missed or self.since is not None else None
        due_on = None if due_at is None else self._day_due(due_at)
        return Clock(
            key=rule.key, round=self.turn, label=rule.label, source=source, owner=rule.owner, unit=rule.unit,
            limit=self.limit, started_at=self.started.at, started_on=date.fromordinal(self.started.day),
            due_on=due_on, due_at=due_at, used=used, left=self.limit - used,
            state="missed" if missed else self._state(),
            ended_at=None if self.ended is None else self.ended.at,
            stops=stops, agency_days=agency, applicant_days=applicant,
            service_left=None if rule.service_target is None else rule.service_target - used,
            provisional=due_on is not None and self.calendar.is_forecast(due_on),
            calendar=self.calendar.version,
        )  # fmt: skip

    def _state(self) -> Reading:
        if self.met:
            return "met"
        return "stopped" if self.since is None else "running"

    def _due(self, since: Moment) -> int:
        left = max(self.limit * self.scale - self.spent, 0)  # a last day moved to Monday is one day more
        if self.hourly:
            return since.tick + left
        return self.calendar.ordinal_after(since.day, left) if self.by_working_day else since.day + left

    def _moment_due(self) -> datetime:
        """Return the last moment in time."""
        if self.hourly:
            return _EPOCH + self.due * _TICK
        return _EPOCH + timedelta(self.due + 1 - _EPOCH_DAY, microseconds=-_OFFSET - 1)

    def _day_due(self, due_at: datetime) -> date:
        return local_date(due_at) if self.hourly else date.fromordinal(self.due)

    def _is_past(self, moment: Moment) -> bool:
        if self.missed or self.since is None:
            return self.missed
        return (moment.tick if self.hourly else moment.day) > self.due

    def _used(self, end: Moment) -> int:
        used = self.spent if self.since is None else self.spent + self._span(self.since, end)
        return used // self.scale

    def _stops(self, end: Moment) -> tuple[Stop, ...]:
        if self.stopped is None:
            return tuple(self.stops)
        since, cause, holder = self.stopped
        return (*self.stops, Stop(since.at, None, cause, holder, self._days(since, end)))

    def _shares(self, end: Moment, stops: tuple[Stop, ...]) -> tuple[int, int]:
        """Divide the days since the start between agency and applicant by who had the file."""
        total = self._days(self.started, end)
        agency = stopped = 0
        for stop in stops:
            stopped += stop.days
            if stop.holder in AGENCY:
                agency += stop.days
        if self.rule.owner in AGENCY:
            agency += total - stopped
        return agency, total - agency

    def _days(self, start: Moment, end: Moment) -> int:
        return self.calendar.count(start.day, end.day) if self.by_working_day else end.day - start.day

    def _span(self, start: Moment, end: Moment) -> int:
        return end.tick - start.tick if self.hourly else self._days(start, end)
