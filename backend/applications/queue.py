"""The officer's queue: submitted applications in the order in which the law is waiting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from contextlib import nullcontext
from datetime import date
from uuid import UUID

from msgspec import structs

from backend.accounts.schemas import Actor
from backend.applications.dossier import MACHINE
from backend.applications.gate import STAFF_ROLES
from backend.applications.queue_queries import (
    Reader,
    count_rows,
    planned_for_values,
    queue_rows,
    received_between,
    rows_by_id,
)
from backend.applications.schemas import Handler, Place, QueueFilters, QueueRow, Stretch
from backend.kit.errors import NotFound
from backend.kit.pages import PAGE_SIZE
from backend.kit.text import nfc
from backend.kit.together import together
from backend.programmes import domain as programmes

BarredFrom = Callable[[Actor], Awaitable[Collection[UUID]]]
_barred_from: list[BarredFrom] = []
BEFORE, PARTS = "-", "~"


def barred_from(cases_of: BarredFrom) -> BarredFrom:
    """Register what names the cases that are closed to an actor: the queue leaves them out."""
    _barred_from.append(cases_of)
    return cases_of


async def list_queue(actor: Actor, filters: QueueFilters, place: Place | None = None) -> Stretch:
    """A page of the cases, running clocks by due date first, then stopped ones, then those without a clock.

    Without a filter of states closed cases are left out; cases of the actor's own organisations and those
    the actor is barred from always are. Two queries however long the queue is; `standing_of` a row tells
    the days left as of today. Raises NotFound for those who are not staff.
    """
    if not actor.has(*STAFF_ROLES):
        raise NotFound
    narrowed = filters if filters.states else structs.replace(filters, states=open_states())
    reader = await _reader(actor)
    async with planned_for_values() if filters.q else nullcontext(), together() as reads:
        lines = reads.ask(queue_rows(narrowed, reader, place, PAGE_SIZE + 1))
        count = reads.ask(count_rows(narrowed, reader))
    rows, (total, is_more) = lines.result(), count.result()
    back, is_longer = place is not None and place.is_before, len(rows) > PAGE_SIZE
    items = (rows[-PAGE_SIZE:] if back else rows[:PAGE_SIZE]) if is_longer else rows
    return Stretch(
        items=items,
        total=total,
        is_more=is_more,
        previous=_place_of(items[0], is_before=True) if items and (is_longer if back else place) else None,
        next=_place_of(items[-1]) if items and (back or is_longer) else None,
    )


async def list_cases(actor: Actor, ids: Collection[UUID]) -> list[QueueRow]:
    """Those of these cases that could stand in the actor's queue, in their order: two queries."""
    if not actor.has(*STAFF_ROLES):
        raise NotFound
    return await rows_by_id(ids, await _reader(actor)) if ids else []


async def list_received(actor: Actor, first: date, last: date, size: int) -> list[QueueRow]:
    """The first `size` cases received in a period that could stand in the actor's queue: two queries."""
    if not actor.has(*STAFF_ROLES):
        raise NotFound
    return await received_between(first, last, await _reader(actor), size)


async def list_barred(actor: Actor) -> set[UUID]:
    """The cases that are closed to an actor whatever their roles."""
    return {one for cases_of in _barred_from for one in await cases_of(actor)}


async def _reader(actor: Actor) -> Reader:
    return Reader(id=actor.id, own=actor.belongs_to, barred=await list_barred(actor))


def open_states() -> frozenset[str]:
    """The keys of all states in which a case is not closed, over the programmes in force."""
    return frozenset(
        state.key
        for programme in programmes.rules().all()
        if MACHINE in programme.machines
        for state in programme.machines[MACHINE].states.values()
        if not state.closed
    )


def read_handler(written: str) -> Handler:
    """Whose cases an address names; `any` for what is neither a word of the queue nor an account."""
    words: dict[str, Handler] = {"mine": "mine", "nobody": "nobody"}
    if written in words:
        return words[written]
    try:
        return UUID(written)
    except ValueError:
        return "any"


def written_place(place: Place) -> str:
    """A place as part of an address."""
    day = place.due_on.isoformat() if place.due_on else ""
    return BEFORE * place.is_before + PARTS.join([str(place.rank), day, place.number])


def read_place(written: str) -> Place | None:
    """The place an address names; None, the beginning, for anything else."""
    try:
        rank, day, number = written.removeprefix(BEFORE).split(PARTS)
        return Place(
            rank=min(int(rank), 9),
            due_on=date.fromisoformat(day) if day else None,
            number=nfc(number)[:30],
            is_before=written.startswith(BEFORE),
        )
    except ValueError:
        return None


def _place_of(row: QueueRow, *, is_before: bool = False) -> Place:
    rank = {"running": 0, "stopped": 1}.get(row.clock_state or "", 2)
    return Place(rank=rank, due_on=row.due_on, number=row.number, is_before=is_before)
