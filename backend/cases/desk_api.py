"""The JSON interface of what officers arrange: hand-overs, saved views, actions on many cases."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.cases import bulk, handover, log_book, queue, views
from backend.cases.desk_schemas import (
    BulkOrder,
    BulkRun,
    Handover,
    NewHandover,
    NewView,
    Order,
    Preview,
    SavedView,
)
from backend.cases.log_book import Book, Period
from backend.cases.schemas import DocumentView


class HandoverApi(Controller):
    """`/api/v1/cases/{id}/handovers`"""

    path = "/api/v1/cases/{application_id:uuid}/handovers"
    tags = ("Cases",)
    guards = (requires(*handover.GIVERS),)

    @post()
    async def hand_over(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[NewHandover]
    ) -> list[Handover]:
        """Give the case to an officer; a reason is needed once somebody has it."""
        await handover.hand_over(actor, application_id, data.to, data.reason)
        return await handover.handovers_of(application_id)


class DeskApi(Controller):
    """`/api/v1/queue/bulk`, `/api/v1/queue/views`"""

    path = "/api/v1/queue"
    tags = ("Cases",)
    guards = (requires(*queue.READERS),)

    @post("/bulk/preview", status_code=200)
    async def preview_bulk(self, actor: NamedDependency[Actor], data: JSONBody[Order]) -> Preview:
        """What an action would do with each case; nothing is done."""
        return await bulk.preview(actor, data)

    @post("/bulk")
    async def run_bulk(self, actor: NamedDependency[Actor], data: JSONBody[BulkOrder]) -> BulkRun:
        """Do it, each case by itself. The caller makes the id: sent twice, it is done once."""
        return await bulk.run(actor, data.id, data.order)

    @get("/bulk/{run:uuid}")
    async def get_run(self, actor: NamedDependency[Actor], run: FromPath[UUID]) -> BulkRun:
        """What became of each case of an action of the caller."""
        return await bulk.get_run(actor, run)

    @get("/views")
    async def list_views(self, actor: NamedDependency[Actor]) -> list[SavedView]:
        """The caller's views of the queue and those others share."""
        return await views.list_views(actor)

    @post("/views")
    async def save_view(self, actor: NamedDependency[Actor], data: JSONBody[NewView]) -> list[SavedView]:
        """Keep a view under a name; the same name again replaces it."""
        return await views.save_view(actor, data.name, data.address, data.is_shared)

    @delete("/views/{view:uuid}")
    async def forget_view(self, actor: NamedDependency[Actor], view: FromPath[UUID]) -> None:
        """Drop a view of the caller's own."""
        await views.forget_view(actor, view)


class LogBookApi(Controller):
    """`/api/v1/queue/log-book`"""

    path = "/api/v1/queue/log-book"
    tags = ("Cases",)
    guards = (requires(*log_book.READERS),)

    @get()
    async def read_log_book(
        self,
        actor: NamedDependency[Actor],
        first: Annotated[date, QueryParameter(name="from")],
        until: FromQuery[date],
    ) -> Book:
        """The dossiers received from a day until another, both counted, and the log books made of them."""
        return await _book(actor, Period(first, until))

    @post(guards=[requires(*log_book.MAKERS)])
    async def make_log_book(self, actor: NamedDependency[Actor], data: JSONBody[Period]) -> Book:
        """Have the numbered document made of a period as it stands now."""
        await log_book.request_book(actor, data)
        return await _book(actor, data)


async def _book(actor: Actor, period: Period) -> Book:
    lines = await log_book.list_lines(actor, period)
    books = await log_book.list_books(period)
    return Book(lines=lines, documents=[DocumentView.of(one, f"/queue/log-book/{one.id}") for one in books])
