"""One seeded city for all tests of the demonstration, its documents made by ports that reach nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.accounts.queries import find_account_id, find_actor
from backend.accounts.schemas import Actor
from backend.app import app
from backend.demo import seed
from backend.kit.clock import frozen
from backend.kit.db import close_pool, engine, open_pool
from backend.kit.outbox import dead_jobs, work_until_empty
from backend.ports.wiring import Ports, null_ports, using
from backend.settings import settings
from tests.conftest import MONDAY_MORNING, Cluster

assert app, "knows every feature, and so every handler"


@dataclass
class City:
    """The seeded registry after the worker has done all that was asked for."""

    ports: Ports
    issued_by_seed: int
    data: Path

    async def person(self, name: str) -> Actor:
        """The demo account `name`@benthu.test."""
        account = await find_account_id(f"{name}@benthu.test")
        assert account is not None
        actor = await find_actor(account)
        assert actor is not None
        return actor


@contextmanager
def living_in(data: Path) -> Iterator[None]:
    """A data folder of its own: the latest few indexes are kept, and other tests fit theirs meanwhile."""
    before = os.environ["BENTHU_DATA"]
    os.environ["BENTHU_DATA"] = str(data)
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ["BENTHU_DATA"] = before
        settings.cache_clear()


@pytest.fixture(scope="session")
async def seeded(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[str, City]]:
    """A database seeded once; tests want `city`."""
    found = engine().pool, engine().url
    engine().pool = None
    url = await cluster.clone()
    await open_pool(url, size=5)
    ports, data = null_ports(), tmp_path_factory.mktemp("city")
    with using(ports), living_in(data), frozen(MONDAY_MORNING):
        await seed()
        rows = await engine().run_ddl("select count(*) as n from issued_document where state = 'issued'")
        await work_until_empty()
        assert await dead_jobs() == []
    await close_pool()
    engine().pool, engine().url = found
    yield url, City(ports=ports, issued_by_seed=rows[0]["n"], data=data)
    await cluster.drop(url)


@pytest.fixture
async def city(seeded: tuple[str, City]) -> AsyncIterator[City]:
    """The seeded city, read on the Monday morning it was seeded for; whatever a test writes is undone."""
    found = engine().pool, engine().url
    engine().pool = None
    await open_pool(seeded[0], size=5)
    with using(seeded[1].ports), living_in(seeded[1].data), frozen(MONDAY_MORNING):
        async with engine().transaction(isolation="serializable") as transaction:
            yield seeded[1]
            await transaction.rollback()
    await close_pool()
    engine().pool, engine().url = found
