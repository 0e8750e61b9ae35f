"""Fixtures for the tests of decisions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.kit.db import Engine
from backend.ports.wiring import Ports, null_ports, using
from tests.backend.cases.conftest import Counted as Counted
from tests.backend.cases.conftest import counted as counted
from tests.factories.applications import Cast, make_cast


@pytest.fixture
def ports() -> Iterator[Ports]:
    """Ports that reach nothing, for this test alone."""
    with using(null_ports()) as replaced:
        yield replaced


@pytest.fixture
async def cast(db: Engine, ports: Ports) -> Cast:
    """Everybody, in a database whose changes are undone."""
    return await make_cast()
