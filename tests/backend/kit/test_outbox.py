"""The outbox: asked for with the verb, done once, tried again, given up at last."""

import asyncio
import contextvars
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from backend.kit import outbox
from backend.kit.clock import Frozen, now
from backend.kit.db import Engine, close_pool, engine, open_pool, transaction
from backend.kit.errors import NotFound, Unavailable
from backend.kit.outbox import (
    dead_jobs,
    describe,
    enqueue,
    enqueue_recurring,
    every,
    handler,
    period_start,
    revive,
    run_worker,
    work_one,
    work_until_empty,
)
from backend.kit.tables import OutboxJob


@pytest.fixture(autouse=True)
def own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers of one test are unknown to the next."""
    monkeypatch.setattr(outbox, "_handlers", {})
    monkeypatch.setattr(outbox, "_recurring", {})


async def only_job() -> dict[str, Any]:
    (row,) = await OutboxJob.select()
    return row


# --- asking and doing ---


async def test_job_is_done_once_with_its_payload(db: Engine) -> None:
    seen: list[dict[str, Any]] = []

    @handler("mail")
    async def send(payload: dict[str, Any]) -> None:
        seen.append(payload)

    who = uuid4()
    assert await enqueue("mail", {"to": who, "at": datetime(2026, 1, 2, tzinfo=UTC), "n": [1, {"x": None}]})
    assert await work_until_empty() == 1
    assert await work_until_empty() == 0
    assert seen == [{"to": str(who), "at": "2026-01-02T00:00:00Z", "n": [1, {"x": None}]}]
    assert (await only_job())["done_at"] is not None


async def test_jobs_of_other_kinds_are_left_alone(db: Engine) -> None:
    seen: list[str] = []
    for kind in ("mail", "pdf", "index"):

        @handler(kind)
        async def note(payload: dict[str, Any]) -> None:
            seen.append(payload["kind"])

        await enqueue(kind, {"kind": kind})
    assert await work_until_empty({"pdf", "index"}) == 2
    assert sorted(seen) == ["index", "pdf"]
    assert await work_until_empty() == 1


async def test_job_is_forgotten_with_the_verb_that_asked(db: Engine) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await enqueue("mail", {})
            raise ZeroDivisionError
    assert await OutboxJob.count() == 0


async def test_same_dedupe_key_is_asked_for_once(db: Engine) -> None:
    assert await enqueue("mail", {"n": 1}, dedupe="welcome:1")
    assert not await enqueue("mail", {"n": 2}, dedupe="welcome:1")
    assert await enqueue("mail", {}, dedupe="welcome:2")
    assert await enqueue("mail", {})
    assert await enqueue("mail", {})
    assert await OutboxJob.count() == 4


async def test_job_waits_until_it_is_due_and_the_earliest_goes_first(
    db: Engine, frozen_clock: Frozen
) -> None:
    seen: list[int] = []

    @handler("mail")
    async def send(payload: dict[str, Any]) -> None:
        seen.append(payload["n"])

    for n in (3, 1, 2):
        await enqueue("mail", {"n": n}, due=now() + timedelta(minutes=n))
    assert await work_until_empty() == 0
    frozen_clock.advance(timedelta(minutes=2))
    assert await work_until_empty() == 2
    assert seen == [1, 2]


def test_second_handler_of_one_kind_is_refused() -> None:
    async def one(_: dict[str, Any]) -> None: ...

    async def other(_: dict[str, Any]) -> None: ...

    assert handler("mail")(one) is one
    assert handler("mail")(one) is one
    with pytest.raises(ValueError, match="mail"):
        handler("mail")(other)


# --- failing ---


async def test_failing_job_waits_longer_each_time_and_is_given_up_at_last(
    db: Engine, frozen_clock: Frozen
) -> None:
    tries: list[datetime] = []

    @handler("mail")
    async def fail(_: dict[str, Any]) -> None:
        tries.append(now())
        raise ConnectionRefusedError("smtp://an-giang@example.vn")

    await enqueue("mail", {})
    assert await work_until_empty() == 1
    waits = [30, 90, 270, 810, 2430, *[3600] * 48]  # seconds: two days
    for wait in waits:
        frozen_clock.advance(timedelta(seconds=wait - 1))
        assert await work_until_empty() == 0
        frozen_clock.advance(timedelta(seconds=1))
        assert await work_until_empty() == 1
    frozen_clock.advance(timedelta(days=9))
    assert await work_until_empty() == 0
    assert len(tries) == 54
    (dead,) = await dead_jobs()
    assert (dead.kind, dead.attempts, dead.dead_at) == ("mail", 54, tries[-1])
    assert dead.error
    assert dead.error.startswith("ConnectionRefusedError at backend/kit/outbox.py:")
    await revive(dead.id)
    assert await dead_jobs() == []
    assert await work_one()
    assert len(tries) == 55


async def test_only_a_job_given_up_can_be_revived(db: Engine) -> None:
    await enqueue("mail", {})
    with pytest.raises(NotFound):
        await revive((await only_job())["id"])


async def test_what_a_failing_handler_wrote_is_undone(db: Engine) -> None:
    @handler("mail")
    async def write_and_fail(_: dict[str, Any]) -> None:
        await enqueue("other", {})
        await engine().run_ddl("SELECT 1 / 0")

    await enqueue("mail", {})
    assert await work_one()
    job = await only_job()
    assert (job["kind"], job["attempts"], job["done_at"]) == ("mail", 1, None)
    assert job["error"].startswith("database_fault at backend/kit/db")


async def test_what_a_handler_wrote_is_kept_with_done(committed_db: str) -> None:
    @handler("mail")
    async def write(_: dict[str, Any]) -> None:
        await enqueue("other", {})

    await enqueue("mail", {})
    await work_one()
    rows = await OutboxJob.select(OutboxJob.kind, OutboxJob.done_at).order_by(OutboxJob.kind)
    assert [(row["kind"], row["done_at"] is None) for row in rows] == [("mail", False), ("other", True)]


async def test_job_nobody_can_do_is_tried_again_later(db: Engine) -> None:
    await enqueue("unheard-of", {})
    assert await work_one()
    job = await only_job()
    assert (job["attempts"], job["error"].split()[0]) == (1, "no_handler")


async def test_handler_that_never_ends_is_cut(db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "HANDLER_SECONDS", 0.05)

    @handler("mail")
    async def sleep(_: dict[str, Any]) -> None:
        await engine().run_ddl("SELECT pg_sleep(10)")

    await enqueue("mail", {})
    assert await work_one()
    assert (await only_job())["error"].startswith("TimeoutError")


async def test_failure_at_the_commit_counts_as_an_attempt(committed_db: str) -> None:
    await engine().run_ddl("CREATE TABLE late (id integer UNIQUE DEFERRABLE INITIALLY DEFERRED)")

    @handler("mail")
    async def write_twice(_: dict[str, Any]) -> None:
        await engine().run_ddl("INSERT INTO late VALUES (1), (1)")

    await enqueue("mail", {})
    assert await work_one()
    job = await only_job()
    assert (job["attempts"], job["done_at"], job["error"].split()[0]) == (1, None, "duplicate")


async def test_fault_before_any_job_was_taken_is_told(committed_db: str) -> None:
    await engine().run_ddl("ALTER TABLE outbox_job RENAME TO gone")
    with pytest.raises(Exception, match="outbox_job"):
        await work_one()


def test_describe_tells_where_but_not_what() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        period_start(now(), timedelta(0))
    assert describe(caught.value).startswith("ZeroDivisionError at backend/kit/outbox.py:")
    assert describe(ValueError("a secret")) == "ValueError"
    assert describe(NotFound()) == "not_found"


# --- many workers ---


async def test_workers_never_do_one_job_twice(committed_db: str) -> None:
    done: Counter[int] = Counter()

    @handler("mail")
    async def send(payload: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        done[payload["n"]] += 1

    async with transaction():
        for n in range(100):
            await enqueue("mail", {"n": n})
    tried = await asyncio.gather(*(work_until_empty() for _ in range(8)))
    assert done == dict.fromkeys(range(100), 1)
    assert sum(tried) == 100
    assert sum(share > 0 for share in tried) > 1


WORKER = """
import asyncio, os, sys, time
from pathlib import Path
from backend.kit.db import pool
from backend.kit.outbox import enqueue, handler, work_one

@handler("slow")
async def slow(payload):
    await enqueue("written", {})
    Path(sys.argv[1]).touch()
    time.sleep(60)

async def main():
    async with pool():
        await work_one()

asyncio.run(main())
"""


async def test_job_of_a_killed_worker_is_done_once_by_the_next(committed_db: str, tmp_path: Path) -> None:
    started = tmp_path / "started"
    await enqueue("slow", {})
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, str(started),
        env=os.environ | {"DATABASE_URL": committed_db}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    async with asyncio.timeout(30):
        while not started.exists():  # noqa: ASYNC110 - another process sets it
            await asyncio.sleep(0.02)
    done = 0

    @handler("slow")
    async def finish(_: dict[str, Any]) -> None:
        nonlocal done
        done += 1

    assert await work_until_empty() == 0  # in the hands of the worker
    worker.send_signal(signal.SIGKILL)
    await worker.wait()
    async with asyncio.timeout(10):
        while not await work_one():  # noqa: ASYNC110 - the server notices the end of the connection in its own time
            await asyncio.sleep(0.02)
    assert await work_until_empty() == 0
    assert done == 1
    job = await only_job()  # what the killed one wrote is gone
    assert (job["kind"], job["attempts"], job["done_at"] is not None) == ("slow", 0, True)


# --- the worker ---


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(outbox, "POLL_SECONDS", 0.01)
    return


async def test_worker_works_until_stopped_and_outlives_an_absent_database(
    committed_db: str, patient: None, caplog: pytest.LogCaptureFixture
) -> None:
    stop, done = asyncio.Event(), asyncio.Event()

    @handler("mail")
    async def send(_: dict[str, Any]) -> None:
        done.set()

    await close_pool()
    url, engine().url = engine().url, ""
    running = asyncio.get_running_loop().create_task(run_worker(stop), context=contextvars.Context())
    await asyncio.sleep(0.05)
    assert "outbox: unavailable" in caplog.text
    await open_pool(url)
    await enqueue("mail", {})
    async with asyncio.timeout(10):
        await done.wait()
    stop.set()
    await running
    assert (await only_job())["done_at"] is not None


async def test_unavailable_database_in_the_middle_of_a_job_is_told_to_the_worker(
    committed_db: str,
) -> None:
    @handler("mail")
    async def cut(_: dict[str, Any]) -> None:
        connection = await engine().get_new_connection()
        (row,) = await engine().run_ddl("SELECT pg_backend_pid() AS pid")
        await connection.execute("SELECT pg_terminate_backend($1, 5000)", row["pid"])
        await connection.close()

    await enqueue("mail", {})
    with pytest.raises(Unavailable):
        await work_one()
    assert (await only_job())["attempts"] == 0


# --- recurring jobs ---


async def test_recurring_job_is_done_once_in_each_period(db: Engine, frozen_clock: Frozen) -> None:
    seen: list[str] = []

    @handler("digest")
    async def digest(payload: dict[str, Any]) -> None:
        seen.append(payload["from"])

    every("digest", timedelta(days=1))
    for _ in range(30):  # from nine o'clock, two days and a half
        await enqueue_recurring()
        await enqueue_recurring()
        await work_until_empty()
        frozen_clock.advance(timedelta(hours=2))
    assert seen == ["2026-11-23T00:00:00+07:00", "2026-11-24T00:00:00+07:00", "2026-11-25T00:00:00+07:00"]


@pytest.mark.parametrize(
    ("period", "start"),
    [
        (timedelta(minutes=10), "2026-11-25T09:00:00+07:00"),
        (timedelta(hours=6), "2026-11-25T06:00:00+07:00"),
        (timedelta(days=1), "2026-11-25T00:00:00+07:00"),
        (timedelta(weeks=1), "2026-11-23T00:00:00+07:00"),
    ],
)
def test_periods_begin_where_people_expect_them(period: timedelta, start: str) -> None:
    assert period_start(datetime(2026, 11, 25, 2, 7, tzinfo=UTC), period).isoformat() == start


async def test_sweep_forgets_jobs_done_long_ago(db: Engine, frozen_clock: Frozen) -> None:
    @handler("mail")
    async def send(_: dict[str, Any]) -> None: ...

    await enqueue("mail", {})
    await work_until_empty()
    await enqueue("mail", {}, due=now() + timedelta(days=300))
    frozen_clock.advance(timedelta(days=90, seconds=-1))
    await outbox.sweep({})
    assert await OutboxJob.count() == 2
    frozen_clock.advance(timedelta(seconds=2))
    await outbox.sweep({})
    assert (await only_job())["done_at"] is None


async def test_worker_takes_every_second_job_from_the_end_of_the_queue(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    stop = asyncio.Event()

    async def note(payload: dict[str, Any]) -> None:
        done.append(payload["n"])
        if len(done) == 4:
            stop.set()

    monkeypatch.setitem(outbox._handlers, "noted", note)
    monkeypatch.setattr(outbox, "_recurring", {})
    start = now() - timedelta(hours=1)
    async with transaction():
        for n in range(4):
            await enqueue("noted", {"n": n}, due=start + timedelta(minutes=n))
    await asyncio.wait_for(run_worker(stop), 20)
    assert done == [3, 0, 2, 1]
