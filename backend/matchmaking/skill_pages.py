"""Pages of the skill graph: search, a field and what lies below, one skill and its neighbours."""

from __future__ import annotations

from litestar import Controller, get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from backend.kit.pages import AnyRequest, language_of
from backend.matchmaking import offers, skills
from backend.matchmaking.schemas import OfferFilters
from backend.matchmaking.views import show


class SkillPages(Controller):
    """`/skills`"""

    path = "/skills"

    @get()
    async def show_skills(self, q: FromQuery[str] = "") -> Template:
        """The fields of the graph, or what a search finds."""
        return show("skills", q=q[:200], found=skills.search_skills(q[:200]), branches=skills.branches())

    @get("/{key:str}")
    async def show_skill(self, request: AnyRequest, key: FromPath[str]) -> Template:
        """One skill: what it is, its neighbourhood as a picture and as a list, who offers it."""
        skill, lang = skills.get_skill(key), language_of(request)
        return show(
            "skill",
            skill=skill,
            field=skills.get_skill(skills.graph().branch(key)),
            neighbours=skills.neighbours_of(key, lang),
            edges=skills.EDGES,
            picture=skills.picture_of(key, lang),
            offers=(await offers.list_offers(OfferFilters(skill=key))).total,
        )
