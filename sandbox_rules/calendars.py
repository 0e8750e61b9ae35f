"""Working days of a country: public holidays, observed days, exchanged days and local overrides.

Dates of law are dates in Asia/Ho_Chi_Minh, which has been UTC+7 without summer time since 1975.
"""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date, datetime, timedelta, timezone
from functools import cache
from importlib import metadata
from pathlib import Path

import holidays
import msgspec
from msgspec import Struct

from sandbox_rules.text import Text

LOCAL = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
FIRST_YEAR, LAST_YEAR = 2010, 2060
_OVERRIDES = Path(__file__).parent / "calendar_tables"


class Override(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One day the authorities decreed otherwise than the public calendar says."""

    on: date
    working: bool
    label: Text
    source: str


class OverrideFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The override table of a country; later years than ``decreed_through`` are forecasts."""

    decreed_through: int
    note: Text
    day: tuple[Override, ...] = ()


class Calendar:
    """Working days of one country between 2010 and 2060, counted by prefix sums."""

    def __init__(self, country: str = "VN", overrides: Path | None = None) -> None:
        path = overrides or _OVERRIDES / f"{country}.toml"
        data = path.read_bytes()
        table = msgspec.convert(tomllib.loads(data.decode("utf-8")), OverrideFile)
        self.country = country
        self.decreed_through = table.decreed_through
        table_hash = hashlib.sha256(data).hexdigest()[:8]
        self.version = f"{country} holidays-{metadata.version('holidays')} table-{table_hash}"
        self._overrides = {day.on: day for day in table.day}
        self._public = holidays.country_holidays(
            country, years=range(FIRST_YEAR, LAST_YEAR + 2), language="vi"
        )
        self._start = date(FIRST_YEAR, 1, 1).toordinal()
        self._upto: list[int] = []
        self._days: list[int] = []
        for ordinal in range(self._start, date(LAST_YEAR, 12, 31).toordinal() + 1):
            if self._judge(date.fromordinal(ordinal)):
                self._days.append(ordinal)
            self._upto.append(len(self._days))

    def is_working(self, day: date) -> bool:
        """Return whether offices work on this day."""
        return self.count(day.toordinal() - 1, day.toordinal()) == 1

    def add_working_days(self, day: date, n: int) -> date:
        """Return the n-th working day after ``day``; for n = 0 the day itself or the next working day.

        Raises ValueError outside 2010-2060.
        """
        return date.fromordinal(self.ordinal_after(day.toordinal(), n))

    def working_days_between(self, start: date, end: date) -> int:
        """Return the working days after ``start`` up to and including ``end``; negative when reversed."""
        return self.count(start.toordinal(), end.toordinal())

    def ordinal_after(self, day: int, n: int) -> int:
        """Do ``add_working_days`` on ordinals."""
        if n == 0:
            day, n = day - 1, 1
        at = self._upto[self._at(day)] + n - 1
        if n < 0 or at >= len(self._days):
            raise ValueError(f"{n} working days leave the calendar {FIRST_YEAR}-{LAST_YEAR}")
        return self._days[at]

    def count(self, start: int, end: int) -> int:
        """Do ``working_days_between`` on ordinals."""
        upto, first, last = self._upto, start - self._start, end - self._start
        if 0 <= first < len(upto) and 0 <= last < len(upto):
            return upto[last] - upto[first]
        return upto[self._at(end)] - upto[self._at(start)]

    def name_of(self, day: date) -> str | None:
        """Return, in Vietnamese, why a day is off or worked against the week; None for ordinary days."""
        if override := self._overrides.get(day):
            return override.label.vi
        if day in self._public.weekend_workdays:
            return "Làm bù"
        name: str | None = self._public.get(day)
        return name

    def is_forecast(self, day: date) -> bool:
        """Return whether the holidays of this day's year are not yet decreed."""
        return day.year > self.decreed_through

    def _judge(self, day: date) -> bool:
        if override := self._overrides.get(day):
            return override.working
        if day.weekday() >= 5:
            return day in self._public.weekend_workdays
        return day not in self._public

    def _at(self, day: int) -> int:
        at = day - self._start
        if not 0 <= at < len(self._upto):
            raise ValueError(f"outside the calendar {FIRST_YEAR}-{LAST_YEAR}: {date.fromordinal(day)}")
        return at


@cache
def known_calendars() -> frozenset[str]:
    """Return the countries there is an override table for."""
    return frozenset(path.stem for path in _OVERRIDES.glob("*.toml"))


@cache
def calendar_of(country: str) -> Calendar:
    """Return the shared calendar of a country (building one takes a moment)."""
    return Calendar(country)


def local_date(at: datetime) -> date:
    """Return the date of law of a moment."""
    return at.astimezone(LOCAL).date()
