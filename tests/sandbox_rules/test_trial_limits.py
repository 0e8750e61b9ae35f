"""Readings against limits, and the reports a trial owes."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from sandbox_rules import Calendar, Programme, Reading, judge_limits, report_dates

GRANTED = {"users": 100, "value_vnd": 1000, "area_km2": 0, "until": date(2026, 9, 30)}
DAY = date(2026, 6, 1)


def _outcomes(hp: Programme, readings: list[Reading], on: date = DAY) -> dict[str, tuple[str, object]]:
    return {one.key: (one.outcome, one.value) for one in judge_limits(hp, GRANTED, readings, on)}


def test_without_readings_limits_are_unknown_and_never_within(hp: Programme) -> None:
    assert _outcomes(hp, []) == {
        "users": ("unknown", None), "value_vnd": ("unknown", None), "area_km2": ("unknown", None),
        "until": ("within", DAY),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "outcome"), [([79, 10], "within"), ([80], "near"), ([100], "near"), ([101, 5], "exceeded")]
)
def test_the_highest_reading_counts(hp: Programme, values: list[int], outcome: str) -> None:
    readings = [Reading(DAY, "users", value) for value in values]
    assert _outcomes(hp, readings)["users"] == (outcome, max(values))


def test_values_are_summed(hp: Programme) -> None:
    readings = [Reading(DAY, "value_vnd", 600), Reading(date(2026, 5, 1), "value_vnd", 401)]
    assert _outcomes(hp, readings)["value_vnd"] == ("exceeded", 1001)


def test_the_latest_reading_counts_where_the_file_says_so(hp: Programme) -> None:
    latest = msgspec.structs.replace(hp.limits["users"], judged="latest")
    programme = msgspec.structs.replace(hp, limits={"users": latest})
    readings = [Reading(DAY, "users", 50), Reading(date(2026, 5, 1), "users", 500)]
    assert _outcomes(programme, readings) == {"users": ("within", 50)}


def test_later_readings_and_limits_not_granted_are_left_out(hp: Programme) -> None:
    findings = judge_limits(hp, {"users": 100}, [Reading(date(2026, 6, 2), "users", 500)], DAY)
    assert [(one.key, one.outcome) for one in findings] == [("users", "unknown")]


@pytest.mark.parametrize(
    ("on", "outcome"),
    [
        (date(2026, 8, 30), "within"),
        (date(2026, 8, 31), "near"),
        (date(2026, 9, 30), "near"),
        (date(2026, 10, 1), "exceeded"),
    ],
)
def test_the_last_day_is_near_and_then_exceeded(hp: Programme, on: date, outcome: str) -> None:
    assert _outcomes(hp, [], on)["until"] == (outcome, on)


def test_a_share_is_given_unless_the_bound_is_zero(hp: Programme) -> None:
    readings = [Reading(DAY, "users", 25), Reading(DAY, "area_km2", 1)]
    shares = {one.key: one.share for one in judge_limits(hp, GRANTED, readings, DAY)}
    assert shares == {"users": 0.25, "value_vnd": None, "area_km2": None, "until": None}


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        ({"until": 5}, "the bound of until must be a date"),
        ({"users": DAY}, "the bound of users must be a number"),
    ],
)
def test_a_bound_of_the_wrong_type_is_refused(hp: Programme, bounds: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        judge_limits(hp, bounds, [], DAY)  # type: ignore[arg-type]


def test_reports_are_owed_each_quarter_and_at_the_end(hp: Programme, vn: Calendar) -> None:
    dues = report_dates(hp, vn, date(2026, 1, 31), date(2026, 8, 30))
    assert [(one.key, one.covers_until, one.due_on) for one in dues] == [
        ("periodic", date(2026, 4, 29), date(2026, 5, 9)),
        ("periodic", date(2026, 7, 30), date(2026, 8, 9)),
        ("final", date(2026, 8, 30), date(2026, 9, 29)),
    ]
    assert {one.source for one in dues} == {hp.sources["qd_248_body"]}


def test_reports_may_be_due_in_working_days(hp: Programme, vn: Calendar) -> None:
    final = msgspec.structs.replace(hp.reports["final"], within=3, unit="working_day")
    programme = msgspec.structs.replace(hp, reports={"final": final})
    (due,) = report_dates(programme, vn, date(2026, 1, 1), date(2026, 2, 13))
    assert due.due_on == date(2026, 2, 25)


def test_a_quarter_that_ends_with_the_trial_is_told_in_the_final_report(hp: Programme, vn: Calendar) -> None:
    dues = report_dates(hp, vn, date(2026, 1, 31), date(2026, 4, 29))
    assert [one.key for one in dues] == ["final"]
