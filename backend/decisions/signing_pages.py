"""Pages of administrators: who may sign or countersign decisions. Auditors read them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.decisions import signing
from backend.decisions.forms import read_day
from backend.decisions.schemas import AuthorityForm
from backend.kit.clock import today
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, Form, flash, page, read_form, see_other
from backend.kit.text import Text
from backend.programmes import domain as programmes

PLAIN = ("title_vi", "title_en", "agency_vi", "agency_en", "for_whom_vi", "for_whom_en", "basis")


class SigningPages(Controller):
    """`/admin/signing`"""

    path = "/admin/signing"
    guards = (requires(Role.ADMIN, Role.AUDITOR),)

    @get()
    async def show_authorities(self, actor: NamedDependency[Actor]) -> Template:
        """Who may sign what, as what, for whom and until when; administrators enter more."""
        return await _page(actor)

    @post()
    async def enter_authority(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Give somebody an authority."""
        form = await read_form(request)
        try:
            entered = await signing.enter_authority(actor, _read(form))
        except Invalid as refused:
            return await _page(actor, form, refused)
        flash(
            request,
            Text(
                f"Đã ghi thẩm quyền ký của {entered.account_name}.",
                f"The authority of {entered.account_name} is entered.",
            ),
        )
        return see_other("/admin/signing")

    @post("/{authority_id:uuid}/withdraw")
    async def withdraw_authority(
        self, request: AnyRequest, actor: NamedDependency[Actor], authority_id: FromPath[UUID]
    ) -> Response[Any]:
        """End an authority at once."""
        await signing.withdraw_authority(actor, authority_id)
        flash(request, Text("Đã chấm dứt thẩm quyền ký.", "The authority is withdrawn."))
        return see_other("/admin/signing")


async def _page(actor: Actor, form: Form | None = None, refused: Invalid | None = None) -> Template:
    found = await signing.list_authorities(actor)
    on = today()
    return page(
        "decisions/signing.html",
        refused.status if refused else 200,
        standing=[one for one in found if one.is_live(on)],
        ended=[one for one in found if not one.is_live(on)],
        candidates=await signing.list_candidates() if actor.has(Role.ADMIN) else [],
        kinds=_kinds(),
        typed=form.values() if form else {},
        chosen_kinds=form.all("kinds") if form else [],
        errors=refused.fields if refused else {},
    )


def _kinds() -> dict[str, Any]:
    """Every kind of decision of the rules in force, by key."""
    return {key: kind for one in programmes.list_in_force() for key, kind in one.decisions.items()}


def _read(form: Form) -> AuthorityForm:
    """The form as the verb takes it. Raises Invalid for what cannot be read."""
    wrong: dict[str, Text] = {}
    values = {name: form.text(name) for name in PLAIN}
    days = {name: read_day(form.text(name), name, wrong) for name in ("from_on", "until_on")}
    if days["from_on"] is None and "from_on" not in wrong:
        wrong["from_on"] = _DAY
    given = {
        **values,
        "account": form.text("account"),
        "act": form.text("act"),
        "capacity": form.text("capacity"),
        "principal": form.text("principal") or None,
        "kinds": form.all("kinds"),
        "asks_countersign": form.text("asks_countersign") == "yes",
        "from_on": days["from_on"] or today(),
        "until_on": days["until_on"],
    }
    wrong |= {name: _CHOOSE for name in ("account", "act", "capacity") if not given[name]}
    if wrong:
        raise Invalid(fields=wrong)
    try:
        return msgspec.convert(given, AuthorityForm)
    except msgspec.ValidationError:  # no page of ours sends such a value
        raise Invalid(fields={"account": _CHOOSE}) from None


_DAY = Text("Nhập một ngày, ví dụ 31/12/2026.", "Enter a date, for example 31/12/2026.")
_CHOOSE = Text("Chọn một mục trong danh sách.", "Choose one of the list.")
