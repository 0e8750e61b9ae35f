"""The condition library: pages of administrators, JSON for those who draft decisions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.decisions import library
from backend.decisions.forms import read_day
from backend.decisions.schemas import ConditionForm, ConditionVersion, NewParameter
from backend.kit.clock import today
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, Form, flash, page, read_form, see_other
from backend.kit.text import Text
from backend.programmes import domain as programmes

PARAMETERS = 4
"""How many places of a text the form offers to name."""
READERS = (Role.ADMIN, Role.AUDITOR, Role.OFFICER, Role.AUTHORITY)


class LibraryPages(Controller):
    """`/admin/conditions`"""

    path = "/admin/conditions"
    guards = (requires(*READERS),)

    @get()
    async def show_library(self, actor: NamedDependency[Actor]) -> Template:
        """The conditions of every programme with the agency's own versions; administrators enter more."""
        return await _page(actor)

    @post()
    async def add_version(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Enter a version of a condition."""
        form = await read_form(request)
        try:
            entered = await library.add_version(actor, _read(form))
        except Invalid as refused:
            return await _page(actor, form, refused)
        said = f"{entered.label.vi}, {entered.version}", f"{entered.label.en}, {entered.version}"
        flash(request, Text(f"Đã ghi phiên bản: {said[0]}.", f"The version is entered: {said[1]}."))
        return see_other("/admin/conditions")

    @post("/{version_id:uuid}/withdraw")
    async def withdraw_version(
        self, request: AnyRequest, actor: NamedDependency[Actor], version_id: FromPath[UUID]
    ) -> Response[Any]:
        """Take a version out of use."""
        await library.withdraw_version(actor, version_id)
        flash(request, Text("Đã ngừng dùng phiên bản này.", "The version is out of use."))
        return see_other("/admin/conditions")


class LibraryApi(Controller):
    """`/api/v1/conditions`"""

    path = "/api/v1/conditions"
    tags = ("Decision",)
    guards = (requires(*READERS),)

    @get()
    async def list_versions(self, actor: NamedDependency[Actor]) -> list[ConditionVersion]:
        """The agency's own versions of conditions, the latest of each key first."""
        return await library.list_versions(actor)

    @post()
    async def add_version(
        self, actor: NamedDependency[Actor], data: JSONBody[ConditionForm]
    ) -> ConditionVersion:
        """Enter a version of a condition; for administrators."""
        return await library.add_version(actor, data)

    @post("/{version_id:uuid}/withdraw", status_code=200)
    async def withdraw_version(
        self, actor: NamedDependency[Actor], version_id: FromPath[UUID]
    ) -> ConditionVersion:
        """Take a version out of use; for administrators."""
        return await library.withdraw_version(actor, version_id)


async def _page(actor: Actor, form: Form | None = None, refused: Invalid | None = None) -> Template:
    found = await library.list_versions(actor)
    return page(
        "decisions/library.html",
        refused.status if refused else 200,
        programmes=[one for one in programmes.list_in_force() if one.conditions],
        versions=found,
        on=today(),
        typed=form.values() if form else {},
        errors=refused.fields if refused else {},
        rows=range(PARAMETERS),
    )


def _read(form: Form) -> ConditionForm:
    """The form as the verb takes it; `programme` and `source` come as one choice. Raises Invalid."""
    wrong: dict[str, Text] = {}
    days = {name: read_day(form.text(name), name, wrong) for name in ("from_on", "until_on")}
    if days["from_on"] is None and "from_on" not in wrong:
        wrong["from_on"] = _DAY
    programme, _, source = form.text("source").partition(" ")
    if wrong:
        raise Invalid(fields=wrong)
    rows = [f"parameters.{place}" for place in range(PARAMETERS) if form.text(f"parameters.{place}.key")]
    try:
        parameters = msgspec.convert([_parameter(form, row) for row in rows], list[NewParameter])
    except msgspec.ValidationError:
        raise Invalid(fields={"parameters": _TYPE}) from None
    return ConditionForm(
        programme=programme,
        key=form.text("key"),
        label=_pair(form, "label"),
        text=_pair(form, "text"),
        reason=_pair(form, "reason"),
        parameters=parameters,
        source=source,
        from_on=days["from_on"] or today(),
        until_on=days["until_on"],
    )


def _parameter(form: Form, row: str) -> dict[str, Any]:
    label = {"vi": form.text(f"{row}.vi"), "en": form.text(f"{row}.en")}
    return {"key": form.text(f"{row}.key"), "label": label, "type": form.text(f"{row}.type")}


def _pair(form: Form, name: str) -> Text:
    return Text(form.text(f"{name}_vi"), form.text(f"{name}_en"))


_DAY = Text("Nhập một ngày, ví dụ 31/12/2026.", "Enter a date, for example 31/12/2026.")
_TYPE = Text("Chọn kiểu của từng tham số.", "Choose the type of every parameter.")
