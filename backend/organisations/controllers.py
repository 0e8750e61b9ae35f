"""Pages of organisations: register one, look at one's own, add members."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, Form, flash, page, read_form, see_other
from backend.kit.text import Text
from backend.organisations import domain
from backend.organisations.schemas import Kind, NewMember, OrganisationForm


class OrganisationPages(Controller):
    """`/organisations`"""

    path = "/organisations"

    @get("/new", guards=[requires(*domain.REGISTRANTS)])
    async def show_new_organisation(self) -> Template:
        """The form."""
        return _new_page()

    @post("/new", guards=[requires(*domain.REGISTRANTS)])
    async def register_organisation(
        self, request: AnyRequest, actor: NamedDependency[Actor]
    ) -> Response[Any]:
        """Register an organisation; the actor becomes its owner."""
        form = await read_form(request)
        try:
            organisation = await domain.register_organisation(actor, _organisation_form(form))
        except Invalid as invalid:
            return _new_page(form.values(), invalid.fields, status=invalid.status)
        flash(request, Text("Tổ chức đã được đăng ký.", "The organisation is registered."))
        return see_other(f"/organisations/{organisation.id}")

    @get("/{organisation:uuid}", guards=[requires()])
    async def show_organisation(
        self, actor: NamedDependency[Actor], organisation: FromPath[UUID]
    ) -> Template:
        """An organisation of the actor, with its members."""
        return await _organisation_page(actor, organisation)

    @post("/{organisation:uuid}/members", guards=[requires()])
    async def add_member(
        self, request: AnyRequest, actor: NamedDependency[Actor], organisation: FromPath[UUID]
    ) -> Response[Any]:
        """Let another account act for the organisation."""
        email = (await read_form(request)).text("email")
        try:
            await domain.add_member(actor, organisation, NewMember(email=email))
        except Invalid as invalid:
            return await _organisation_page(actor, organisation, email, invalid)
        flash(request, Text("Đã thêm thành viên.", "The member is added."))
        return see_other(f"/organisations/{organisation}")


def _new_page(
    values: dict[str, str] | None = None, errors: dict[str, Text] | None = None, status: int = 200
) -> Template:
    return page(
        "organisations/new.html", status=status, values=values or {}, errors=errors or {}, kinds=list(Kind)
    )


async def _organisation_page(
    actor: Actor, organisation: UUID, email: str = "", invalid: Invalid | None = None
) -> Template:
    members = await domain.list_members(actor, organisation)
    return page(
        "organisations/organisation.html",
        status=invalid.status if invalid else 200,
        organisation=await domain.get_organisation(actor, organisation),
        members=members,
        is_owner=any(m.account == actor.id and m.role == domain.OWNER for m in members),
        email=email,
        errors=invalid.fields if invalid else {},
    )


def _organisation_form(form: Form) -> OrganisationForm:
    kind = form.text("kind")
    if kind not in set(Kind):
        raise Invalid(fields={"kind": Text("Hãy chọn loại hình.", "Choose what kind of organisation it is.")})
    return OrganisationForm(
        name=form.text("name"),
        tax_code=form.text("tax_code"),
        kind=Kind(kind),
        address=form.text("address"),
        ward=form.text("ward"),
        is_startup=form.text("is_startup") == "yes",
        website=form.text("website"),
    )
