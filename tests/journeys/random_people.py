"""Everybody who takes part in a random walk: three organisations, and every office with its odd cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from backend.accounts.queries import insert_membership
from backend.accounts.schemas import Actor, Role
from backend.kit.clock import today
from tests.factories.applications import as_of_now, make_organisation
from tests.factories.signing import DEPUTY, HEAD, let_sign
from tests.factories.web import make_actor

OFFICES = {
    "officer 1": (Role.OFFICER,),
    "officer 2": (Role.OFFICER,),
    "officer who signs": (Role.OFFICER, Role.AUTHORITY),
    "officer who applies": (Role.OFFICER, Role.APPLICANT),
    "appraiser 1": (Role.APPRAISER,),
    "appraiser 2": (Role.APPRAISER,),
    "appraiser 3": (Role.APPRAISER,),
    "appraiser 4": (Role.APPRAISER,),
    "appraiser who handles": (Role.APPRAISER, Role.OFFICER),
    "appraiser who applies": (Role.APPRAISER, Role.APPLICANT),
    "chairman": (Role.AUTHORITY,),
    "deputy": (Role.AUTHORITY,),
    "head of division": (Role.AUTHORITY,),
    "authority without a signature": (Role.AUTHORITY,),
    "supervisor": (Role.SUPERVISOR,),
    "auditor": (Role.AUDITOR,),
    "agency": (Role.CONSULTED,),
    "administrator": (Role.ADMIN,),
    "nobody": (),
}
MEMBERS = {
    "member of 1": (0, "member"),
    "editor of 1": (0, "editor"),
    "viewer of 1": (0, "viewer"),
    "officer who applies": (1, "member"),
    "appraiser who applies": (2, "viewer"),
}
"""Beside the owners: in which organisation, and what they may do there."""


@dataclass
class People:
    """The actors by name, and the organisations in the order of their making."""

    actors: dict[str, Actor]
    organisations: list[UUID]

    def __post_init__(self) -> None:
        self.names = {actor.id: name for name, actor in self.actors.items()}

    def by_id(self, account: UUID) -> Actor:
        return self.actors[self.names[account]]

    def of_office(self, role: Role) -> list[str]:
        """The names of those who hold an office."""
        return [name for name, actor in self.actors.items() if role in actor.roles]

    def of_organisation(self, organisation: UUID) -> list[str]:
        """The names of those who belong to an organisation, whatever they may do there."""
        return [name for name, actor in self.actors.items() if organisation in actor.belongs_to]


async def make_people() -> People:
    """The people, in a database that knows nobody yet."""
    actors: dict[str, Actor] = {}
    organisations: list[UUID] = []
    for number, code in enumerate(("0200571233", "0201234569", "0100109106"), start=1):
        organisation, owner = await make_organisation(f"Công ty Số {number}", code, f"Chủ {number}")
        organisations.append(organisation.id)
        actors[f"owner of {number}"] = owner
    for name in dict.fromkeys([*OFFICES, *MEMBERS]):
        roles = OFFICES.get(name, (Role.APPLICANT,))
        actors[name] = await make_actor(*roles, name=name, email=f"{name.replace(' ', '-')}@benthu.test")
    for name, (place, standing) in MEMBERS.items():
        await insert_membership(actors[name].id, organisations[place], standing)
        actors[name] = await as_of_now(actors[name])
    await _let_sign(actors)
    return People(actors, organisations)


async def _let_sign(actors: dict[str, Actor]) -> None:
    """One signs alone, one only what was countersigned, two countersign, one of them signs as well."""
    admin, since = actors["administrator"], today() - timedelta(days=1)
    await let_sign(actors["chairman"].id, admin, from_on=since)
    await let_sign(actors["deputy"].id, admin, **{**DEPUTY, "from_on": since}, asks_countersign=True)
    await let_sign(actors["head of division"].id, admin, **{**HEAD, "from_on": since})
    await let_sign(actors["officer who signs"].id, admin, **{**DEPUTY, "from_on": since})
    await let_sign(actors["officer who signs"].id, admin, **{**HEAD, "from_on": since})
