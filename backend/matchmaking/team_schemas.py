"""What is said of teams."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.kit.text import Text
from backend.matchmaking.schemas import CoverageRow, PublicOffer


class TeamForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a team must fulfil as a whole. `least` is the share of the need in percent."""

    most: Annotated[int, Meta(ge=1, le=10)] = 4
    institute_in_vietnam: bool = False
    speaks: Annotated[list[str], Meta(max_length=8)] = []
    least: Annotated[int, Meta(ge=0, le=100)] = 0
    include: Annotated[list[UUID], Meta(max_length=10)] = []


class CoveredSkill(Struct, frozen=True, kw_only=True):
    """A needed skill and how far it is covered, in [0, 1]."""

    key: str
    covered: float


class TeamMember(Struct, frozen=True, kw_only=True):
    """One of a team: what it covers best of all, and the share the team would lose without it."""

    offer: PublicOffer
    covers: list[CoveredSkill]
    adds: float


class ProposedTeam(Struct, frozen=True, kw_only=True):
    """A team and the share of the need it covers; the columns of the matrix are the members."""

    members: list[TeamMember]
    coverage: float
    uncovered: list[str]
    matrix: list[CoverageRow]


class TeamProposals(Struct, frozen=True, kw_only=True):
    """The best team and its alternatives.

    `gap` is how far the first may be from the best there is, `greedy_gap` how far the quick search was (0:
    proven best; of the value, which takes 0.02 for each member off the share). Without any team,
    `obstacles` say what to relax. `artefact` is empty while no index is fitted.
    """

    artefact: str
    asked: int
    teams: list[ProposedTeam]
    gap: float
    greedy_gap: float
    obstacles: list[Text]


class SavedTeam(Struct, frozen=True, kw_only=True):
    """Offers chosen for a need, perhaps kept with a draft application."""

    id: UUID
    need_id: UUID
    offer_ids: list[UUID]
    created_at: datetime
    application_id: UUID | None
    application_title: str


class KeptTeam(Struct, frozen=True, kw_only=True):
    """A team as it stands now; `gone` of its members are not visible any more and are not named."""

    saved: SavedTeam
    team: ProposedTeam
    gone: int
