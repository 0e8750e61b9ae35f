"""Two verbs at the very same moment: both have looked, neither has written yet."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextvars import copy_context
from typing import Any
from uuid import UUID

from backend.kit.db import engine, transaction

WAITING = """
    select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where a.datname = current_database() and not l.granted"""


async def race(table: str, row: UUID, *verbs: Coroutine[Any, Any, Any]) -> list[Any]:
    """Hold the row until every verb waits for it, then let go; results and errors in the order of the verbs.

    Needs `committed_db`. Raises TimeoutError when a verb ends or hangs without wanting the row.
    """
    outside = copy_context()
    async with asyncio.timeout(20):
        async with transaction():
            await engine().run_ddl(f"select id from {table} where id = '{row}' for update")
            tasks = [asyncio.create_task(verb, context=outside.copy()) for verb in verbs]
            while await _waiting() < len(tasks):  # noqa: ASYNC110 - the database rings no bell
                await asyncio.sleep(0.01)
        return await asyncio.gather(*tasks, return_exceptions=True)


async def _waiting() -> int:
    await engine().run_ddl("select pg_stat_clear_snapshot()")
    return int((await engine().run_ddl(WAITING))[0]["count"])
