"""Readings of a running trial against the limits of its grant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from sandbox_rules.programme import Programme
from sandbox_rules.schema import Limit, Source
from sandbox_rules.text import Text


class Reading(Struct, frozen=True):
    """What was measured for one limit on one day."""

    on: date
    limit: str
    value: float


class LimitFinding(Struct, frozen=True):
    """How a trial stands to one limit. ``share`` is value / bound, None for dates and unknown values."""

    key: str
    outcome: Literal["within", "near", "exceeded", "unknown"]
    label: Text
    unit: Text
    value: float | date | None
    bound: float | date
    share: float | None
    source: Source


def judge_limits(
    programme: Programme, granted: Mapping[str, float | date], readings: Iterable[Reading], on: date
) -> list[LimitFinding]:
    """Judge every limit of the grant by the readings up to and including a day.

    ``granted`` maps limits to bounds. A limit without reading is unknown, never within.
    Raises ValueError for a bound of the wrong type.
    """
    measured: dict[str, list[Reading]] = {}
    for reading in sorted(readings, key=lambda one: one.on):
        if reading.on <= on:
            measured.setdefault(reading.limit, []).append(reading)
    return [
        _judge(programme, limit, granted[key], [one.value for one in measured.get(key, [])], on)
        for key, limit in programme.limits.items()
        if key in granted
    ]


def _judge(
    programme: Programme, limit: Limit, bound: float | date, values: list[float], on: date
) -> LimitFinding:
    source = programme.sources[limit.source]
    if limit.judged == "until":
        if not isinstance(bound, date):
            raise ValueError(f"the bound of {limit.key} must be a date")
        left = (bound - on).days
        outcome = _grade(left < 0, left <= limit.warn_days)
        return LimitFinding(limit.key, outcome, limit.label, limit.unit, on, bound, None, source)
    if isinstance(bound, date):
        raise ValueError(f"the bound of {limit.key} must be a number")
    if not values:
        return LimitFinding(limit.key, "unknown", limit.label, limit.unit, None, bound, None, source)
    value = _total(limit.judged, values)
    outcome = _grade(value > bound, value >= limit.warn_at * bound)
    share = value / bound if bound else None
    return LimitFinding(limit.key, outcome, limit.label, limit.unit, value, bound, share, source)


def _total(judged: str, values: list[float]) -> float:
    if judged == "sum":
        return sum(values)
    return max(values) if judged == "highest" else values[-1]


def _grade(exceeded: bool, near: bool) -> Literal["within", "near", "exceeded"]:
    if exceeded:
        return "exceeded"
    return "near" if near else "within"
