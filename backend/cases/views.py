"""Views of the queue with a name, kept by an officer and shared if wished; and who has a case open."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.applications.schemas import ClockFilter, QueueFilters
from backend.cases import desk_queries
from backend.cases.desk_schemas import Presence, SavedView
from backend.kit.clock import now
from backend.kit.db import transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.outbox import every, handler
from backend.kit.text import Text, nfc

CLOCKS: tuple[ClockFilter, ...] = ("late", "soon", "stopped")
MAX_NAME, MAX_QUERY = 80, 500
PRESENT = timedelta(minutes=15)
"""So long somebody who opened a case is said to be there. It never keeps anybody out."""


def read_filters(q: str, states: Collection[str], handler: str, programme: str, clock: str) -> QueueFilters:
    """The filters an address names; what is not known is left out."""
    return QueueFilters(
        q=q.strip(),
        states=frozenset(one for one in states if one),
        handler=applications.read_handler(handler),
        programme=programme,
        clock=next((one for one in CLOCKS if one == clock), ""),
    )


def query_of(filters: QueueFilters, start: str = "") -> str:
    """The address of a view behind the question mark, from its first line or from a place."""
    pairs = [("handler", str(filters.handler)), *(("state", one) for one in sorted(filters.states))]
    more = (("programme", filters.programme), ("clock", filters.clock), ("q", filters.q), ("from", start))
    return urlencode([*pairs, *((name, value) for name, value in more if value)])


async def list_views(actor: Actor) -> list[SavedView]:
    """The actor's views and those others share, by name."""
    return await desk_queries.list_views(actor.id)


async def save_view(actor: Actor, name: str, query: str, is_shared: bool) -> list[SavedView]:
    """Keep what an address names under a name; the same name again replaces it. Raises Invalid."""
    said = nfc(name).strip()
    if not said or len(said) > MAX_NAME:
        raise Invalid(fields={"name": _NAME})
    sent = parse_qs(query.removeprefix("/queue?"))
    first = {key: values[0] for key, values in sent.items()}
    filters = read_filters(
        nfc(first.get("q", "")),
        sent.get("state", []),
        first.get("handler", "any"),
        first.get("programme", ""),
        first.get("clock", ""),
    )
    kept = query_of(filters)
    if len(kept) > MAX_QUERY:
        raise Invalid(fields={"address": _TOO_LONG})
    async with transaction():
        await desk_queries.put_view(actor.id, said, kept, is_shared)
        return await list_views(actor)


async def forget_view(actor: Actor, view_id: UUID) -> None:
    """Drop a view of the actor's own. Raises NotFound, also for somebody else's."""
    async with transaction():
        if await desk_queries.delete_view(actor.id, view_id):
            return
    raise NotFound


async def note_opening(actor: Actor, application_id: UUID) -> list[Presence]:
    """Note that somebody of the agency opens a case; return who else did within a quarter of an hour."""
    return await desk_queries.note_opening(application_id, actor.id, _since())


async def openings_of(actor: Actor, applications: Collection[UUID]) -> dict[UUID, Presence]:
    """Who else opened each of these cases within a quarter of an hour, the latest of them: one query."""
    return await desk_queries.openings_of(applications, actor.id, _since())


def _since() -> datetime:
    return now() - PRESENT


@handler("cases:forget_openings")
async def forget_openings(_payload: dict[str, Any]) -> None:
    """Nobody keeps who read what when: the audit chain tells who did something, this only who is there."""
    await desk_queries.forget_openings(_since())


every("cases:forget_openings", timedelta(hours=1))

_NAME = Text(
    f"Đặt tên cho chế độ xem, tối đa {MAX_NAME} ký tự.", f"Name the view in {MAX_NAME} characters or fewer."
)
_TOO_LONG = Text("Bớt điều kiện lọc rồi lưu lại.", "Use fewer filters, then save again.")
