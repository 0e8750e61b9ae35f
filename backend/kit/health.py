"""Two questions of the machinery: does the process live, and can it work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response
from piccolo.apps.migrations.tables import Migration

from backend.kit.logs import log_fault
from backend.kit.migrations import app_names, migration_modules

Check = Callable[[], Awaitable[bool]]


@get("/healthz", opt={"no_session": True}, include_in_schema=False)
async def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


def readiness(checks: Mapping[str, Check]) -> HTTPRouteHandler:
    """The handler of `/readyz`: 200 when every check says yes, else 503; the answer names each check."""

    @get("/readyz", opt={"no_session": True}, include_in_schema=False)
    async def readyz() -> Response[Any]:
        """The process can work."""
        results = {name: await _holds(check) for name, check in checks.items()}
        return Response(
            results, status_code=200 if all(results.values()) else 503, headers={"Cache-Control": "no-store"}
        )

    return readyz


async def is_migrated() -> bool:
    """Whether every migration of every app has run."""
    rows = await Migration.select(Migration.app_name, Migration.name)
    ran = {(row["app_name"], row["name"]) for row in rows}
    return all((app, name) in ran for app in app_names() for name in migration_modules(app))


async def _holds(check: Check) -> bool:
    try:
        return await check()
    except Exception as error:  # whatever is wrong, the answer is no
        log_fault(error, check=getattr(check, "__name__", "check"))
        return False
