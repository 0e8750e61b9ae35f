"""Plays stories in the order in which they happened: each says when it goes on, the clock stands there."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from backend.kit import clock
from sandbox_rules import calendar_of

Story = AsyncIterator[datetime]
"""What happens to one case: yields the moment of its next act, then acts. Moments never go back."""

OPENING = time(8, 0)
BUSY_MINUTES = (range(10, 200), range(340, 420))  # after opening: the morning, the early afternoon
PAUSE_MINUTES = range(3, 12)


async def play(stories: Iterable[Story], tell: Callable[[int], None] = lambda acts: None) -> int:
    """Let all stories happen, the earliest act first; return how many acts there were."""
    acts = 0
    waiting: list[tuple[datetime, int, Story]] = []
    for place, story in enumerate(stories):
        await _wait_for_next(waiting, place, story)
    if not waiting:
        return 0
    with clock.frozen(waiting[0][0]) as standing:
        while waiting:
            at, place, story = heapq.heappop(waiting)
            standing.move_to(at)
            await _wait_for_next(waiting, place, story)
            acts += 1
            tell(acts)
    return acts


async def _wait_for_next(waiting: list[tuple[datetime, int, Story]], place: int, story: Story) -> None:
    at = await anext(story, None)
    if at is not None:
        heapq.heappush(waiting, (at, place, story))


class OfficeDays:
    """The working days before today, the last of them at -1."""

    def __init__(self, first: date, today: date, country: str = "VN") -> None:
        calendar = calendar_of(country)
        every = (first + timedelta(days=n) for n in range((today - first).days))
        self._days = [day for day in every if calendar.is_working(day)]

    def __len__(self) -> int:
        return len(self._days)

    def __iter__(self) -> Iterator[date]:
        return iter(self._days)

    def __getitem__(self, place: int) -> date:
        return self._days[place]

    def place_of(self, day: date) -> int:
        """The place of the first working day from `day` on, from the end; 0 when it is yet to come."""
        return bisect_left(self._days, day) - len(self._days)


class Pace:
    """The moments of one story: office days go by, and within a day some minutes."""

    def __init__(self, days: OfficeDays, place: int, random: Random) -> None:
        self._days, self._place, self._random = days, place, random
        self._at = self._in_the_course_of_the_day()

    def soon(self) -> datetime:
        """A few minutes later."""
        self._at += timedelta(minutes=self._random.choice(PAUSE_MINUTES))
        return self._at

    def after(self, office_days: int) -> datetime:
        """That many working days later, the same day for 0."""
        if office_days == 0:
            return self.soon()
        self._place += office_days
        self._at = self._in_the_course_of_the_day()
        return self._at

    def on(self, place: int) -> datetime:
        """The working day at this place."""
        return self.after(max(place - self._place, 0))

    @property
    def now(self) -> datetime:
        """The moment it has come to."""
        return self._at

    def _in_the_course_of_the_day(self) -> datetime:
        assert self._place < 0, "only what has happened is told"
        minutes = self._random.choice(self._random.choice(BUSY_MINUTES))
        opening = datetime.combine(self._days[self._place], OPENING, clock.LOCAL)
        return opening + timedelta(minutes=minutes)
