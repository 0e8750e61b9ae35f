"""Pages of administrators and auditors: accounts and their roles, the audit chains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Template

from backend.accounts import domain, oversight
from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.kit.pages import AnyRequest, flash, page, read_form, see_other
from backend.kit.text import Text


class AdminPages(Controller):
    """Accounts and roles, rule files in force."""

    path = "/admin"
    guards = (requires(Role.ADMIN),)

    @get()
    async def show_admin(
        self, rule_files: NamedDependency[Sequence[Any]], number: FromQuery[int] = 1
    ) -> Template:
        """Accounts with their roles, and the rule files."""
        accounts = await oversight.list_accounts(number)
        return page("admin/index.html", accounts=accounts, all_roles=list(Role), rule_files=rule_files)

    @post("/accounts/{account:uuid}/roles")
    async def set_roles(
        self, request: AnyRequest, actor: NamedDependency[Actor], account: FromPath[UUID]
    ) -> Response[Any]:
        """Set the roles of an account to those ticked."""
        form = await read_form(request)
        known = {role.value for role in Role}
        roles = frozenset(Role(role) for role in form.all("roles") if role in known)
        await domain.set_roles(actor, account, roles)
        return _saved(request)

    @post("/accounts/{account:uuid}/deactivate")
    async def deactivate(
        self, request: AnyRequest, actor: NamedDependency[Actor], account: FromPath[UUID]
    ) -> Response[Any]:
        """Lock an account and end its sessions."""
        await domain.deactivate_account(actor, account)
        return _saved(request)

    @post("/accounts/{account:uuid}/activate")
    async def activate(
        self, request: AnyRequest, actor: NamedDependency[Actor], account: FromPath[UUID]
    ) -> Response[Any]:
        """Unlock an account."""
        await domain.activate_account(actor, account)
        return _saved(request)


class AuditPages(Controller):
    """The audit chains: do they hold, and what they say."""

    path = "/audit"
    guards = (requires(Role.AUDITOR, Role.ADMIN),)

    @get()
    async def show_audit(self, subject: FromQuery[str] = "") -> Response[Any]:
        """Whether all chains hold, the latest entries, and a search by subject."""
        if found := oversight.as_subject(subject):
            return see_other(f"/audit/{found}")
        broken, latest = await oversight.survey()
        names = await oversight.names_in(latest)
        return page("audit/index.html", broken=broken, entries=latest, names=names, typed=subject)

    @get("/{subject:uuid}")
    async def show_subject(self, subject: FromPath[UUID]) -> Template:
        """One chain, sealed entry by sealed entry."""
        broken, chain = await oversight.read_chain(subject)
        names = await oversight.names_in(chain)
        return page("audit/subject.html", subject=subject, broken=broken, entries=chain, names=names)


def _saved(request: AnyRequest) -> Response[Any]:
    flash(request, Text("Đã lưu thay đổi.", "The change is saved."))
    return see_other("/admin")
