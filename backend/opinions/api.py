"""The JSON interface of opinions: for the officer of a case, and for agencies with an account."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.kit.errors import NotFound
from backend.opinions import domain
from backend.opinions.schemas import Answer, NewOpinion, Opinion


class Reason(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a case goes on without an opinion."""

    reason: str


class OpinionApi(Controller):
    """`/api/v1/applications/{id}/opinions`"""

    path = "/api/v1/applications/{application_id:uuid}/opinions"
    tags = ("Opinions",)
    guards = (requires(Role.OFFICER, Role.AUTHORITY, Role.SUPERVISOR, Role.AUDITOR),)

    @get()
    async def list_opinions(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> list[Opinion]:
        """What other agencies were asked and said."""
        return await domain.opinions_of(actor, await applications.get_application(actor, application_id))

    @post(guards=[requires(Role.OFFICER)])
    async def ask(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[NewOpinion]
    ) -> Opinion:
        """Ask an agency."""
        return await domain.ask_opinion(actor, application_id, data)

    @post("/{opinion_id:uuid}/record", status_code=200, guards=[requires(Role.OFFICER)])
    async def record(
        self,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        opinion_id: FromPath[UUID],
        data: JSONBody[Answer],
    ) -> Opinion:
        """Enter what came on paper."""
        await _of_case(application_id, opinion_id)
        return await domain.record_opinion(actor, opinion_id, data)

    @post("/{opinion_id:uuid}/lapse", status_code=200, guards=[requires(Role.OFFICER)])
    async def lapse(
        self,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        opinion_id: FromPath[UUID],
        data: JSONBody[Reason],
    ) -> Opinion:
        """Go on without it."""
        await _of_case(application_id, opinion_id)
        return await domain.lapse_opinion(actor, opinion_id, data.reason)


class AskedApi(Controller):
    """`/api/v1/opinions`"""

    path = "/api/v1/opinions"
    tags = ("Opinions",)
    guards = (requires(Role.CONSULTED),)

    @get()
    async def list_asked(self, actor: NamedDependency[Actor]) -> list[Opinion]:
        """What the caller's agency is asked, open ones first."""
        return await domain.list_asked(actor)

    @get("/{opinion_id:uuid}")
    async def get_asked(self, actor: NamedDependency[Actor], opinion_id: FromPath[UUID]) -> Opinion:
        """One question."""
        return await domain.get_asked(actor, opinion_id)

    @post("/{opinion_id:uuid}/answer", status_code=200)
    async def answer(
        self, actor: NamedDependency[Actor], opinion_id: FromPath[UUID], data: JSONBody[Answer]
    ) -> Opinion:
        """Answer for one's agency."""
        return await domain.answer_opinion(actor, opinion_id, data)


async def _of_case(application_id: UUID, opinion_id: UUID) -> None:
    if (await domain.get_known(opinion_id)).application_id != application_id:
        raise NotFound
