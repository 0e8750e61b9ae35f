"""Another day promised for a late case: the officer's page, and the same for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.applications import lateness_promise as promises
from backend.applications.dossier import rules_of
from backend.applications.errors import NotLate
from backend.applications.forms import day_of
from backend.applications.lateness_promise import NewPromise, Promise
from backend.kit.errors import BenThuError, Conflict, Invalid
from backend.kit.pages import AnyRequest, flash, page, read_form, see_other
from backend.kit.text import Text


class PromisePages(Controller):
    """`/cases/{id}/new-day`"""

    path = "/cases/{application_id:uuid}/new-day"
    guards = (requires(),)

    @get()
    async def show_promise(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """What was promised for a late case, and the form for another day; else the case."""
        try:
            return await _page(actor, application_id)
        except (NotLate, Conflict) as refused:
            flash(request, refused.text)
            return see_other(f"/cases/{application_id}")

    @post()
    async def promise_day(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Promise another day, with a reason."""
        form = await read_form(request)
        try:
            day = day_of(form.text("due_on"))
            await promises.promise_day(
                actor, application_id, NewPromise(due_on=day, reason=form.text("reason"))
            )
        except Invalid as invalid:
            return await _page(actor, application_id, form.values(), invalid)
        flash(request, _SENT)
        return see_other(f"/cases/{application_id}")


class PromiseApi(Controller):
    """`/api/v1/applications/{id}/new-day`"""

    path = "/api/v1/applications/{application_id:uuid}/new-day"
    tags = ("Applications",)
    guards = (requires(),)

    @get()
    async def get_promise(self, actor: NamedDependency[Actor], application_id: FromPath[UUID]) -> Promise:
        """The day the agency promised last when it apologised for a delay."""
        return await promises.get_promise(actor, application_id)

    @put()
    async def promise_day(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[NewPromise]
    ) -> Promise:
        """Promise another day for a late case, with a reason; a new apology replaces the one sent."""
        return await promises.promise_day(actor, application_id, data)


async def _page(
    actor: Actor,
    application_id: UUID,
    typed: dict[str, str] | None = None,
    refused: BenThuError | None = None,
) -> Template:
    application, clock, promise = await promises.late_case(actor, application_id)
    return page(
        "applications/promise.html",
        status=refused.status if refused else 200,
        application=application,
        clock=clock,
        promise=promise,
        last_day=promises.last_day(rules_of(application)),
        typed=typed or {},
        errors=refused.fields if refused else {},
    )


_SENT = Text("Đã gửi phiếu xin lỗi với ngày hẹn mới.", "The apology with the new day is on its way.")
