"""Rule files that might come, and cases they would bear on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.kit.db import Engine
from backend.ports.wiring import null_ports, using
from tests.factories.applications import Cast, make_cast


@pytest.fixture
async def cast(db: Engine) -> Cast:
    return await make_cast()


@pytest.fixture(autouse=True)
def _ports() -> Iterator[None]:
    with using(null_ports()):
        yield
