"""Pages of organisations: register one, look at one's own, invite and change members."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit.errors import BenThuError, Conflict, Invalid
from backend.kit.pages import AnyRequest, Form, flash, page, read_form, see_other
from backend.kit.text import Text
from backend.organisations import corrections, domain, invitations
from backend.organisations.schemas import ChangedMember, Kind, NewMember, OrganisationForm, Standing


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

    @post("/{organisation:uuid}/invitations", guards=[requires()])
    async def invite(
        self, request: AnyRequest, actor: NamedDependency[Actor], organisation: FromPath[UUID]
    ) -> Response[Any]:
        """Invite somebody by e-mail; the answer is the same whoever holds it."""
        form = await read_form(request)
        try:
            role, ends_on = _terms(form)
            new = NewMember(email=form.text("email"), role=role, ends_on=ends_on)
            asked = await invitations.invite(actor, organisation, new)
        except Invalid as invalid:
            return await _organisation_page(actor, organisation, form.values(), invalid)
        flash(
            request,
            Text(f"Đã gửi lời mời tới {asked.email}.", f"{asked.email} is invited."),
        )
        return see_other(f"/organisations/{organisation}")

    @post("/{organisation:uuid}/invitations/{invitation:uuid}", guards=[requires()])
    async def withdraw_invitation(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        organisation: FromPath[UUID],
        invitation: FromPath[UUID],
    ) -> Response[Any]:
        """Take an open invitation back."""
        try:
            await invitations.withdraw_invitation(actor, organisation, invitation)
        except Conflict as refused:
            return await _organisation_page(actor, organisation, {}, refused)
        flash(request, Text("Đã rút lời mời.", "The invitation is withdrawn."))
        return see_other(f"/organisations/{organisation}")

    @post("/{organisation:uuid}/members/{account:uuid}", guards=[requires()])
    async def change_member(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        organisation: FromPath[UUID],
        account: FromPath[UUID],
    ) -> Response[Any]:
        """Change what a member may do, or take them out; oneself may leave."""
        form = await read_form(request)
        is_out = form.text("action") == "remove"
        try:
            if is_out and account == actor.id:
                await domain.leave(actor, organisation)
                flash(request, Text("Bạn đã rời tổ chức.", "You have left the organisation."))
                return see_other("/workspace")
            if is_out:
                await domain.remove_member(actor, organisation, account)
            else:
                role, ends_on = _terms(form)
                changed = ChangedMember(role=role, ends_on=ends_on)
                await domain.change_member(actor, organisation, account, changed)
        except Conflict as refused:
            return await _organisation_page(actor, organisation, {}, refused)
        except Invalid as invalid:
            return await _organisation_page(actor, organisation, {}, Invalid(text_of(invalid)))
        flash(request, Text("Đã cập nhật.", "Updated."))
        return see_other(f"/organisations/{organisation}")


def text_of(invalid: Invalid) -> Text:
    """The first thing that is wrong: the forms of the members have no place for each."""
    return next(iter(invalid.fields.values()), invalid.text)


def _terms(form: Form) -> tuple[Standing, date | None]:
    """The standing and the last day chosen. Raises Invalid."""
    role, written = form.text("role") or Standing.MEMBER.value, form.text("ends_on")
    wrong: dict[str, Text] = {}
    if role not in set(Standing):
        wrong["role"] = Text("Hãy chọn quyền.", "Choose what they may do.")
    ends_on = None
    if written:
        try:
            ends_on = datetime.strptime(written, "%d/%m/%Y").date()  # noqa: DTZ007 - a day of the calendar
        except ValueError:
            wrong["ends_on"] = Text("Nhập ngày, ví dụ 23/11/2026.", "Enter a day, for example 23/11/2026.")
    if wrong:
        raise Invalid(fields=wrong)
    return Standing(role), ends_on


def _new_page(
    values: dict[str, str] | None = None, errors: dict[str, Text] | None = None, status: int = 200
) -> Template:
    return page(
        "organisations/new.html", status=status, values=values or {}, errors=errors or {}, kinds=list(Kind)
    )


async def _organisation_page(
    actor: Actor,
    organisation: UUID,
    values: dict[str, str] | None = None,
    invalid: BenThuError | None = None,
) -> Template:
    members = await domain.list_members(actor, organisation)
    is_owner = any(m.account == actor.id and m.role is Standing.OWNER for m in members)
    return page(
        "organisations/organisation.html",
        status=invalid.status if invalid else 200,
        organisation=await domain.get_organisation(actor, organisation),
        members=members,
        invitations=await invitations.list_invitations(actor, organisation) if is_owner else [],
        corrections=await corrections.list_corrections_of(actor, organisation),
        is_owner=is_owner,
        standings=list(Standing),
        values=values or {},
        errors=(invalid.fields or {"": invalid.text}) if invalid else {},
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
