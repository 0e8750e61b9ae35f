from __future__ import annotations

from litestar import Litestar
from piccolo.apps.migrations.tables import Migration

from backend.kit.db import engine
from backend.kit.health import is_migrated, readiness
from tests.factories.web import Browser


async def test_a_live_process_says_so_without_the_database(http: Browser) -> None:
    url, pool = engine().url, engine().pool
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    assert (engine().url, engine().pool) == (url, pool)


async def test_readiness_names_every_check(http: Browser) -> None:
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "migrations": True, "rules": True})


async def test_one_check_that_fails_or_breaks_is_enough() -> None:
    async def good() -> bool:
        return True

    async def breaks() -> bool:
        raise RuntimeError

    async with Browser(Litestar([readiness({"good": good, "breaks": breaks})])) as browser:
        answer = await browser.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"good": True, "breaks": False})


async def test_a_missing_migration_is_noticed(http: Browser) -> None:
    assert await is_migrated() is True
    await Migration.delete().where(Migration.app_name == "accounts")
    assert await is_migrated() is False
