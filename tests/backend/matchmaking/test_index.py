"""The index: fitted by the worker when something changed, one name for all processes, never by a request."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from backend.kit.tables import OutboxJob
from backend.matchmaking import engine, index, offers, queries
from backend.matchmaking.index import Index
from tests.backend.matchmaking.conftest import World, make_offer, offer_form

Fit = Callable[[], Awaitable[int]]


async def test_there_is_none_while_nobody_was_fitted(world: World) -> None:
    assert await index.current() is None


async def test_two_processes_answer_from_the_same_artefact(world: World, fit: Fit) -> None:
    _, offer = await make_offer("Trần Minh Khôi")
    await fit()
    first, second = index._Holder(), index._Holder()
    artefact = await queries.index_in_use()
    one, two = await first.get(artefact), await second.get(artefact)
    assert one is not None
    assert two is not None
    assert one.artefact == two.artefact == artefact
    assert one.matcher.corpus.row == two.matcher.corpus.row == {str(offer.id): 0}
    assert await first.get(artefact) is one


async def test_it_is_fitted_anew_only_when_something_changed(
    world: World, fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits: list[int] = []
    really = engine.fit
    monkeypatch.setattr(engine, "fit", lambda found: (fits.append(len(found)), really(found))[1])
    expert, _ = await make_offer("Trần Minh Khôi")
    assert await fit() > 1
    before = await queries.index_in_use()
    assert fits == [1]
    await index.ask_for_fitting()
    await fit()
    assert (fits, await queries.index_in_use()) == ([1], before)
    await offers.save_offer(expert, offer_form(about="Nay chuyên về phủ màng mỏng bằng ALD."))
    await fit()
    assert fits == [1, 1]
    assert await queries.index_in_use() != before


async def test_a_lost_artefact_is_made_again_and_until_then_there_is_none(world: World, fit: Fit) -> None:
    await make_offer("Trần Minh Khôi")
    await fit()
    artefact = await queries.index_in_use()
    shutil.rmtree(index.folder_of(artefact))
    assert await index.current() is None
    await index.fit_index({})
    found = await index.current()
    assert found is not None
    assert found.artefact == artefact


async def test_nobody_visible_is_an_index_of_nobody(world: World, fit: Fit) -> None:
    expert, _ = await make_offer("Trần Minh Khôi")
    await offers.set_visible(expert, False)
    await fit()
    found = await index.current()
    assert found is not None
    assert found.matcher.corpus.offers == []


async def test_old_artefacts_are_swept(world: World, fit: Fit) -> None:
    expert, _ = await make_offer("Trần Minh Khôi")
    for number in range(5):
        await offers.save_offer(expert, offer_form(headline=f"Ăn mòn plasma số {number}"))
        await fit()
    folder = index.folder_of(await queries.index_in_use())
    kept = list(folder.parent.iterdir())
    assert len(kept) == index.KEPT
    assert folder in kept


async def test_a_request_uses_the_older_one_while_the_newer_loads(
    world: World, fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_offer("Trần Minh Khôi")
    await fit()
    older = await index.current()
    assert older is not None
    may_load = asyncio.Event()
    newer = Index("newer", older.matcher)

    async def slowly(*_: object) -> Index:
        await may_load.wait()
        return newer

    monkeypatch.setattr(asyncio, "to_thread", slowly)
    monkeypatch.setattr(index, "PATIENCE", 0.01)
    assert await index._holder.get("newer") is older
    assert await index._holder.get("newer") is older
    may_load.set()
    assert await index._holder.get("newer") is newer


async def test_who_cannot_load_the_artefact_asks_once_for_a_new_one(world: World, fit: Fit) -> None:
    await make_offer("Trần Minh Khôi")
    await fit()
    folder = index.folder_of(await queries.index_in_use())
    (folder / "manifest.json").write_text("{}")
    assert (await index.current(), await index.current()) == (None, None)
    jobs = OutboxJob.kind == index.FIT
    assert await OutboxJob.count().where(jobs & OutboxJob.done_at.is_null()) == 1
    assert await fit() == 1
    assert await index.current() is not None


async def test_a_fit_that_takes_longer_than_a_job_is_waited_for_and_not_begun_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_offer("Trần Minh Khôi")
    begun: list[str] = []

    def slow(artefact: str, _offers: Any) -> None:
        begun.append(artefact)
        time.sleep(0.4)

    monkeypatch.setattr(index, "_make", slow)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(index.fit_index({}), 0.1)
    assert await queries.index_in_use() == ""
    await index.fit_index({})
    assert begun == [await queries.index_in_use()]
