"""Fixture `site`: the product as it runs, for browsers and clients that come through the network."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend.applications import domain as applications
from backend.ports.wiring import null_ports, using
from tests.factories.applications import make_cast, make_submitted
from tests.factories.people import connected, make_officials
from tests.factories.serving import Served


@pytest.fixture
async def site(served_site: Served) -> Served:
    """The served registry; nobody has come too often yet, though all tests come from one address."""
    connection = await asyncpg.connect(served_site.env["DATABASE_URL"])
    await connection.execute("delete from rate_limit")
    await connection.close()
    return served_site


@pytest.fixture(scope="session")
async def served_site(cluster: Any) -> AsyncIterator[Served]:
    """A served registry of this session: the officials, and one case that is less urgent than a new one."""
    url = await cluster.clone()
    async with connected(url):
        await make_officials()
        with using(null_ports()):
            cast = await make_cast()
            earlier = await make_submitted(cast, solution_name="Cần cẩu nổi trên sông Cấm")
            await applications.accept_application(cast.officer, earlier.id)
    folder = Path(os.environ["BENTHU_TEST_FOLDER"]) / f"site-{os.getpid()}"
    served = Served(folder, DATABASE_URL=url, BENTHU_DEMO="1")
    try:
        yield served.start()
    finally:
        served.stop()
    await cluster.drop(url)
