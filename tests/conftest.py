"""Fixtures for all tests: one PostgreSQL a session, one database a worker, one transaction a test.

`BENTHU_TEST_POSTGRES` chooses the server: `embedded` (the default), `debian` (version 15), or `all` in turn.
"""

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

# One folder for the whole session: the workers of xdist inherit its name. Set before `backend` is imported.
if "BENTHU_TEST_FOLDER" not in os.environ:
    os.environ["BENTHU_TEST_FOLDER"] = tempfile.mkdtemp(prefix="benthu-test-")
FOLDER = Path(os.environ["BENTHU_TEST_FOLDER"])
# A worker has its own database, so its own data folder too: of the fitted indexes only the latest are kept.
os.environ |= {
    "BENTHU_DATA": str(FOLDER / "data" / os.environ.get("PYTEST_XDIST_WORKER", "alone")),
    "BENTHU_SECRET": "a secret for tests, known to everybody",
    "DATABASE_URL": "",
}

from backend.kit.clock import Frozen, frozen
from backend.kit.db import Engine, close_pool, engine, open_pool
from backend.kit.localpg import LocalPostgres
from backend.kit.migrations import migrate_all

pytest_plugins = ["tests.factories.site"]
BINARIES = {"embedded": None, "debian": Path("/usr/lib/postgresql/15/bin")}
CHOSEN = os.environ.get("BENTHU_TEST_POSTGRES", "embedded")
TEMPLATE = "benthu_template"
MONDAY_MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # nine o'clock in Hải Phòng


class Cluster:
    """One server of the session, and its databases; `name` tells a second one of its kind apart."""

    def __init__(self, kind: str, name: str = "") -> None:
        self.kind = kind
        self.server = LocalPostgres(FOLDER / (name or kind), durable=False)

    def start(self) -> None:
        with self._binaries():
            self.server.start()

    def stop(self) -> None:
        with self._binaries():
            self.server.stop(force=True)

    def url(self, database: str) -> str:
        return self.server.url().replace("/postgres?", f"/{database}?")

    async def clone(self) -> str:
        """Make a database from the migrated template and return its URL."""
        name = f"test_{secrets.token_hex(6)}"
        with self._alone():
            if not await self._has(TEMPLATE):
                await self._do(f"CREATE DATABASE {TEMPLATE}_draft")
                await open_pool(self.url(f"{TEMPLATE}_draft"), size=1)
                await migrate_all()
                await close_pool()
                await self._do(f"ALTER DATABASE {TEMPLATE}_draft RENAME TO {TEMPLATE}")
            await self._do(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self.url(name)

    async def drop(self, url: str) -> None:
        name = url.rpartition("/test_")[2].partition("?")[0]
        await self._do(f"DROP DATABASE test_{name} WITH (FORCE)")

    async def _has(self, name: str) -> bool:
        return bool(await self._do("SELECT 1 FROM pg_database WHERE datname = $1", name))

    async def _do(self, statement: str, *arguments: str) -> list[object]:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            return list(await connection.fetch(statement, *arguments))
        finally:
            await connection.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (FOLDER / f"{self.kind}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _binaries(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            if folder := BINARIES[self.kind]:
                patch.setenv("PG_BINDIR", str(folder))
            yield


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller, or the only process, tidies up after all workers."""
    if hasattr(config, "workerinput"):
        return
    for kind in BINARIES:
        if (FOLDER / kind).exists():
            Cluster(kind).stop()
    shutil.rmtree(FOLDER, ignore_errors=True)


@pytest.fixture(scope="session", params=list(BINARIES) if CHOSEN == "all" else [CHOSEN])
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """The server of the session, started by the first worker that needs it."""
    folder = BINARIES[request.param]
    if folder and not folder.exists():
        pytest.skip(f"no PostgreSQL in {folder}")
    started = Cluster(request.param)
    started.start()
    return started


@pytest.fixture(scope="session")
async def database(cluster: Cluster) -> AsyncIterator[str]:
    """The migrated database of this worker with an open pool. Tests want `db` or `committed_db`."""
    url = await cluster.clone()
    await open_pool(url, size=5)
    yield url
    await close_pool()
    await cluster.drop(url)


@pytest.fixture
async def db(database: str) -> AsyncIterator[Engine]:
    """A database whose every change is undone after the test.

    The test runs in one open transaction, serializable so that every verb may join it: no gather, no commit.
    """
    async with engine().transaction(isolation="serializable") as transaction:
        yield engine()
        await transaction.rollback()


@pytest.fixture
async def committed_db(cluster: Cluster) -> AsyncIterator[str]:
    """The URL of a database of this test alone, for races, crashes and whatever must be committed."""
    found = engine().pool, engine().url
    engine().pool = None
    url = await cluster.clone()
    await open_pool(url, size=20)
    yield url
    await close_pool()
    engine().pool, engine().url = found
    await cluster.drop(url)


@pytest.fixture
def frozen_clock() -> Iterator[Frozen]:
    """A clock that stands at nine o'clock on Monday 23 November 2026 in Hải Phòng until it is moved."""
    with frozen(MONDAY_MORNING) as clock:
        yield clock
