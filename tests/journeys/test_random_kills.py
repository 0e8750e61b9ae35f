"""Web server, worker and database are killed at random while people work: nothing lost, nothing done twice.

What can be promised of a mail is less: it leaves the house before the job that sent it is committed, so a
crash in between sends it again, under the same Message-ID: at least once, and at most once more for a kill.
"""

from __future__ import annotations

import asyncio
import email
import hashlib
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

from backend.accounts.queries import find_actor
from backend.accounts.schemas import Role
from backend.kit.localpg import LocalPostgres
from backend.settings import REPOSITORY
from tests.factories.dossiers import register_company
from tests.factories.people import connected, make_account, make_officials
from tests.factories.serving import PATIENCE, Served
from tests.journeys.clients import Client
from tests.journeys.random_errands import GRANT, REFUSAL, Cast, decide, hand_in
from tests.journeys.random_people import People
from tests.journeys.random_truths import faults_of, faults_when_settled
from tests.journeys.random_walk import bear_witness

SEED = 248
APPLICANTS, DOSSIERS_EACH = 3, 2
VICTIMS = ("web worker", "worker", "web server", "database", "worker", "web worker")
SETTLED = "select not exists(select 1 from outbox_job where done_at is null and due_at <= now())"


class Besieged(NamedTuple):
    """A served registry on its own embedded database, and everybody who is signed in to it."""

    served: Served
    server: LocalPostgres
    cast: Cast
    people: People


@pytest.fixture
async def besieged() -> AsyncIterator[Besieged]:
    folder = Path(os.environ["BENTHU_TEST_FOLDER"]) / f"besieged-{os.getpid()}"
    server = LocalPostgres(folder / "postgres")
    async with AsyncExitStack() as stack:
        served = Served(folder)
        stack.callback(served.stop)
        served.start()
        async with connected(server.url()):
            ids = await make_officials()
            for number in range(APPLICANTS):
                ids[f"startup{number}"] = await make_account(f"startup{number}", "Hoa", Role.APPLICANT)

        async def enter(name: str) -> Client:
            client = await stack.enter_async_context(Client(base_url=served.url, timeout=60))
            await client.enter(name)
            return client

        council = ("appraiser1", "appraiser2")
        applicants = [await enter(f"startup{number}") for number in range(APPLICANTS)]
        cast = Cast(
            applicants=applicants,
            companies=[await register_company(client) for client in applicants],
            officer=await enter("officer"),
            council=[await enter(name) for name in council],
            authority=await enter("authority"),
            council_ids=[str(ids[name]) for name in council],
        )
        async with connected(server.url()):
            actors = {name: await find_actor(account) for name, account in ids.items()}
        people = People({name: actor for name, actor in actors.items() if actor}, [])
        yield Besieged(served, server, cast, people)
        print(served.log.read_text())  # shown when the test fails


async def test_whoever_is_killed_nothing_is_lost_and_nothing_done_twice(besieged: Besieged) -> None:
    served, server, cast, people = besieged
    rng = random.Random(SEED)
    raw = await asyncpg.connect(server.url())
    await bear_witness(raw)
    await raw.close()
    over = asyncio.Event()
    killing = asyncio.create_task(kill_at_random(besieged, rng, over))
    errands = [run_errands(cast, place, random.Random(SEED + place)) for place in range(APPLICANTS)]
    confirmed = [one for done in await asyncio.gather(*errands) for one in done]
    over.set()
    killed = await killing
    raw = await asyncpg.connect(server.url())
    async with asyncio.timeout(PATIENCE):
        while not await raw.fetchval(SETTLED):  # noqa: ASYNC110 - the database rings no bell
            await asyncio.sleep(0.2)
    async with connected(server.url()):
        faults = await faults_of(raw, people) + await faults_when_settled(raw, people)
    faults += await lost(raw, confirmed) + await papers_gone(raw, served.data)
    faults += await mails_wrong(raw, served.data, killed)
    await raw.close()
    assert not faults, f"killed: {killed}\n" + "\n".join(faults)
    command = [sys.executable, "-m", "backend.cli", "audit", "verify"]
    assert subprocess.run(command, cwd=REPOSITORY, env=served.env, check=False).returncode == 0  # noqa: ASYNC221
    assert not served.has_ended()


async def run_errands(cast: Cast, place: int, rng: random.Random) -> list[dict[str, Any]]:
    """One applicant hands in dossiers; the first of them is decided. Gives what was confirmed to them."""
    client, company = cast.applicants[place], cast.companies[place]
    cases = [await hand_in(client, company, rng) for _ in range(DOSSIERS_EACH)]
    cases[0]["decision"] = await decide(cast, cases[0]["id"], rng.choice([GRANT, REFUSAL]))
    return cases


async def kill_at_random(besieged: Besieged, rng: random.Random, over: asyncio.Event) -> list[str]:
    """Kill one after the other at random moments until the work is done; who was killed."""
    killed = []
    for victim in rng.sample(VICTIMS, len(VICTIMS)):
        await asyncio.sleep(rng.uniform(1, 3))
        if over.is_set():
            break
        pid = pid_of(besieged, victim)
        if pid is not None:
            with suppress(ProcessLookupError):  # it may have ended by itself since it was found
                os.kill(pid, signal.SIGKILL)
                killed.append(victim)
    return killed


def pid_of(besieged: Besieged, victim: str) -> int | None:
    """A process of this registry, by what it is; None while it is not there."""
    served = besieged.served
    find = {
        "database": besieged.server.pid,
        "worker": served.worker,
        "web server": served.web_server,
        "web worker": served.web_worker,
    }
    return find[victim]()


async def lost(raw: Any, confirmed: list[dict[str, Any]]) -> list[str]:
    """What was confirmed to somebody and is not there once."""
    faults = []
    for case in confirmed:
        row = await raw.fetchrow("select number, handed_in from application where id = $1", case["id"])
        if row is None or row["number"] != case["number"]:
            faults.append(f"submission {case['number']} is lost")
        query = "select state from decision where application = $1"
        signed = [one["state"] for one in await raw.fetch(query, case["id"])]
        if signed != (["signed"] if "decision" in case else []):
            faults.append(f"{case['number']} has decisions {signed}")
    numbered = await raw.fetchval("select count(*) from application where number is not null")
    return faults + ([f"{numbered} cases for {len(confirmed)}"] if numbered != len(confirmed) else [])


async def papers_gone(raw: Any, data: Path) -> list[str]:
    """Issued documents whose bytes are not what was sealed."""
    rows = await raw.fetch("select number, sha256, file_key from issued_document")
    faults = []
    for row in rows:
        found = [one for one in (data / "files").rglob("*") if str(one).endswith(row["file_key"])]
        digests = [hashlib.sha256(one.read_bytes()).hexdigest() for one in found]
        if digests != [row["sha256"]]:
            faults.append(f"{row['number']} is stored {len(digests)} times")
    return faults


async def mails_wrong(raw: Any, data: Path, killed: list[str]) -> list[str]:
    """Mails that were never sent, or more often than kills explain."""
    written = [email.message_from_bytes(one.read_bytes()) for one in (data / "outbox-mail").glob("*.eml")]
    sent = Counter(str(one["Message-ID"]) for one in written if one["Message-ID"])
    asked = await raw.fetchval("select count(*) from outbox_job where kind = 'send_news'")
    again = sum(sent.values()) - len(sent)
    faults = [f"{len(sent)} mails for {asked} jobs"] if len(sent) < asked else []
    return faults + ([f"{again} mails came again after {killed}"] if again > len(killed) else [])
