"""The JSON interface of what comes out of a need: reasons, why-nots and teams, under `/api/v1/needs`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.matchmaking import domain, teams
from backend.matchmaking.schemas import WhyNot
from backend.matchmaking.team_schemas import KeptTeam, TeamForm, TeamProposals
from matching import Explanation


class NewTeam(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The offers of a team that shall be kept."""

    offers: Annotated[list[UUID], Meta(min_length=1, max_length=10)]


class Attachment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The draft application a team is kept with, or none."""

    application_id: UUID | None


class ReasonApi(Controller):
    """`/api/v1/needs/{need_id}/…`"""

    path = "/api/v1/needs/{need_id:uuid}"
    tags = ("Partners",)
    guards = (requires(*domain.SEEKERS),)

    @get("/offers/{offer_id:uuid}")
    async def explain_partner(
        self, actor: NamedDependency[Actor], need_id: FromPath[UUID], offer_id: FromPath[UUID]
    ) -> Explanation:
        """Why an offer fits: parts that add up to the score, answers to each skill, limits, one change."""
        return (await domain.explain_partner(actor, need_id, offer_id))[2]

    @get("/why-not/{offer_id:uuid}")
    async def why_not(
        self, actor: NamedDependency[Actor], need_id: FromPath[UUID], offer_id: FromPath[UUID]
    ) -> WhyNot:
        """Why an offer open to see is not among those suggested, and what single change would help."""
        return (await domain.why_not(actor, need_id, offer_id))[1]

    @post("/team-proposals", status_code=200)
    async def propose_teams(
        self, actor: NamedDependency[Actor], need_id: FromPath[UUID], data: JSONBody[TeamForm]
    ) -> TeamProposals:
        """The best team under these conditions and two alternatives; keeps nothing."""
        return await teams.propose_teams(actor, need_id, data)

    @get("/teams")
    async def list_teams(self, actor: NamedDependency[Actor], need_id: FromPath[UUID]) -> list[KeptTeam]:
        """The teams kept for the need, the newest first."""
        return await teams.list_teams(actor, await domain.get_need(actor, need_id))

    @post("/teams")
    async def keep_team(
        self, actor: NamedDependency[Actor], need_id: FromPath[UUID], data: JSONBody[NewTeam]
    ) -> list[KeptTeam]:
        """Keep a team; answers with all that are kept."""
        await teams.keep_team(actor, need_id, data.offers)
        return await self._kept(actor, need_id)

    @put("/teams/{team_id:uuid}")
    async def attach_team(
        self,
        actor: NamedDependency[Actor],
        need_id: FromPath[UUID],
        team_id: FromPath[UUID],
        data: JSONBody[Attachment],
    ) -> list[KeptTeam]:
        """Keep a team with a draft application of the same organisation, or with none."""
        await teams.attach_team(actor, team_id, data.application_id)
        return await self._kept(actor, need_id)

    @delete("/teams/{team_id:uuid}")
    async def remove_team(
        self, actor: NamedDependency[Actor], need_id: FromPath[UUID], team_id: FromPath[UUID]
    ) -> None:
        """Keep a team no longer."""
        await domain.get_need(actor, need_id)
        await teams.remove_team(actor, team_id)

    async def _kept(self, actor: Actor, need_id: UUID) -> list[KeptTeam]:
        return await teams.list_teams(actor, await domain.get_need(actor, need_id))
