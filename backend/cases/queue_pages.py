"""`/queue`: filters are addresses, so that a view can be kept and sent."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Response
from msgspec import structs

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.schemas import Handler, Place, QueueFilters
from backend.cases import queue
from backend.kit.pages import page, see_other

HANDLERS: tuple[Handler, ...] = ("any", "mine", "nobody")
CLOCKS = ("late", "soon", "stopped")


class QueuePages(Controller):
    """`/queue`"""

    guards = (requires(*queue.READERS, Role.APPRAISER, Role.SUPERVISOR),)

    @get("/queue")
    async def show_queue(
        self,
        actor: NamedDependency[Actor],
        q: Annotated[str, QueryParameter(max_length=200)] = "",
        states: Annotated[list[str] | None, QueryParameter(name="state")] = None,
        handler: FromQuery[str] = "any",
        programme: Annotated[str, QueryParameter(max_length=40)] = "",
        clock: FromQuery[str] = "",
        start: Annotated[str, QueryParameter(name="from", max_length=80)] = "",
    ) -> Response[Any]:
        """The cases by statutory date; an appraiser's own tasks; a supervisor goes to the trials."""
        if not actor.has(*queue.READERS, Role.APPRAISER):
            return see_other("/trials")
        filters = read_filters(q, states or [], handler, programme, clock)
        desk = await queue.open_desk(actor, filters, applications.read_place(start))
        return page(
            "cases/queue.html",
            desk=desk,
            filters=filters,
            addresses={one: address_of(structs.replace(filters, handler=one)) for one in HANDLERS},
            onward=_onward(filters, desk),
            here=address_of(filters, start),
            states=queue.state_choices(),
            programmes=queue.programme_choices(),
            has_own=actor.has(Role.OFFICER),
        )


def read_filters(q: str, states: list[str], handler: str, programme: str, clock: str) -> QueueFilters:
    """The filters an address names; what is not known is left out."""
    return QueueFilters(
        q=q.strip(),
        states=frozenset(one for one in states if one),
        handler=applications.read_handler(handler),
        programme=programme,
        clock=clock if clock in CLOCKS else "",  # type: ignore[arg-type]
    )


def address_of(filters: QueueFilters, start: str = "") -> str:
    """The address of a view, from its first line or from a place."""
    pairs = [("handler", str(filters.handler)), *(("state", one) for one in sorted(filters.states))]
    more = (("programme", filters.programme), ("clock", filters.clock), ("q", filters.q), ("from", start))
    return "/queue?" + urlencode([*pairs, *((name, value) for name, value in more if value)])


def _onward(filters: QueueFilters, desk: queue.Desk) -> dict[str, str | None]:
    stretch = desk.queue.stretch if desk.queue else None
    return {
        "previous": _address(filters, stretch.previous if stretch else None),
        "next": _address(filters, stretch.next if stretch else None),
    }


def _address(filters: QueueFilters, place: Place | None) -> str | None:
    return address_of(filters, applications.written_place(place)) if place else None
