"""`/admin/superiors`: whom a missed clock is escalated to; `/insight/times`: how long it really takes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.applications.domain import STAFF_ROLES
from backend.kit.pages import AnyRequest, flash, page, read_form, see_other
from backend.kit.text import Text
from backend.watch import domain
from backend.watch.times import list_times


class SuperiorPages(Controller):
    """`/admin/superiors`"""

    path = "/admin/superiors"
    guards = (requires(Role.ADMIN),)

    @get()
    async def show_superiors(self) -> Template:
        """Each role a clock can belong to, and who is told when its day was missed."""
        return page(
            "watch/superiors.html",
            superiors=await domain.list_superiors(),
            candidates=await domain.list_candidates(),
        )

    @post()
    async def name_superiors(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Name them; an empty choice names nobody."""
        form = await read_form(request)
        chosen = {role: _account(form.text(role)) for role in domain.OWNERS if role in form.names()}
        await domain.name_superiors(actor, chosen)
        flash(request, Text("Đã lưu thay đổi.", "The change is saved."))
        return see_other("/admin/superiors")


class TimesPages(Controller):
    """`/insight/times`"""

    guards = (requires(*STAFF_ROLES, Role.ADMIN),)

    @get("/insight/times")
    async def show_times(self) -> Template:
        """What decided cases really took, programme by programme."""
        return page("watch/times.html", programmes=await list_times())


def _account(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
