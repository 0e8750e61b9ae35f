"""Transactions that end well, whatever ends them, and a pool that survives its server."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import asyncpg
import pytest
from piccolo.engine.postgres import PostgresTransaction

from backend.kit import db as kit_db
from backend.kit.clock import now
from backend.kit.db import (
    Duplicate,
    Engine,
    Raced,
    SharedTransaction,
    close_pool,
    engine,
    in_verb,
    is_ready,
    open_pool,
    pool,
    retrying,
    savepoint,
    transaction,
)
from backend.kit.errors import Unavailable
from backend.kit.tables import OutboxJob
from tests.conftest import Cluster

LATE_CHECK = "ALTER TABLE outbox_job ADD CONSTRAINT late UNIQUE (kind) DEFERRABLE INITIALLY DEFERRED"


async def add_job(kind: str = "a") -> UUID:
    row = OutboxJob(id=uuid4(), kind=kind, payload={}, asked_at=now(), due_at=now())
    await OutboxJob.insert(row)
    return row.id


async def kinds() -> list[str]:
    rows = await OutboxJob.select(OutboxJob.kind).order_by(OutboxJob.kind)
    return [row["kind"] for row in rows]


async def own_backend() -> int:
    (row,) = await engine().run_ddl("SELECT pg_backend_pid() AS pid")
    return int(row["pid"])


async def kill(pid: int) -> None:
    """End a connection of the server from a second one."""
    connection = await engine().get_new_connection()
    try:
        await connection.execute("SELECT pg_terminate_backend($1, 5000)", pid)
    finally:
        await connection.close()


# --- a verb in a transaction ---


async def test_transaction_keeps_all_or_nothing(committed_db: str) -> None:
    async with transaction():
        await add_job("kept")
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await add_job("dropped")
            raise ZeroDivisionError
    assert await kinds() == ["kept"]


async def test_inner_transaction_joins_the_outer_one(committed_db: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            async with transaction():
                await add_job()
            raise ZeroDivisionError
    assert await kinds() == []


async def test_inner_transaction_that_fails_undoes_its_own_part_only(db: Engine) -> None:
    async with transaction():
        await add_job("outer")
        with pytest.raises(ZeroDivisionError):
            async with transaction():
                await add_job("inner")
                raise ZeroDivisionError
        await add_job("then")
    assert await kinds() == ["outer", "then"]


async def test_transaction_goes_on_after_a_refused_statement_in_an_inner_one(db: Engine) -> None:
    job = await add_job()
    with pytest.raises(Duplicate) as caught:
        async with transaction():
            await OutboxJob.insert(OutboxJob(id=job, kind="b", payload={}, asked_at=now(), due_at=now()))
    assert caught.value.constraint == "outbox_job_pkey"
    assert await kinds() == ["a"]


async def test_savepoint_undoes_what_failed_inside(db: Engine) -> None:
    async with transaction():
        await add_job("before")
        with pytest.raises(ZeroDivisionError):
            async with savepoint():
                await add_job("inside")
                raise ZeroDivisionError
        async with savepoint():
            await add_job("second")
    assert await kinds() == ["before", "second"]


async def test_savepoint_needs_a_transaction(committed_db: str) -> None:
    with pytest.raises(RuntimeError, match="open transaction"):
        async with savepoint():
            pytest.fail("must not get here")


async def test_transaction_rolled_back_by_hand_ends_in_peace(committed_db: str) -> None:
    async with engine().transaction() as current:
        await add_job()
        await current.rollback()
    with pytest.raises(ZeroDivisionError):
        async with engine().transaction() as current:
            await add_job()
            async with engine().transaction():
                await current.rollback()
                raise ZeroDivisionError
    assert await kinds() == []


async def test_transaction_committed_by_hand_ends_in_peace(committed_db: str) -> None:
    async with engine().transaction() as current:
        await add_job()
        await current.commit()
    assert await kinds() == ["a"]


async def test_in_verb_is_true_within_a_verb_only(db: Engine) -> None:
    assert not in_verb()
    async with transaction():
        assert in_verb()
    assert not in_verb()


@pytest.mark.parametrize("isolation", ["read_committed", "repeatable_read", "serializable"])
async def test_transaction_has_the_isolation_asked_for(
    committed_db: str, isolation: kit_db.Isolation
) -> None:
    async with transaction(isolation):
        (row,) = await engine().run_ddl("SHOW transaction_isolation")
    assert row["transaction_isolation"] == isolation.replace("_", " ")


async def test_transaction_never_joins_a_weaker_one(committed_db: str) -> None:
    async with transaction("repeatable_read"):
        async with transaction("read_committed"):
            pass
        with pytest.raises(RuntimeError, match="cannot join"):
            async with transaction("serializable"):
                pytest.fail("must not get here")


# --- one transaction, one course of action ---


async def test_gather_inside_a_transaction_is_refused_and_nothing_kept(committed_db: str) -> None:
    with pytest.raises(SharedTransaction, match="one after the other"):
        async with transaction():
            await asyncio.gather(add_job("x"), add_job("y"))
    assert await kinds() == []


async def test_transaction_does_not_end_while_a_task_uses_it(committed_db: str) -> None:
    with pytest.raises(SharedTransaction, match="still uses"):
        async with transaction():
            await add_job()
            stray = asyncio.create_task(engine().run_ddl("SELECT pg_sleep(5)"))
            await asyncio.sleep(0.01)
    with pytest.raises(Unavailable):
        await stray
    assert await kinds() == []


async def test_task_that_outlives_its_transaction_writes_nothing(committed_db: str) -> None:
    ended = asyncio.Event()

    async def linger() -> None:
        await ended.wait()
        await add_job()

    async with transaction():
        task = asyncio.create_task(linger())
    ended.set()
    with pytest.raises(SharedTransaction, match="outlived"):
        await task
    assert await kinds() == []


# --- ends that go wrong ---


async def refused_commit() -> None:
    async with transaction():
        await add_job("twice")
        await add_job("twice")


async def lost_commit() -> None:
    async with transaction():
        await add_job("lost")
        await kill(await own_backend())


async def lost_rollback() -> None:
    async with transaction():
        await kill(await own_backend())
        raise ZeroDivisionError


async def lost_savepoint() -> None:
    async with transaction(), savepoint():
        await kill(await own_backend())
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("verb", "error"),
    [
        (refused_commit, Duplicate),
        (lost_commit, Unavailable),
        (lost_rollback, ZeroDivisionError),
        (lost_savepoint, ZeroDivisionError),
    ],
)
async def test_end_that_fails_leaves_no_transaction_and_no_connection_behind(
    committed_db: str, verb: Callable[[], Awaitable[None]], error: type[Exception]
) -> None:
    await engine().run_ddl(LATE_CHECK)
    with pytest.raises(error):
        await verb()
    assert not engine().transaction_exists()
    assert engine().pool.get_size() == engine().pool.get_idle_size()
    assert await kinds() == []
    await add_job("next")
    assert await kinds() == ["next"]


async def test_the_transaction_of_the_library_needs_the_mend(committed_db: str) -> None:
    """Piccolo's own transaction still leaks when COMMIT fails: once this fails, ours may become smaller."""
    await engine().run_ddl(LATE_CHECK)
    stock = PostgresTransaction(engine())
    await stock.__aenter__()
    for _ in range(2):
        await stock.connection.execute(
            "INSERT INTO outbox_job (id, kind, payload, asked_at, due_at)"
            " VALUES (gen_random_uuid(), 'a', '{}', now(), now())"
        )
    with pytest.raises(Exception, match="late"):
        await stock.__aexit__(None, None, None)
    assert engine().transaction_exists()
    engine().current_transaction.reset(stock.context)
    await engine().pool.release(stock.connection)


class NoBegin:
    """A transaction of the driver whose connection is gone."""

    async def start(self) -> None:
        raise ConnectionResetError


async def test_transaction_that_cannot_begin_gives_its_connection_back(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncpg.Connection, "transaction", lambda *_, **__: NoBegin())
    with pytest.raises(Unavailable):
        async with transaction():
            pytest.fail("must not get here")
    assert not engine().transaction_exists()
    assert engine().pool.get_size() == engine().pool.get_idle_size() == 1


async def test_a_connection_that_died_when_all_was_done_is_no_news_for_anybody(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def reset(*_: object, **__: object) -> None:
        raise asyncpg.InternalClientError('cannot switch to state 11; protocol is in the "failed" state')

    monkeypatch.setattr(asyncpg.Connection, "reset", reset)
    async with transaction():
        await add_job()
    monkeypatch.undo()
    assert await OutboxJob.count() == 1
    assert engine().pool.get_size() == engine().pool.get_idle_size() == 1


# --- doing it again ---


class Flaky:
    """A verb that gives in as often as it is told."""

    def __init__(self, failures: int) -> None:
        self.failures, self.calls = failures, 0

    async def __call__(self, answer: str) -> str:
        async with transaction():
            await add_job("try")
            self.calls += 1
            if self.calls <= self.failures:
                await engine().run_ddl(
                    "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'serialization_failure'; END $$"
                )
            return answer


async def test_retrying_does_a_verb_again_that_gave_in(committed_db: str) -> None:
    verb = Flaky(3)
    assert await retrying(verb.__call__)("done") == "done"
    assert verb.calls == 4
    assert await kinds() == ["try"]


async def test_retrying_gives_up_after_three_more_tries(committed_db: str) -> None:
    verb = Flaky(9)
    with pytest.raises(Raced):
        await retrying(verb.__call__)("never")
    assert verb.calls == 4


async def test_retrying_leaves_it_to_the_outermost_transaction(db: Engine) -> None:
    verb = Flaky(1)
    with pytest.raises(Raced):
        await retrying(verb.__call__)("never")
    assert verb.calls == 1


async def test_retrying_solves_a_real_deadlock(committed_db: str) -> None:
    first, second = await add_job("a"), await add_job("b")
    meet = asyncio.Barrier(2)
    calls = 0

    @retrying
    async def touch_both(one: UUID, other: UUID) -> None:
        nonlocal calls
        calls += 1
        async with transaction():
            await OutboxJob.update({OutboxJob.kind: "c"}).where(OutboxJob.id == one)
            if calls <= 2:
                await meet.wait()
            await OutboxJob.update({OutboxJob.kind: "c"}).where(OutboxJob.id == other)

    await asyncio.gather(touch_both(first, second), touch_both(second, first))
    assert calls == 3
    assert await kinds() == ["c", "c"]


async def test_retrying_solves_a_real_serialization_failure(committed_db: str) -> None:
    job = await add_job()
    meet = asyncio.Barrier(2)
    calls = 0

    @retrying
    async def count_up() -> None:
        nonlocal calls
        calls += 1
        async with transaction("serializable"):
            row = await OutboxJob.select(OutboxJob.attempts).where(OutboxJob.id == job).first()
            assert row
            if calls <= 2:
                await meet.wait()
            await OutboxJob.update({OutboxJob.attempts: row["attempts"] + 1}).where(OutboxJob.id == job)

    await asyncio.gather(count_up(), count_up())
    assert calls == 3
    assert await OutboxJob.exists().where(OutboxJob.attempts == 2)


# --- the pool ---


async def test_engine_without_an_address_says_it_is_unavailable() -> None:
    idle = Engine("")
    assert idle.url == ""
    with pytest.raises(Unavailable):
        await idle.run_ddl("SELECT 1")


async def test_opening_a_pool_without_an_address_is_refused(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await close_pool()
    monkeypatch.setattr(engine(), "config", {})
    with pytest.raises(Unavailable):
        await open_pool()


async def test_queries_work_without_a_pool(committed_db: str) -> None:
    await close_pool()
    await close_pool()  # closing twice harms nobody
    async with transaction():
        await add_job()
    assert await kinds() == ["a"]
    await engine().run_querystring(OutboxJob.select().querystrings[0], in_pool=False)


async def test_pool_already_open_is_used_and_left_open(committed_db: str) -> None:
    before = engine().pool
    async with pool():
        assert engine().pool is before
    assert engine().pool is before
    await close_pool()
    async with pool():
        assert await is_ready()
    assert engine().pool is None


async def test_a_connection_is_given_back_without_another_question(committed_db: str) -> None:
    backend = await own_backend()
    other = await asyncpg.connect(committed_db)
    said = await other.fetchval("SELECT query FROM pg_stat_activity WHERE pid = $1", backend)
    await other.close()
    assert said == "SELECT pg_backend_pid() AS pid"


async def test_closing_the_pool_cuts_connections_in_use(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit_db, "SECONDS_FOR_A_CONNECTION", 0.1)
    with pytest.raises(Unavailable):
        async with transaction():
            await close_pool()
            await add_job()


async def test_waiting_for_a_connection_ends(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit_db, "SECONDS_FOR_A_CONNECTION", 0.1)
    await close_pool()
    await open_pool(size=1)
    held = await engine().pool.acquire()
    with pytest.raises(Unavailable) as caught:
        await kinds()
    assert caught.value.retry_after == 5
    with pytest.raises(Unavailable):
        async with transaction():
            pytest.fail("must not get here")
    await engine().pool.release(held)
    assert await kinds() == []


async def test_pool_recovers_by_itself_when_the_server_was_away(committed_db: str, cluster: Cluster) -> None:
    own = Cluster(cluster.kind, "away")  # the other workers go on with theirs
    own.start()
    await close_pool()
    await open_pool(own.url("postgres"))
    try:
        assert await is_ready()
        own.stop()
        for _ in range(3):
            assert not await is_ready()
            with pytest.raises(Unavailable):
                await kinds()
            with pytest.raises(Unavailable):
                async with transaction():
                    pytest.fail("must not get here")
        own.start()
        assert await is_ready()
    finally:
        own.stop()
