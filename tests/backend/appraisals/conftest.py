"""Fixtures for the tests of appraisals."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.accounts.schemas import Actor
from backend.kit.db import Engine
from backend.ports.wiring import Ports, null_ports, using
from tests.factories.applications import Cast, make_cast
from tests.factories.decisions import make_council


@pytest.fixture
def ports() -> Iterator[Ports]:
    """Ports that reach nothing, for this test alone."""
    with using(null_ports()) as replaced:
        yield replaced


@pytest.fixture
async def cast(db: Engine, ports: Ports) -> Cast:
    """Everybody, in a database whose changes are undone."""
    return await make_cast()


@pytest.fixture
async def council(cast: Cast) -> list[Actor]:
    """Three appraisers."""
    return await make_council()
