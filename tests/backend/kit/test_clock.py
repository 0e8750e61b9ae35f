"""One clock: UTC moments, Vietnamese dates."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.kit.clock import Frozen, frozen, local, now, today

LATE = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)  # half past midnight on New Year's Day in Việt Nam


def test_now_is_this_moment_in_utc() -> None:
    assert abs(datetime.now(UTC) - now()) < timedelta(seconds=5)
    assert now().utcoffset() == timedelta(0)


def test_today_is_the_date_in_viet_nam() -> None:
    with frozen(LATE):
        assert today() == date(2027, 1, 1)
        assert local(now()).isoformat() == "2027-01-01T00:30:00+07:00"


def test_frozen_clock_stands_until_moved_and_then_runs_again() -> None:
    with frozen(LATE) as clock:
        clock.advance(timedelta(days=2))
        assert now() == LATE + timedelta(days=2)
        with frozen(LATE - timedelta(days=9)):
            assert now() == LATE - timedelta(days=9)
        clock.move_to(local(LATE))
        assert now() == LATE
        assert now().utcoffset() == timedelta(0)
    assert now() != LATE


def test_moments_without_a_zone_are_refused() -> None:
    naive = LATE.replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        local(naive)
    with pytest.raises(ValueError, match="time zone"):
        Frozen(naive)


async def test_fixture_freezes_the_clock_of_async_tests(frozen_clock: Frozen) -> None:
    assert local(now()).isoformat() == "2026-11-23T09:00:00+07:00"
    frozen_clock.advance(timedelta(hours=1))
    assert local(now()).hour == 10
