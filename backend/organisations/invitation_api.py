"""The API of invitations: of the owner, of who is invited, and by link."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit.links import count_look
from backend.kit.pages import AnyRequest
from backend.kit.security import client_address, keep_private
from backend.organisations import invitations
from backend.organisations.invitation_schemas import Invitation, NewCoworker, OpenInvitation, Reply
from backend.organisations.schemas import NewMember


class OrganisationInvitationApi(Controller):
    """`/api/v1/organisations/{organisation}/invitations`"""

    path = "/api/v1/organisations/{organisation:uuid}/invitations"
    tags = ("Organisations",)
    guards = (requires(),)

    @get()
    async def list_invitations(
        self, actor: NamedDependency[Actor], organisation: FromPath[UUID]
    ) -> list[OpenInvitation]:
        """Whom the organisation waits for; its owners see it."""
        return await invitations.list_invitations(actor, organisation)

    @post()
    async def invite(
        self, actor: NamedDependency[Actor], organisation: FromPath[UUID], data: JSONBody[NewMember]
    ) -> OpenInvitation:
        """Invite somebody by e-mail; the answer is the same whoever holds it."""
        return await invitations.invite(actor, organisation, data)

    @delete("/{invitation:uuid}")
    async def withdraw_invitation(
        self, actor: NamedDependency[Actor], organisation: FromPath[UUID], invitation: FromPath[UUID]
    ) -> None:
        """Take an open invitation back; 409 when it is open no longer."""
        await invitations.withdraw_invitation(actor, organisation, invitation)


class InvitationApi(Controller):
    """`/api/v1/invitations`"""

    path = "/api/v1/invitations"
    tags = ("Organisations",)

    @get(guards=[requires()])
    async def list_own_invitations(self, actor: NamedDependency[Actor]) -> list[Invitation]:
        """What the caller's e-mail is invited to."""
        return await invitations.list_own_invitations(actor)

    @get("/{invitation:uuid}", guards=[requires()])
    async def get_own_invitation(
        self, actor: NamedDependency[Actor], invitation: FromPath[UUID]
    ) -> Invitation:
        """An invitation to the caller's e-mail."""
        return await invitations.get_own_invitation(actor, invitation)

    @post("/{invitation:uuid}/reply", guards=[requires()])
    async def reply(
        self, actor: NamedDependency[Actor], invitation: FromPath[UUID], data: JSONBody[Reply]
    ) -> Invitation:
        """Accept or decline; 409 when it is open no longer."""
        answer = invitations.accept_invitation if data.accept else invitations.decline_invitation
        return await answer(actor, invitation)

    @get("/link/{token:str}", security=[{}])
    async def open_link(self, request: AnyRequest, token: FromPath[str]) -> Invitation:
        """What a mailed link leads to."""
        await _count(request)
        return await invitations.open_link(token)

    @post("/link/{token:str}", security=[{}])
    async def join_by_link(
        self, request: AnyRequest, token: FromPath[str], data: JSONBody[NewCoworker]
    ) -> Invitation:
        """Open an account for the invited e-mail and belong to the organisation."""
        await _count(request)
        return (await invitations.join_by_link(token, data, address=client_address(request)))[1]


async def _count(request: AnyRequest) -> None:
    keep_private(request.scope)
    await count_look(invitations.PURPOSE, client_address(request))
