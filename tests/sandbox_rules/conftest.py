"""The shipped rule files, read once."""

from __future__ import annotations

from datetime import date

import pytest

from sandbox_rules import Calendar, Programme, Programmes, calendar_of, load


@pytest.fixture(scope="session")
def programmes() -> Programmes:
    return load()


@pytest.fixture(scope="session")
def hp(programmes: Programmes) -> Programme:
    """The city's own programme as in force on 1 March 2026."""
    return programmes.in_force("vn-hp-248", date(2026, 3, 1))


@pytest.fixture(scope="session")
def vn() -> Calendar:
    return calendar_of("VN")
