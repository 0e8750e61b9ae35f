"""The only place that asks what time it is. Moments are UTC, dates of law are dates in Việt Nam."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone

LOCAL = timezone(
    timedelta(hours=7), "Asia/Ho_Chi_Minh"
)  # no summer time; needs no time zone files on the machine


class Frozen:
    """A clock that stands at `at` until somebody moves it."""

    def __init__(self, at: datetime) -> None:
        self.move_to(at)

    def move_to(self, at: datetime) -> None:
        """Set the clock to `at`. Raises ValueError when `at` has no time zone."""
        if at.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        self.at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move the clock by `by`."""
        self.at += by


_frozen: ContextVar[Frozen | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """Return this moment in UTC."""
    standing = _frozen.get()
    return standing.at if standing else datetime.now(UTC)


def today() -> date:
    """Return the date in Việt Nam at this moment."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """Return `moment` as the time on a clock in Việt Nam. Raises ValueError when it has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(LOCAL)


@contextmanager
def frozen(at: datetime) -> Iterator[Frozen]:
    """Let the clock stand at `at` within this context and the tasks started in it (tests, seeding)."""
    clock = Frozen(at)
    token = _frozen.set(clock)
    try:
        yield clock
    finally:
        _frozen.reset(token)
