"""How long the server works on a page of the queue: first page, filters, search, deep pages.

python -m benchmarks.queue_speed [APPLICATIONS] [--open CASES]

200,000 applications of which 10,000 are open, more than a city has at a time, unless told otherwise;
`--open 100000` for half of them. Fills a fresh embedded database in a folder of its own and asks the
application in this process, so that no network is in the figures: lines found (the queue counts to a bound),
median of eight requests, number of statements, slowest statement of the last one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

TIMES = 8
OPEN = 10_000
ADDRESSES = {
    "first page": "/queue",
    "mine": "/queue?handler=mine",
    "nobody's": "/queue?handler=nobody",
    "one state": "/queue?state=submitted",
    "a state nobody is in": "/queue?state=withdrawn",
    "past their day": "/queue?clock=late",
    "due within 7 days": "/queue?clock=soon",
    "standing still": "/queue?clock=stopped",
    "search: a word of one case in five": "/queue?q=ban+dan",
    "search: two words of one case in fifty": "/queue?q=ban+dan+vi+mach",
    "search: words of every case": "/queue?q=bao+hiem",
    "search: a number": "/queue?q={number}",
    "search: nothing found": "/queue?q=zzzkhong",
    "a page from the middle": "/queue?from={middle}",
    "the last page": "/queue?from=-9~~",
    "as JSON": "/api/v1/queue",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("applications", type=int, nargs="?", default=200_000)
    parser.add_argument("--open", type=int, help="open cases (10,000, or half of the applications if fewer)")
    options = parser.parse_args()
    count = options.applications
    waiting = min(OPEN, count // 2) if options.open is None else options.open
    if not 0 <= waiting <= count:
        parser.error(f"of {count:,} applications, {waiting:,} cannot be open")
    folder = tempfile.mkdtemp(prefix="benthu-queue-")
    # Set before anything of the product is imported: it reads its settings once.
    os.environ |= {"BENTHU_DATA": folder, "DATABASE_URL": ""}
    from backend.kit.localpg import LocalPostgres

    server = LocalPostgres(Path(folder) / "postgres", durable=False)
    try:
        os.environ["DATABASE_URL"] = server.start()
        asyncio.run(measure(count, waiting))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def measure(count: int, waiting: int) -> None:
    """Fill, then ask each address."""
    from backend.kit.db import pool
    from benchmarks.web import prepare

    async with pool(os.environ["DATABASE_URL"]):
        session, _ = await prepare(count, waiting)
        await print_pages(session)


async def print_pages(session: str) -> None:
    """One line for each address."""
    from benchmarks.web_client import visiting

    number, middle = await middle_case()
    print(f"\n{'queue':<42} {'status':>6} {'found':>8} {'ms':>8} {'statements':>10} {'slowest ms':>10}")
    async with visiting(session) as (browser, asked):
        for name, address in ADDRESSES.items():
            path, times = address.format(number=number, middle=middle), []
            view = (await browser.get(f"/api/v1/queue?{path.partition('?')[2]}")).json()
            for _ in range(TIMES):
                asked.clear()
                start = time.perf_counter()
                answer = await browser.get(path)
                times.append(time.perf_counter() - start)
            found = f"{view['total']:,}{'+' * view['is_more']}"
            print(
                f"{name:<42} {answer.status_code:>6} {found:>8} {median(times) * 1000:>8.0f}"
                f" {len(asked):>10} {max(asked) * 1000:>10.1f}",
                flush=True,
            )


async def middle_case() -> tuple[str, str]:
    """The number of the case in the middle of the queue, and its place as the address of a page has it."""
    from backend.applications.domain import written_place
    from backend.applications.queue import open_states
    from backend.applications.queue_queries import DUE, RANK
    from backend.applications.schemas import Place
    from backend.applications.tables import Application

    cases = "from application a where a.number is not null and a.state = any({}::text[])"
    states = sorted(open_states())
    [held] = await Application.raw(f"select count(*) as count {cases}", states)
    [row] = await Application.raw(
        f"""
        select {RANK} as rank, a.due_on, a.number {cases}
        order by {RANK}, {DUE}, a.number offset {held["count"] // 2} limit 1
        """,
        states,
    )
    return row["number"], written_place(Place(**row))


if __name__ == "__main__":
    main()
