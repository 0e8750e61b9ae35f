"""Which reports a trial owes, and when."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from sandbox_rules.calendars import Calendar
from sandbox_rules.programme import Programme
from sandbox_rules.schema import Report, Source
from sandbox_rules.text import Text


class ReportDue(Struct, frozen=True):
    """One report: the last day it speaks of and the day it is due."""

    key: str
    label: Text
    covers_until: date
    due_on: date
    source: Source


def report_dates(programme: Programme, calendar: Calendar, start: date, until: date) -> list[ReportDue]:
    """Return the reports of a trial from its first to its last day, in the order they are due."""
    dues = [
        ReportDue(rule.key, rule.label, day, _due(rule, calendar, day), programme.sources[rule.source])
        for rule in programme.reports.values()
        for day in _periods(rule, start, until)
    ]
    return sorted(dues, key=lambda one: (one.due_on, one.key))


def _periods(rule: Report, start: date, until: date) -> Iterator[date]:
    """Periods end a day before the day of the month on which the trial began."""
    if rule.every_months is None:
        yield until
        return
    count = rule.every_months
    while (day := _months_after(start, count) - timedelta(days=1)) < until:
        yield day
        count += rule.every_months


def _months_after(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _due(rule: Report, calendar: Calendar, day: date) -> date:
    if rule.unit == "working_day":
        return calendar.add_working_days(day, rule.within)
    return day + timedelta(days=rule.within)
