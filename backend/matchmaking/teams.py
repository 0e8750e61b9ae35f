"""What can be done with teams: let some be proposed, keep one for a need, keep it with a draft application.

A kept team is the company's own note. Nothing that decides about an application reads it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.accounts.domain import HOUR
from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.kit import audit
from backend.kit.db import retrying, transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.rate_limit import hit
from backend.kit.text import Text
from backend.matchmaking import engine, index, offer_queries, team_queries
from backend.matchmaking.choices import LANGUAGES
from backend.matchmaking.domain import get_need
from backend.matchmaking.schemas import Need, PublicOffer
from backend.matchmaking.team_schemas import (
    CoveredSkill,
    KeptTeam,
    ProposedTeam,
    TeamForm,
    TeamMember,
    TeamProposals,
)
from matching import Matcher
from matching.teams import Team

MOST_MEMBERS, MOST_KEPT = 10, 20
SEARCHES_PER_HOUR = 120
SECONDS = 3.0
"""How long the best team and each alternative is looked for."""


async def propose_teams(actor: Actor, need_id: UUID, form: TeamForm) -> TeamProposals:
    """The best teams of visible offers of strangers for a need of the actor.

    Raises NotFound, Invalid for an unknown language, TooMany for somebody who asks all the time.
    """
    need = await get_need(actor, need_id)
    if not set(form.speaks) <= set(LANGUAGES):
        fault = Text("Hãy chọn ngôn ngữ trong danh sách.", "Choose languages of the list.")
        raise Invalid(fields={"speaks": fault})
    await hit(f"teams:{actor.id}", SEARCHES_PER_HOUR, HOUR)
    fitted = await index.current()
    allowed = await offer_queries.strangers_to(need.organisation_id)
    if fitted is None:
        return TeamProposals(artefact="", asked=len(allowed), teams=[], gap=0, greedy_gap=0, obstacles=[])
    answer = await asyncio.to_thread(engine.propose, fitted.matcher, need, form, allowed, SECONDS)
    ids = {UUID(member.offer) for team in answer.teams for member in team.members}
    offers = await offer_queries.visible_offers(ids)
    # whoever withdrew consent since the limits were read takes the team along
    whole = [team for team in answer.teams if all(UUID(one.offer) in offers for one in team.members)]
    return TeamProposals(
        artefact=fitted.artefact,
        asked=len(allowed),
        teams=[_proposed(fitted.matcher, need, team, offers) for team in whole],
        gap=answer.gap,
        greedy_gap=answer.greedy_gap,
        obstacles=[Text(block.say("vi"), block.say("en")) for block in answer.blocked],
    )


@retrying
async def keep_team(actor: Actor, need_id: UUID, offers: Sequence[UUID]) -> UUID:
    """Keep a team for a need of the actor.

    Raises NotFound (also for an offer that may not be seen or is the own organisation's), Invalid.
    """
    need = await get_need(actor, need_id)
    members = list(dict.fromkeys(offers))
    kept = await team_queries.teams_of(need_id)
    if not 1 <= len(members) <= MOST_MEMBERS or len(kept) >= MOST_KEPT:
        fault = Text(
            f"Một nhóm có từ 1 đến {MOST_MEMBERS} thành viên; mỗi nhu cầu lưu tối đa {MOST_KEPT} nhóm.",
            f"A team has 1 to {MOST_MEMBERS} members; a need keeps at most {MOST_KEPT} teams.",
        )
        raise Invalid(fields={"offer": fault})
    allowed = await offer_queries.strangers_to(need.organisation_id)
    if not {str(member) for member in members} <= allowed:
        raise NotFound
    async with transaction():
        team = await team_queries.insert_team(need_id, members, actor.id)
        await audit.record(need_id, "need:team_kept", actor.id, {"team": team, "members": len(members)})
        return team


@retrying
async def attach_team(actor: Actor, team_id: UUID, application_id: UUID | None) -> None:
    """Keep a team with a draft application of the same organisation, or with none. Raises NotFound."""
    need = await _need_of(actor, team_id)
    if application_id is not None and application_id not in {one.id for one in await drafts_of(actor, need)}:
        raise NotFound
    async with transaction():
        await team_queries.set_application(team_id, application_id)
        line = {"team": team_id, "application": application_id}
        await audit.record(need.id, "need:team_attached", actor.id, line)


@retrying
async def remove_team(actor: Actor, team_id: UUID) -> UUID:
    """Keep a team no longer; returns its need. Raises NotFound."""
    need = await _need_of(actor, team_id)
    async with transaction():
        await team_queries.delete_team(team_id)
        await audit.record(need.id, "need:team_removed", actor.id, {"team": team_id})
    return need.id


async def list_teams(actor: Actor, need: Need) -> list[KeptTeam]:
    """The teams kept for a need of the actor as they stand now, the newest first."""
    saved = await team_queries.teams_of(need.id)
    offers = await offer_queries.visible_offers({offer for team in saved for offer in team.offer_ids})
    fitted = await index.current() if saved else None
    kept = []
    for one in saved:
        seen = [offer for offer in one.offer_ids if offer in offers]
        ids = [str(offer) for offer in seen]
        told = engine.describe_team(fitted.matcher, need, ids) if fitted else None
        team = (
            _proposed(fitted.matcher, need, told, offers)
            if fitted and told
            else _plain([offers[offer] for offer in seen])
        )
        kept.append(KeptTeam(saved=one, team=team, gone=len(one.offer_ids) - len(seen)))
    return kept


async def drafts_of(actor: Actor, need: Need) -> list[Application]:
    """The applications of the need's organisation that were not handed in yet."""
    own = await applications.list_mine(actor)
    return [one for one in own if one.organisation_id == need.organisation_id and one.number is None]


async def _need_of(actor: Actor, team_id: UUID) -> Need:
    team = await team_queries.find_team(team_id)
    if team is None:
        raise NotFound
    return await get_need(actor, team.need_id)


def _proposed(matcher: Matcher, need: Need, team: Team, offers: Mapping[UUID, PublicOffer]) -> ProposedTeam:
    return ProposedTeam(
        members=[
            TeamMember(
                offer=offers[UUID(member.offer)],
                covers=[CoveredSkill(key=cover.skill, covered=cover.covered) for cover in member.covers],
                adds=member.adds,
            )
            for member in team.members
        ],
        coverage=team.coverage,
        uncovered=list(team.uncovered),
        matrix=engine.matrix_of(matcher, need, [member.offer for member in team.members]),
    )


def _plain(offers: Sequence[PublicOffer]) -> ProposedTeam:
    """A team while no index says what it covers."""
    members = [TeamMember(offer=offer, covers=[], adds=0) for offer in offers]
    return ProposedTeam(members=members, coverage=0, uncovered=[], matrix=[])
