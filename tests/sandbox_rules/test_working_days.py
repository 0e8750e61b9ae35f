"""Working days of Viet Nam: Tết, observed, exchanged and overridden days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox_rules import Calendar, calendar_of, local_date

QUICK = settings(deadline=None, max_examples=60)
DAYS = st.dates(date(2012, 1, 1), date(2055, 1, 1))
# Weekdays off in 2026: New Year, Tết, Hùng Kings (observed), 30/4, 1/5, National Day, Culture Day.
OFF_2026 = {
    date(2026, 1, 1), *(date(2026, 2, day) for day in range(16, 21)), date(2026, 4, 27), date(2026, 4, 30),
    date(2026, 5, 1), date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2), date(2026, 11, 24),
}  # fmt: skip


def test_2026_is_as_decreed(vn: Calendar) -> None:
    year = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]
    expected = [day for day in year if day.weekday() < 5 and day not in OFF_2026]
    expected = sorted([*expected, date(2026, 8, 22)])
    assert [day for day in year if vn.is_working(day)] == expected


@QUICK
@given(DAYS, st.integers(1, 400))
def test_the_nth_working_day_is_a_working_day_and_n_days_away(day: date, n: int) -> None:
    vn = calendar_of("VN")
    due = vn.add_working_days(day, n)
    assert vn.is_working(due)
    assert vn.working_days_between(day, due) == n


@QUICK
@given(DAYS, DAYS, DAYS)
def test_working_days_add_up(a: date, b: date, c: date) -> None:
    vn = calendar_of("VN")
    assert vn.working_days_between(a, b) + vn.working_days_between(b, c) == vn.working_days_between(a, c)


@QUICK
@given(DAYS, st.integers(0, 60))
def test_counting_agrees_with_walking_day_by_day(day: date, length: int) -> None:
    vn = calendar_of("VN")
    walked = sum(vn.is_working(day + timedelta(days=at)) for at in range(1, length + 1))
    assert vn.working_days_between(day, day + timedelta(days=length)) == walked


def test_zero_working_days_is_today_or_the_next_working_day(vn: Calendar) -> None:
    assert vn.add_working_days(date(2026, 3, 6), 0) == date(2026, 3, 6)
    assert vn.add_working_days(date(2026, 3, 7), 0) == date(2026, 3, 9)


def test_a_day_has_a_name_when_it_is_not_ordinary(vn: Calendar) -> None:
    days = [date(2026, 9, 2), date(2026, 8, 22), date(2026, 3, 2)]
    assert [vn.name_of(day) for day in days] == ["Quốc khánh", "Làm bù", None]


def test_years_not_yet_decreed_are_forecasts(vn: Calendar) -> None:
    assert [vn.is_forecast(date(year, 6, 1)) for year in (2026, 2027)] == [False, True]


def test_an_override_wins_and_changes_the_version(vn: Calendar, tmp_path: Path) -> None:
    table = tmp_path / "VN.toml"
    table.write_text(
        'decreed_through = 2027\nnote = {vi = "a", en = "b"}\n'
        '[[day]]\non = 2027-02-13\nworking = true\nlabel = {vi = "Làm bù Tết", en = "Worked"}\nsource = "x"\n'
        '[[day]]\non = 2027-02-12\nworking = false\nlabel = {vi = "Nghỉ thêm", en = "Off"}\nsource = "x"\n',
        "utf-8",
    )
    own = Calendar("VN", table)
    assert [own.is_working(date(2027, 2, day)) for day in (12, 13)] == [False, True]
    assert [vn.is_working(date(2027, 2, day)) for day in (12, 13)] == [True, False]
    assert own.name_of(date(2027, 2, 13)) == "Làm bù Tết"
    assert own.version != vn.version
    assert own.version.startswith("VN holidays-")


@pytest.mark.parametrize(("day", "n"), [(date(2026, 3, 2), -1), (date(2026, 3, 2), 20_000)])
def test_a_count_that_leaves_the_calendar_is_refused(vn: Calendar, day: date, n: int) -> None:
    with pytest.raises(ValueError, match="leave the calendar 2010-2060"):
        vn.add_working_days(day, n)


def test_a_day_outside_the_calendar_is_refused(vn: Calendar) -> None:
    with pytest.raises(ValueError, match="outside the calendar 2010-2060: 1999-01-01"):
        vn.is_working(date(1999, 1, 1))


def test_the_date_of_law_is_that_of_viet_nam() -> None:
    assert local_date(datetime(2026, 3, 2, 16, 59, tzinfo=UTC)) == date(2026, 3, 2)
    assert local_date(datetime(2026, 3, 2, 17, 0, tzinfo=UTC)) == date(2026, 3, 3)
