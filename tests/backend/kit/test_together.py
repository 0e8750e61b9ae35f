"""Reads that go together: one statement for what they ask, and each gets what it would have got alone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from backend.kit import together as kit_together
from backend.kit.db import Engine, close_pool, engine, transaction
from backend.kit.errors import BenThuError
from backend.kit.tables import OutboxJob
from backend.kit.together import together

NIL = UUID(int=0)
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reaches the server."""
    send, seen = Engine.send, []

    async def watched(self: Engine, query: str, *more: Any) -> Any:
        seen.append(query)
        return await send(self, query, *more)

    monkeypatch.setattr(Engine, "send", watched)
    return seen


async def ask(query: str, *values: Any) -> list[dict[str, Any]]:
    """The rows of a read."""
    return [dict(row) for row in await OutboxJob.raw(query, *values)]


async def ask_twice(query: str, *values: Any) -> list[dict[str, Any]]:
    return await ask(query, *values) + await ask(query, *values)


async def test_reads_share_one_statement_and_get_names_types_and_order(
    committed_db: str, sent: list[str]
) -> None:
    async with together() as reads:
        one = reads.ask(ask("select {}::uuid as id, {}::timestamptz as at, null::int as none", NIL, AT))
        none = reads.ask(ask("select 1 as one where {}", False))
        many = reads.ask(ask("select n from generate_series(1, {}::int) n order by n desc", 3))
        rows = reads.ask(ask("select * from outbox_job"))
    assert one.result() == [{"id": NIL, "at": AT, "none": None}]
    assert (none.result(), rows.result()) == ([], [])
    assert many.result() == [{"n": 3}, {"n": 2}, {"n": 1}]
    assert len(sent) == 1


async def test_a_read_that_asks_more_is_waited_for(db: Engine, sent: list[str]) -> None:
    async with together() as reads:
        short = reads.ask(ask("select 1 as one"))
        long = reads.ask(ask_twice("select 2 as two"))
    assert (short.result(), long.result()) == ([{"one": 1}], [{"two": 2}, {"two": 2}])
    assert len(sent) == 2


async def test_arrays_and_writes_go_alone(db: Engine, sent: list[str]) -> None:
    async with together() as reads:
        array = reads.ask(ask("select array[1, 2] as both"))
        plain = reads.ask(ask("select 1 as one"))
        other = reads.ask(ask("select 2 as two"))
        write = reads.ask(ask("with gone as (delete from outbox_job) select 3 as three"))
    assert (array.result(), plain.result()) == ([{"both": [1, 2]}], [{"one": 1}])
    assert (other.result(), write.result()) == ([{"two": 2}], [{"three": 3}])
    assert len(sent) == 3


async def test_reads_go_together_without_a_pool_as_well(committed_db: str) -> None:
    await close_pool()
    async with together() as reads:
        found = [reads.ask(ask("select {}::int as n", n)) for n in range(3)]
    assert [one.result() for one in found] == [[{"n": 0}], [{"n": 1}], [{"n": 2}]]


async def test_a_block_without_reads_asks_nothing(db: Engine, sent: list[str]) -> None:
    async with together():
        pass
    assert sent == []


async def test_a_transaction_of_a_read_is_its_own(committed_db: str) -> None:
    async def in_transaction() -> int:
        async with transaction():
            (row,) = await ask("select txid_current() = txid_current() as same, pg_backend_pid() as pid")
            return int(row["pid"]) if engine().transaction_exists() and row["same"] else 0

    async with together() as reads:
        alone = reads.ask(in_transaction())
        plain = reads.ask(ask("select 1 as one"))
    assert alone.result() > 0
    assert plain.result() == [{"one": 1}]


async def test_what_a_read_raises_comes_out_when_all_have_ended(db: Engine) -> None:
    async def refuse() -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        async with together() as reads:
            good = reads.ask(ask("select 1 as one"))
            reads.ask(refuse())
    assert good.result() == [{"one": 1}]


async def test_what_the_database_refuses_comes_out(committed_db: str) -> None:
    with pytest.raises(BenThuError):
        async with together() as reads:
            reads.ask(ask("select 1 / {}::int as never", 0))
            reads.ask(ask("select 1 as one"))
    with pytest.raises(BenThuError):
        async with together() as reads:
            reads.ask(ask("select nothing from nowhere"))
            reads.ask(ask("select 1 as one"))


async def test_a_block_that_fails_ends_its_reads(db: Engine, sent: list[str]) -> None:
    with pytest.raises(KeyError):
        async with together() as reads:
            begun = reads.ask(ask("select 1 as one"))
            await asyncio.sleep(0)
            raise KeyError
    assert begun.cancelled()
    assert sent == []


async def test_the_known_columns_are_bounded(db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit_together, "KNOWN", 2)
    monkeypatch.setattr(kit_together, "_columns", {})
    for number in range(3):
        async with together() as reads:
            found = reads.ask(ask(f"select 1 as n{number}"))
            reads.ask(ask(f"select 2 as n{number}"))
        assert found.result() == [{f"n{number}": 1}]
    assert len(kit_together._columns) == 2
