"""`/queue`: filters are addresses, so that a view can be kept and sent."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Response

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.applications.schemas import QueueFilters
from backend.cases import queue
from backend.kit.pages import page, see_other

HANDLERS = ("any", "mine", "nobody")


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
        number: Annotated[int, QueryParameter(name="page", ge=1, le=100_000)] = 1,
    ) -> Response[Any]:
        """The cases by statutory date; an appraiser's own tasks; a supervisor goes to the trials."""
        if not actor.has(*queue.READERS, Role.APPRAISER):
            return see_other("/trials")
        filters = QueueFilters(
            q=q.strip(),
            states=frozenset(one for one in states or () if one),
            handler=handler if handler in HANDLERS else "any",  # type: ignore[arg-type]
        )
        desk = await queue.open_desk(actor, filters, number)
        return page(
            "cases/queue.html",
            desk=desk,
            filters=filters,
            addresses={one: _address(filters, one) for one in HANDLERS},
            pages=_address(filters, filters.handler) + "&page=",
            here=f"{_address(filters, filters.handler)}&page={number}",
            states=queue.state_choices(),
            has_own=actor.has(Role.OFFICER),
        )


def _address(filters: QueueFilters, handler: str) -> str:
    """The address of this view with another handler, from its first page."""
    pairs = [("handler", handler), *(("state", one) for one in sorted(filters.states))]
    return "/queue?" + urlencode([*pairs, ("q", filters.q)] if filters.q else pairs)
