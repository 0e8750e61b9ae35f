"""`/queue`: filters are addresses, so that a view can be kept and sent; actions on many cases, seen first."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID, uuid4

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response
from msgspec import structs

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.schemas import Handler, QueueFilters
from backend.cases import bulk, handover, queue, views
from backend.cases.desk_schemas import MOST, BulkAction, Order
from backend.kit.errors import Invalid, NotFound
from backend.kit.pages import AnyRequest, Form, flash, local_path, page, read_form, see_other
from backend.kit.text import Text

HANDLERS: tuple[Handler, ...] = ("any", "mine", "nobody")
ACTIONS: tuple[BulkAction, ...] = ("take", "hand_over")


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
        filters = views.read_filters(q, states or [], handler, programme, clock)
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
            can_give=actor.has(*handover.GIVERS),
        )


class DeskPages(Controller):
    """`/queue/bulk`, `/queue/views`"""

    guards = (requires(*queue.READERS),)

    @get("/queue/bulk")
    async def show_bulk(
        self,
        actor: NamedDependency[Actor],
        action: FromQuery[str] = "take",
        cases: Annotated[list[UUID] | None, QueryParameter(name="case", max_items=MOST)] = None,
        to: FromQuery[str] = "",
        reason: Annotated[str, QueryParameter(max_length=1000)] = "",
        back: Annotated[str, QueryParameter(name="next", max_length=700)] = "/queue",
    ) -> Response[Any]:
        """What an action would do with each chosen case; nothing is done by looking."""
        order = _order(action, cases or [], to, reason)
        return await _bulk_page(actor, order, back)

    @post("/queue/bulk")
    async def run_bulk(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Do it, case by case; sent twice it is done once."""
        form = await read_form(request)
        order = _order_of(form)
        run_id = _id(form.text("run")) or uuid4()
        try:
            done = await bulk.run(actor, run_id, order)
        except Invalid as refused:
            return await _bulk_page(actor, order, form.text("next", "/queue"), refused)
        return see_other(f"/queue/bulk/{done.id}")

    @get("/queue/bulk/{run:uuid}")
    async def show_run(self, actor: NamedDependency[Actor], run: FromPath[UUID]) -> Response[Any]:
        """What became of each case."""
        return page("cases/bulk_result.html", run=await bulk.get_run(actor, run))

    @post("/queue/views")
    async def save_view(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Keep the filters as they are under a name."""
        form = await read_form(request)
        back = local_path(form.text("next"), "/queue")
        await views.save_view(actor, form.text("name"), back.partition("?")[2], form.text("shared") == "yes")
        flash(request, Text("Đã lưu chế độ xem.", "The view is saved."))
        return see_other(back)

    @post("/queue/views/{view:uuid}/delete")
    async def forget_view(
        self, request: AnyRequest, actor: NamedDependency[Actor], view: FromPath[UUID]
    ) -> Response[Any]:
        """Drop a view of one's own."""
        await views.forget_view(actor, view)
        flash(request, Text("Đã bỏ chế độ xem.", "The view is dropped."))
        return see_other("/queue")


class HandoverPages(Controller):
    """`/cases/{id}/handover`"""

    path = "/cases/{application_id:uuid}/handover"
    guards = (requires(*handover.GIVERS),)

    @get()
    async def show_handover(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Choose who is to have the case, and say why."""
        order = _order("hand_over", [application_id], "", "")
        if not (await bulk.preview(actor, order)).lines:
            raise NotFound
        return await _bulk_page(actor, order, f"/cases/{application_id}")


def address_of(filters: QueueFilters, start: str = "") -> str:
    """The address of a view, from its first line or from a place."""
    return f"/queue?{views.query_of(filters, start)}"


def _onward(filters: QueueFilters, desk: queue.Desk) -> dict[str, str | None]:
    stretch = desk.queue.stretch if desk.queue else None
    places = {"previous": stretch.previous, "next": stretch.next} if stretch else {}
    return {
        name: address_of(filters, applications.written_place(place)) if place else None
        for name, place in places.items()
    }


async def _bulk_page(actor: Actor, order: Order, back: str, refused: Invalid | None = None) -> Response[Any]:
    return page(
        "cases/bulk.html",
        status=refused.status if refused else 200,
        order=order,
        preview=await bulk.preview(actor, order),
        officers=await handover.list_officers(actor) if order.action == "hand_over" else [],
        errors=refused.fields if refused else {},
        run=uuid4(),
        back=local_path(back, "/queue"),
    )


def _order_of(form: Form) -> Order:
    cases = [found for one in form.all("case")[:MOST] if (found := _id(one))]
    return _order(form.text("action"), cases, form.text("to"), form.text("reason"))


def _order(action: str, cases: list[UUID], to: str, reason: str) -> Order:
    """What was chosen; an unknown action is to take the cases."""
    known: BulkAction = next((one for one in ACTIONS if one == action), "take")
    return Order(action=known, cases=list(dict.fromkeys(cases)), to=_id(to), reason=reason)


def _id(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
