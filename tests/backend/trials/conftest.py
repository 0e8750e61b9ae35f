"""Fixtures of the tests of trials: the cast, a supervisor, an open trial."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.accounts.schemas import Actor
from backend.kit.clock import Frozen
from backend.kit.db import Engine
from backend.ports.wiring import Ports, null_ports, using
from backend.trials.schemas import Trial
from tests.factories.applications import Cast, make_cast
from tests.factories.trials import make_supervisor, make_trial


@pytest.fixture
def ports() -> Iterator[Ports]:
    """Ports that reach nothing, for this test alone."""
    with using(null_ports()) as replaced:
        yield replaced


@pytest.fixture
async def cast(db: Engine, ports: Ports, frozen_clock: Frozen) -> Cast:
    """Everybody, in a database whose changes are undone, on Monday 23 November 2026."""
    return await make_cast()


@pytest.fixture
async def supervisor(cast: Cast) -> Actor:
    """Who supervises trials."""
    return await make_supervisor()


@pytest.fixture
async def trial(cast: Cast) -> Trial:
    """A trial that was just permitted."""
    return await make_trial(cast)
