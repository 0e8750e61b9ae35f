"""The API of organisations."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.organisations import domain
from backend.organisations.schemas import (
    ChangedMember,
    Member,
    Organisation,
    OrganisationForm,
)


class OrganisationApi(Controller):
    """`/api/v1/organisations`"""

    path = "/api/v1/organisations"
    tags = ("Organisations",)
    guards = (requires(),)

    @get()
    async def list_organisations(self, actor: NamedDependency[Actor]) -> list[Organisation]:
        """The organisations the caller acts for."""
        return await domain.list_own_organisations(actor)

    @post(guards=[requires(*domain.REGISTRANTS)])
    async def register_organisation(
        self, actor: NamedDependency[Actor], data: JSONBody[OrganisationForm]
    ) -> Organisation:
        """Register an organisation; the caller becomes its owner."""
        return await domain.register_organisation(actor, data)

    @get("/{organisation:uuid}")
    async def get_organisation(
        self, actor: NamedDependency[Actor], organisation: FromPath[UUID]
    ) -> Organisation:
        """An organisation the caller acts for."""
        return await domain.get_organisation(actor, organisation)

    @get("/{organisation:uuid}/members")
    async def list_members(self, actor: NamedDependency[Actor], organisation: FromPath[UUID]) -> list[Member]:
        """Who acts for an organisation of the caller."""
        return await domain.list_members(actor, organisation)

    @put("/{organisation:uuid}/members/{account:uuid}")
    async def change_member(
        self,
        actor: NamedDependency[Actor],
        organisation: FromPath[UUID],
        account: FromPath[UUID],
        data: JSONBody[ChangedMember],
    ) -> list[Member]:
        """Change what a member may do, or until when; 409 for the last owner."""
        await domain.change_member(actor, organisation, account, data)
        return await domain.list_members(actor, organisation)

    @delete("/{organisation:uuid}/members/{account:uuid}")
    async def remove_member(
        self, actor: NamedDependency[Actor], organisation: FromPath[UUID], account: FromPath[UUID]
    ) -> None:
        """Let somebody act for the organisation no longer, oneself too; 409 for the last owner."""
        if account == actor.id:
            await domain.leave(actor, organisation)
        else:
            await domain.remove_member(actor, organisation, account)
