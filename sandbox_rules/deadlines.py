"""The statutory clock: a pure replay of what happened to a case.

The day of an event does not count; a stop keeps what was left and gives it back after the day of
resumption. Hours are elapsed time through nights and holidays. A deadline that was missed stays
missed. A case that closes otherwise than by meeting its deadline leaves it stopped for good.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from sandbox_rules.calendars import Calendar
from sandbox_rules.clocks import Clock, Event, Moment, Running, moment_of
from sandbox_rules.programme import Programme
from sandbox_rules.schema import Role


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
    replay.feed(event for event in sorted(events, key=_when) if event.at <= now)
    return replay.read(now)


def _when(event: Event) -> datetime:
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
        self._all: list[Running] = []
        self._live: dict[str, Running] = {}
        self._rounds: dict[str, int] = {}

    def feed(self, events: Iterable[Event]) -> None:
        """Take the next events. Raises ValueError for an unknown transition."""
        for event in events:
            step = self._steps.get(event.transition)
            if step is None:
                raise ValueError(f"the machine has no transition {event.transition!r}")
            self._take(moment_of(event.at), event.transition, step)

    def _take(self, at: Moment, transition: str, step: _Step) -> None:
        for key in tuple(self._live):
            running = self._live[key]
            if key in step.meets:
                running.meet(at)
                del self._live[key]
                continue
            if key in step.extends:
                running.extend(at, step.extends[key])
            if step.closes:
                running.close(at, transition)
                del self._live[key]
            elif key in step.pauses:
                running.stop(at, transition, step.holder)
            else:
                running.resume(at)
        for key in step.starts:
            if key not in self._live:
                self._rounds[key] = self._rounds.get(key, 0) + 1
                rule = self._programme.deadlines[key]
                self._live[key] = started = Running(rule, self._calendar, at, self._rounds[key])
                self._all.append(started)

    def read(self, now: datetime) -> list[Clock]:
        """Return every clock as it stands at ``now``."""
        at = moment_of(now)
        return [running.read(at, self._programme.sources[running.rule.source]) for running in self._all]
