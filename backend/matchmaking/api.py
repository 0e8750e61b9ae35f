"""The JSON interface of needs, offers, introductions and skills, under `/api/v1`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit.text import Text
from backend.matchmaking import domain, offers, skills
from backend.matchmaking.schemas import (
    Need,
    NeedForm,
    NewNeed,
    OfferFilters,
    PublicOffer,
    Suggestions,
)
from matching import Skill

Words = Annotated[str, QueryParameter(max_length=200)]


class ChangedNeed(NeedForm, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A need as it shall be, and the revision it was made from."""

    revision: int


class OffersView(Struct, frozen=True, kw_only=True):
    """One page of offers; `page` counts from 1."""

    items: list[PublicOffer]
    total: int
    page: int
    size: int


class SkillView(Struct, frozen=True, kw_only=True):
    """One skill; lists hold keys of neighbours."""

    key: str
    label: Text
    scope: Text
    aliases: list[str]
    broader: list[str]
    narrower: list[str]
    related: list[str]
    used_in: list[str]
    uses: list[str]


class NeedApi(Controller):
    """`/api/v1/needs`"""

    path = "/api/v1/needs"
    tags = ("Partners",)
    guards = (requires(*domain.SEEKERS),)

    @get()
    async def list_needs(self, actor: NamedDependency[Actor]) -> list[Need]:
        """The needs of the caller's organisations: open ones first, then the newest."""
        return await domain.list_needs(actor)

    @post()
    async def create_need(self, actor: NamedDependency[Actor], data: JSONBody[NewNeed]) -> Need:
        """Say what an organisation of the caller looks for."""
        return await domain.create_need(actor, data)

    @get("/{need_id:uuid}")
    async def get_need(self, actor: NamedDependency[Actor], need_id: FromPath[UUID]) -> Need:
        """One need of the caller's organisations."""
        return await domain.get_need(actor, need_id)

    @put("/{need_id:uuid}")
    async def change_need(
        self, actor: NamedDependency[Actor], need_id: FromPath[UUID], data: JSONBody[ChangedNeed]
    ) -> Need:
        """Change an open need. 409 when `revision` is not the stored one."""
        return await domain.change_need(actor, need_id, data.revision, data)

    @get("/{need_id:uuid}/suggestions")
    async def suggest_partners(self, actor: NamedDependency[Actor], need_id: FromPath[UUID]) -> Suggestions:
        """Ranked partners with reasons, how they cover the skills, and what nobody covers."""
        return await domain.suggest_partners(actor, await domain.get_need(actor, need_id))


class OfferApi(Controller):
    """`/api/v1/offers`"""

    path = "/api/v1/offers"
    tags = ("Partners",)
    guards = (requires(),)

    @get()
    async def list_offers(
        self,
        q: Words = "",
        kind: Words = "",
        skill: Words = "",
        language: Words = "",
        form: Words = "",
        page: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1,
    ) -> OffersView:
        """The offers whose owners agreed to be found."""
        filters = OfferFilters(q=q, kind=kind, skill=skill, language=language, form=form)
        found = await offers.list_offers(filters, page)
        return OffersView(items=found.items, total=found.total, page=found.page, size=found.size)

    @get("/{offer_id:uuid}")
    async def get_offer(self, actor: NamedDependency[Actor], offer_id: FromPath[UUID]) -> PublicOffer:
        """One offer whose owner agreed to be found."""
        return await offers.get_offer(actor, offer_id)


class SkillApi(Controller):
    """`/api/v1/skills`"""

    path = "/api/v1/skills"
    tags = ("Partners",)

    @get(security=[{}])
    async def list_skills(self, q: Words = "") -> list[SkillView]:
        """The skills a search finds, without regard to marks; without `q` all of them."""
        found = skills.search_skills(q) if q.strip() else list(skills.graph())
        return [_view(skill) for skill in found]

    @get("/{key:str}", security=[{}])
    async def get_skill(self, key: FromPath[str]) -> SkillView:
        """One skill and the keys of its neighbours."""
        return _view(skills.get_skill(key))


def _view(skill: Skill) -> SkillView:
    around = skills.neighbours_of(skill.key, "en")
    keys = {edge: [other.key for other in around.get(edge, [])] for edge in skills.EDGES}
    return SkillView(
        key=skill.key,
        label=skills.label_of(skill.key),
        scope=Text(skill.scope.vi, skill.scope.en),
        aliases=[*skill.aliases.vi, *skill.aliases.en],
        **keys,
    )
