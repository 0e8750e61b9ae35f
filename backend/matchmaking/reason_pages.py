"""Pages of reasons: why a partner fits a need, and why one is not among those suggested."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit.pages import AnyRequest, language_of
from backend.matchmaking import domain, offers
from backend.matchmaking.schemas import OfferFilters
from backend.matchmaking.views import picture_of, show


class ReasonPages(Controller):
    """`/partners/needs/{need_id}/…`"""

    path = "/partners/needs/{need_id:uuid}"
    guards = (requires(*domain.SEEKERS),)

    @get("/offers/{offer_id:uuid}")
    async def show_reasons(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        need_id: FromPath[UUID],
        offer_id: FromPath[UUID],
    ) -> Template:
        """Why one partner fits, to the last digit, with pictures of the ways through the graph."""
        need, offer, explanation = await domain.explain_partner(actor, need_id, offer_id)
        lang = language_of(request)
        return show(
            "why",
            need=need,
            offer=offer,
            explanation=explanation,
            checks=[domain.said_of(check) for check in explanation.checks if check.asked],
            pictures={
                answer.skill: picture_of(answer.path, offer, lang)
                for answer in explanation.answers
                if answer.path
            },
            state=domain.state_with(need, offer_id),
        )

    @get("/why-not")
    async def search_partner(
        self, actor: NamedDependency[Actor], need_id: FromPath[UUID], q: FromQuery[str] = ""
    ) -> Template:
        """Look for a partner one misses, among the offers open to see."""
        need = await domain.get_need(actor, need_id)
        found = await offers.list_offers(OfferFilters(q=q[:200])) if q.strip() else None
        return show("why_not_search", need=need, q=q[:200], found=found)

    @get("/why-not/{offer_id:uuid}")
    async def show_why_not(
        self, actor: NamedDependency[Actor], need_id: FromPath[UUID], offer_id: FromPath[UUID]
    ) -> Template:
        """Why this one is not among those suggested, and what single change would help."""
        need, found = await domain.why_not(actor, need_id, offer_id)
        return show("why_not", need=need, found=found)
