"""The database goes away for ten seconds, worker and web server are killed: nothing lost, nobody left."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import httpx
import pytest

from backend.accounts.schemas import Role
from backend.documents.domain import RENDER
from backend.kit.localpg import LocalPostgres
from tests.factories.dossiers import complete_draft, draft, register_company, submitted
from tests.factories.people import connected, make_account
from tests.factories.serving import PATIENCE, Served, known, wait_until
from tests.journeys.clients import Client

AWAY_SECONDS = 10
WAITING = "select count(*) from outbox_job where kind = $1 and done_at is null"
ISSUED = "select data ->> 'sha256' from audit_entry where subject = $1 and tag = 'document:issued'"


class Sturdy(NamedTuple):
    """A served registry on a database that forgets nothing, and an applicant of it."""

    served: Served
    server: LocalPostgres
    client: Client

    @property
    def database(self) -> str:
        return self.served.env["DATABASE_URL"]


@pytest.fixture(scope="module")
async def sturdy() -> AsyncIterator[Sturdy]:
    """One registry for these tests: on a server of its own, which is stopped and killed."""
    folder = Path(os.environ["BENTHU_TEST_FOLDER"]) / f"sturdy-{os.getpid()}"
    server = LocalPostgres(folder / "postgres")
    url = server.start()
    served = Served(folder / "data", DATABASE_URL=url).start()
    async with connected(url):
        await make_account("startup", "Nguyễn Thị Hoa", Role.APPLICANT)
    async with Client(base_url=served.url, timeout=60) as client:
        await client.enter("startup")
        yield Sturdy(served, server, client)
    served.stop()
    server.stop(force=True)


async def test_while_the_database_is_gone_everybody_is_told_to_come_back_and_nothing_is_lost(
    sturdy: Sturdy,
) -> None:
    client, server = sturdy.client, sturdy.server
    saved = await draft(client, await register_company(client))
    path = f"/applications/{saved['id']}"
    kept = await save(client, path, saved["revision"], 0)
    await strike(server)
    gone_at, answers = time.monotonic(), []
    while time.monotonic() - gone_at < AWAY_SECONDS:
        change = {"revision": kept, "answers": {"plan_users": 1}}
        answers.append(await client.put(f"/api/v1{path}/answers", json=change))
        answers.append(await client.get(f"/applications/{saved['id']}"))
        answers.append(await client.get("/register"))
        await asyncio.sleep(0.5)
    assert {(one.status_code, "retry-after" in one.headers) for one in answers} == {(503, True)}
    assert (await client.get("/healthz")).status_code == httpx.codes.OK
    assert (await client.get("/readyz")).status_code == httpx.codes.SERVICE_UNAVAILABLE
    server.start()
    found = await client.ask("GET", path)  # the very next request
    assert (found["revision"], found["answers"]["plan_users"]) == (kept, 100)
    await save(client, path, kept, 1)
    assert not sturdy.served.has_ended()


async def save(client: Client, path: str, revision: int, start: int) -> int:
    """Save a few times; the revision of the last save that was confirmed."""
    for number in range(96 + start, 101 + start):
        change = {"revision": revision, "answers": {"plan_users": number}}
        revision = (await client.ask("PUT", f"{path}/answers", json=change))["revision"]
    return revision


async def strike(server: LocalPostgres) -> None:
    """End the server as `pg_ctl -m immediate` does: at once, without writing anything down."""
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    await asyncio.to_thread(wait_until, lambda: server.pid() is None)


async def test_work_asked_for_before_a_crash_of_the_database_is_done_after_it(sturdy: Sturdy) -> None:
    case = await submitted(sturdy.client, await register_company(sturdy.client))
    await strike(sturdy.server)
    await asyncio.sleep(1)
    sturdy.server.start()
    assert (await receipt_of(sturdy.client, case["id"]))["state"] == "issued"


async def test_a_worker_killed_in_the_middle_of_a_document_leaves_it_to_the_next_who_makes_it_once(
    sturdy: Sturdy,
) -> None:
    client = sturdy.client
    saved = await complete_draft(client, await register_company(client))
    database = await asyncpg.connect(sturdy.database)
    await wait_for(database, "select not exists(select 1 from outbox_job where done_at is null)")
    worker = sturdy.served.worker()
    assert worker is not None
    os.kill(worker, signal.SIGSTOP)
    step = {"revision": saved["revision"]}
    await client.ask("POST", f"/applications/{saved['id']}/transitions/submit", json=step)
    (document,) = (await client.ask("GET", f"/cases/{saved['id']}"))["documents"]
    async with database.transaction():  # whoever has made the document must wait for us to say so
        await database.execute("select from issued_document where id = $1 for update", document["id"])
        os.kill(worker, signal.SIGCONT)
        await wait_for(database, "select exists(select 1 from pg_locks where not granted)")
        assert await database.fetchval(WAITING, RENDER) == 1
        (document,) = (await client.ask("GET", f"/cases/{saved['id']}"))["documents"]
        assert document["state"] == "queued"
        assert (await client.get(document["href"])).status_code == httpx.codes.ACCEPTED
        os.kill(worker, signal.SIGKILL)
    receipt = await receipt_of(client, saved["id"])
    assert sturdy.served.worker() != worker
    assert (receipt["id"], receipt["number"]) == (document["id"], document["number"])
    pdf = (await client.get(receipt["href"])).content
    told = [row[0] for row in await database.fetch(ISSUED, saved["id"])]
    assert told == [hashlib.sha256(pdf).hexdigest()]
    await database.close()


async def test_a_web_server_that_is_killed_leaves_nobody_behind_on_its_port(sturdy: Sturdy) -> None:
    served = sturdy.served
    await asyncio.to_thread(wait_until, lambda: served.is_ready() and served.web_worker())
    server, worker = served.web_server(), served.web_worker()
    assert server is not None
    assert worker is not None
    with known(worker) as has_ended:
        assert not has_ended()
        os.kill(server, signal.SIGKILL)
        await asyncio.to_thread(wait_until, has_ended)
    await asyncio.to_thread(wait_until, lambda: served.web_server() and served.is_ready())
    assert served.web_server() != server
    assert not served.has_ended()


async def wait_for(database: asyncpg.Connection[Any], question: str) -> None:
    """Wait until the answer is yes. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while not await database.fetchval(question):  # noqa: ASYNC110 - the database rings no bell
            await asyncio.sleep(0.05)


async def receipt_of(client: Client, case: str) -> dict[str, Any]:
    """The receipt of a case once it is issued. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while True:
            (document,) = (await client.ask("GET", f"/cases/{case}"))["documents"]
            if document["state"] == "issued":
                found: dict[str, Any] = document
                return found
            await asyncio.sleep(0.2)
