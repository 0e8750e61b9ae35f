"""How long the server works on a page of the queue: first page, filters, search, deep pages.

python -m benchmarks.queue_speed [APPLICATIONS]

Fills a fresh embedded database in a folder of its own and asks the application in this process, so that no
network is in the figures: median of eight requests, number of statements, slowest statement of the last one.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

TIMES = 8
ADDRESSES = {
    "first page": "/queue",
    "mine": "/queue?handler=mine",
    "nobody's": "/queue?handler=nobody",
    "one state": "/queue?state=submitted",
    "a state nobody is in": "/queue?state=withdrawn",
    "past their day": "/queue?clock=late",
    "due within 7 days": "/queue?clock=soon",
    "standing still": "/queue?clock=stopped",
    "search: two words of 2 % of the cases": "/queue?q=ban+dan",
    "search: words of every case": "/queue?q=bao+hiem",
    "search: a number": "/queue?q=HS-2026-101500",
    "search: nothing found": "/queue?q=zzzkhong",
    "a page from the middle": "/queue?from=0~2026-11-27~HS-2026-045000",
    "the last page": "/queue?from=1~~HS-2026-999999",
    "as JSON": "/api/v1/queue",
}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    folder = tempfile.mkdtemp(prefix="benthu-queue-")
    # Set before anything of the product is imported: it reads its settings once.
    os.environ |= {"BENTHU_DATA": folder, "DATABASE_URL": ""}
    from backend.kit.localpg import LocalPostgres

    server = LocalPostgres(Path(folder) / "postgres", durable=False)
    try:
        os.environ["DATABASE_URL"] = server.start()
        asyncio.run(measure(count))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def measure(count: int) -> None:
    """Fill, then ask each address."""
    from backend.app import app
    from backend.kit import sessions
    from backend.kit.db import Engine, pool
    from benchmarks.web import prepare
    from tests.factories.web import Browser

    asked: list[float] = []
    run = Engine.send

    async def counted(self: Engine, *arguments: Any) -> Any:
        start = time.perf_counter()
        try:
            return await run(self, *arguments)
        finally:
            asked.append(time.perf_counter() - start)

    async with pool(os.environ["DATABASE_URL"]):
        session, _ = await prepare(count)
        Engine.send = counted  # type: ignore[method-assign]
        print(f"\n{'queue':<42} {'status':>6} {'ms':>8} {'statements':>10} {'slowest ms':>10}")
        async with Browser(app) as browser:
            browser.cookies.set(sessions.COOKIE, session)
            for name, path in ADDRESSES.items():
                times = []
                for _ in range(TIMES):
                    asked.clear()
                    start = time.perf_counter()
                    answer = await browser.get(path)
                    times.append(time.perf_counter() - start)
                slowest = max(asked)
                print(
                    f"{name:<42} {answer.status_code:>6} {median(times) * 1000:>8.0f}"
                    f" {len(asked):>10} {slowest * 1000:>10.1f}"
                )
        Engine.send = run  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
