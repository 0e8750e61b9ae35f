"""The fitted index: made by a job in the worker, kept as a folder, used by every process.

One row of the database names the artefact in use, so all processes use the same one. A process that has an
older one waits a moment for the newer to load and else answers with the older: a request never fits.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

import matching
from backend.kit.outbox import enqueue, every, handler
from backend.matchmaking import engine, offer_queries, queries
from backend.matchmaking.skills import graph
from backend.settings import settings
from matching import Matcher
from matching.artefact import FORMAT, load, save
from matching.errors import BadArtefact

FIT = "matchmaking:fit"
KEPT = 3
PATIENCE = 0.5  # seconds a request waits for a newer index while it has an older one

log = logging.getLogger(__name__)


class Index(Struct, frozen=True):
    """A matcher and the name of its artefact."""

    artefact: str
    matcher: Matcher


class _Holder:
    """The index of this process, and the loading of a newer one."""

    def __init__(self) -> None:
        self.held: Index | None = None
        self.loading: tuple[str, asyncio.Task[Index | None]] | None = None

    async def get(self, artefact: str) -> Index | None:
        """The index of this name; an older one while it loads; None when there is none."""
        if self.held is None or self.held.artefact != artefact:
            task = self._load(artefact)
            await asyncio.wait({task}, timeout=PATIENCE if self.held else None)
            if task.done() and (found := task.result()) is not None:
                self.held = found
        return self.held

    def _load(self, artefact: str) -> asyncio.Task[Index | None]:
        if self.loading is None or self.loading[0] != artefact or self.loading[1].done():
            self.loading = artefact, asyncio.create_task(asyncio.to_thread(_read, artefact))
        return self.loading[1]


_holder = _Holder()


async def current() -> Index | None:
    """The index in use; None while nobody's offers were fitted."""
    artefact = await queries.index_in_use()
    found = await _holder.get(artefact) if artefact else None
    if artefact and found is None:  # lost, damaged or of another release: ask once for a new one
        await enqueue(FIT, {"unusable": artefact}, dedupe=f"{FIT}:{artefact}:{FORMAT}")
    return found


def folder_of(artefact: str) -> Path:
    """Where an artefact is kept."""
    return settings().data / "matching" / artefact


def _read(artefact: str) -> Index | None:
    try:
        matcher = load(folder_of(artefact), graph())
        # a first need: what the engine builds once is built here, not while somebody waits
        matcher.match(matching.Need(id="first", skills=(matching.SubNeed(graph().keys[0]),)), 1)
        return Index(artefact, matcher)
    except BadArtefact as error:
        log.warning("matching index %s: %s", artefact[:12], error)
        return None


async def ask_for_fitting() -> None:
    """Let the worker fit the index anew; in the transaction of the verb that changed an offer."""
    await enqueue(FIT, {})


@handler(FIT)
async def fit_index(payload: dict[str, Any]) -> None:
    """Fit the index on what may be seen now, unless the one in use is just that. One at a time."""
    artefact, fitted = await queries.take_index()
    if artefact and payload.get("unusable") == artefact:
        shutil.rmtree(folder_of(artefact), ignore_errors=True)
    stamp = engine.digest_of(FORMAT, engine.graph_digest(graph()), await offer_queries.stamp())
    if stamp == fitted and folder_of(artefact).is_dir():
        return
    offers = [engine.to_engine_offer(offer) for offer in await offer_queries.all_visible_offers()]
    artefact = engine.fingerprint(offers, graph())
    # a fit that takes longer than a job may goes on, and the next attempt waits for it
    await asyncio.shield(_making_of(artefact, offers))
    await queries.put_index(artefact, stamp, len(offers))


_making: dict[str, asyncio.Task[None]] = {}
every(FIT, timedelta(hours=1))


def _making_of(artefact: str, offers: Sequence[matching.Offer]) -> asyncio.Task[None]:
    """The fit of an artefact that runs already, or a new one."""
    for name in [name for name, task in _making.items() if task.done()]:
        del _making[name]
    if artefact not in _making:
        _making[artefact] = asyncio.create_task(asyncio.to_thread(_make, artefact, offers))
    return _making[artefact]


def _make(artefact: str, offers: Sequence[matching.Offer]) -> None:
    folder = folder_of(artefact)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not folder.is_dir():
        save(engine.fit(offers), folder)
    folder.touch()
    made = sorted(folder.parent.glob("[!.]*"), key=lambda one: -one.stat().st_mtime)
    for old in made[KEPT:]:  # a process that still maps one keeps its pages
        shutil.rmtree(old)
