"""Limits that hold for all processes together."""

import asyncio
from datetime import timedelta

import pytest

from backend.kit import outbox
from backend.kit.clock import Frozen
from backend.kit.db import Engine, transaction
from backend.kit.errors import TooMany
from backend.kit.rate_limit import hit, sweep
from backend.kit.tables import RateLimit


async def test_hit_refuses_what_is_beyond_the_limit(db: Engine, frozen_clock: Frozen) -> None:
    for _ in range(3):
        await hit("sign-in:192.0.2.1", 3, 60)
    frozen_clock.advance(timedelta(seconds=20))
    with pytest.raises(TooMany) as caught:
        await hit("sign-in:192.0.2.1", 3, 60)
    assert caught.value.retry_after == 40
    await hit("sign-in:192.0.2.2", 3, 60)


async def test_hit_opens_a_new_window_when_one_has_ended(db: Engine, frozen_clock: Frozen) -> None:
    await hit("a", 1, 60)
    frozen_clock.advance(timedelta(seconds=59.9))
    with pytest.raises(TooMany) as caught:
        await hit("a", 1, 60)
    assert caught.value.retry_after == 1
    frozen_clock.advance(timedelta(seconds=0.1))
    await hit("a", 1, 60)
    with pytest.raises(TooMany):
        await hit("a", 1, 60)


async def test_hit_counts_exactly_under_concurrency(committed_db: str) -> None:
    answers = await asyncio.gather(*(hit("a", 30, 60) for _ in range(100)), return_exceptions=True)
    assert sum(answer is None for answer in answers) == 30
    assert sum(isinstance(answer, TooMany) for answer in answers) == 70


async def test_hit_is_refused_inside_a_verb(db: Engine) -> None:
    async with transaction():
        with pytest.raises(RuntimeError, match="before the verb"):
            await hit("a", 1, 60)


async def test_table_tells_nobody_the_key(db: Engine) -> None:
    await hit("192.0.2.1", 1, 60)
    rows = await RateLimit.select()
    assert [len(row["key"]) for row in rows] == [64]
    assert "192.0.2.1" not in str(rows)


async def test_sweep_forgets_windows_that_have_ended(db: Engine, frozen_clock: Frozen) -> None:
    await hit("short", 5, 10)
    await hit("long", 5, 100)
    frozen_clock.advance(timedelta(seconds=10))
    await sweep({})
    assert await RateLimit.count() == 1


async def test_sweep_is_done_by_the_outbox_each_hour(db: Engine, frozen_clock: Frozen) -> None:
    await outbox.enqueue_recurring()
    await hit("short", 5, 10)
    frozen_clock.advance(timedelta(seconds=10))
    await outbox.work_until_empty()
    assert await RateLimit.count() == 0
