"""How fast the product is with 20,000 applications: pages, lists, documents, memory.

python -m benchmarks.web [APPLICATIONS] [SECONDS A MEASUREMENT]

Starts the real command on a fresh embedded database in a folder of its own, with two workers. Prints; asserts
nothing: a number depends on the machine, and this one also runs the load.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

WORKERS = 2
CONNECTIONS = (1, 8, 32)
START_SECONDS, SETTLE_SECONDS = 180, 3
ROOT = Path(__file__).parents[1]


class Target(NamedTuple):
    """A page to measure."""

    name: str
    path: str
    signed_in: bool


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 4.0
    folder, port = tempfile.mkdtemp(prefix="benthu-bench-"), free_port()
    # Set before anything of the product is imported: it reads its settings once.
    os.environ |= {
        "BENTHU_DATA": folder,
        "BENTHU_PORT": str(port),
        "BENTHU_HOST": "127.0.0.1",
        "DATABASE_URL": "",
    }
    from backend.kit.localpg import LocalPostgres

    server = LocalPostgres(Path(folder) / "postgres")
    try:
        os.environ["DATABASE_URL"] = server.start()
        asyncio.run(measure(count, seconds, f"http://127.0.0.1:{port}"))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def measure(count: int, seconds: float, site: str) -> None:
    """Fill, count queries, make documents, then put the served pages under load."""
    from backend.kit.db import pool

    async with pool(os.environ["DATABASE_URL"]):
        session, targets = await prepare(count, count // 2)
        await print_queries(targets, session)
        await print_documents()
    async with served(site) as process:
        await print_load(targets, site, session, seconds)
        print_memory(process.pid)


async def prepare(count: int, waiting: int) -> tuple[str, list[Target]]:
    """The database full, so many of the cases open; the session of an officer, and the pages to measure."""
    import asyncpg

    from backend.applications.domain import list_queue
    from backend.applications.schemas import QueueFilters
    from backend.kit import sessions
    from backend.kit.db import transaction
    from backend.kit.migrations import migrate_all
    from backend.ports.wiring import null_ports, using
    from backend.trials.queries import list_trials
    from backend.trials.schemas import Filters
    from benchmarks.web_data import count_cases, fill
    from tests.factories.applications import make_cast

    await migrate_all()
    start = time.perf_counter()
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    with using(null_ports()):
        cast = await make_cast()
        await fill(connection, cast, count, waiting)
    held, open_ones = await count_cases(connection)
    await connection.close()
    async with transaction():
        session = await sessions.open_session(cast.officer.id)
    queue = await list_queue(cast.officer, QueueFilters())
    (trial, *_), trials = await list_trials(Filters(), 1, 1, ending_first=False)
    print(f"{held:,} applications, {open_ones:,} of them open, {trials:,} trials: ", end="")
    print(f"filled in {time.perf_counter() - start:.0f} s")
    return session, [
        Target("register", "/register", signed_in=False),
        Target("register, a search", "/register?q=cam+bien", signed_in=False),
        Target("register, signed in", "/register?field=ai", signed_in=True),
        Target("public page of a trial", f"/register/{trial.number}", signed_in=False),
        Target("front page", "/", signed_in=False),
        Target("case page", f"/cases/{queue.items[0].id}", signed_in=True),
        Target("queue", "/queue", signed_in=True),
        Target("queue as JSON", "/api/v1/queue", signed_in=True),
        Target("register as JSON, 50 rows", "/api/v1/register?size=50", signed_in=False),
        Target("trials", "/trials", signed_in=True),
    ]


async def print_queries(targets: list[Target], session: str) -> None:
    """How many statements each page sends, its own session included."""
    from benchmarks.web_client import visiting

    print(f"\n{'queries a page':<30} {'status':>8} {'queries':>8} {'KiB':>8}")
    for target in targets:
        async with visiting(session if target.signed_in else "") as (browser, asked):
            answer = await browser.get(target.path)
        print(f"{target.name:<30} {answer.status_code:>8} {len(asked):>8} {len(answer.content) / 1024:>8.0f}")


async def print_documents() -> None:
    """Seconds to render, and where it applies sign, one document of each kind; the first of all is cold."""
    from backend.documents import domain
    from backend.documents.tables import IssuedDocumentRow as Row

    print(f"\n{'documents':<30} {'seconds':>8} {'KiB':>8}")
    for kind in ("receipt", "receipt", "decision", "decision"):
        row = await Row.select(Row.id).where(Row.kind == kind).first()
        assert row is not None
        document = await domain.get_document(row["id"])
        start = time.perf_counter()
        data = await domain._make(document)
        print(f"{kind:<30} {time.perf_counter() - start:>8.2f} {len(data) / 1024:>8.0f}")


@asynccontextmanager
async def served(site: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The product itself, as `benthu serve` runs it, until the block ends."""
    command = [sys.executable, "-m", "backend.cli", "serve", "--workers", str(WORKERS)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL)
    try:
        await answering(site, process)
        yield process
    finally:
        process.terminate()
        await process.wait()


async def answering(site: str, process: asyncio.subprocess.Process) -> None:
    """Wait until the product answers, and a little more for its second worker."""
    host, port = site.removeprefix("http://").split(":")
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.returncode is None:
        try:
            _, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            await asyncio.sleep(0.2)
            continue
        writer.close()
        await asyncio.sleep(SETTLE_SECONDS)
        return
    raise RuntimeError("the product did not start")


async def print_load(targets: list[Target], site: str, session: str, seconds: float) -> None:
    """Requests a second and times, page by page."""
    from backend.kit import sessions
    from benchmarks.web_load import load

    head = "".join(f"{f'{n} conn.: req/s':>18} {'p95 ms':>8}" for n in CONNECTIONS)
    print(f"\n{f'load, {WORKERS} workers':<30}{head} {'not 200':>8}")
    for target in targets:
        cookie = f"{sessions.COOKIE}={session}" if target.signed_in else ""
        found = [await load(site + target.path, cookie, n, seconds) for n in CONNECTIONS]
        figures = "".join(f"{one.per_second:>18.0f} {one.p95:>8.1f}" for one in found)
        print(f"{target.name:<30}{figures} {sum(one.refused for one in found):>8}", flush=True)


def print_memory(parent: int) -> None:
    """Resident memory of every process of the product; what they share is counted in each."""
    print(f"\n{'memory':<60} {'MiB':>8}")
    for pid in descendants(parent):
        status = Path(f"/proc/{pid}/status").read_text()
        size = next((line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")), "0")
        name = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        print(f"{'…' + name[-58:]:<60} {int(size) / 1024:>8.0f}")


def descendants(parent: int) -> list[int]:
    """The process and all below it."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found = [parent]
    for pid in found:
        found += [child for child, above in parents.items() if above == pid]
    return found


if __name__ == "__main__":
    main()
