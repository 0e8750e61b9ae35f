"""The JSON interface of trials for those who take part or supervise."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.trials import domain, views
from backend.trials.addresses import FILTERS
from backend.trials.schemas import Filters, Reason


class TrialApi(Controller):
    """`/api/v1/trials`"""

    path = "/api/v1/trials"
    dependencies = FILTERS
    tags = ("Trials",)
    guards = (requires(),)

    @get()
    async def list_trials(
        self,
        actor: NamedDependency[Actor],
        filters: NamedDependency[Filters],
        page: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1,
    ) -> views.TrialList:
        """All trials for those who supervise, the first to end on top; the caller's own otherwise."""
        if not actor.has(*domain.OVERSEERS):
            mine = [views.line_of(one) for one in await domain.list_mine(actor)]
            return views.TrialList(items=mine, total=len(mine), page=1, size=max(len(mine), 1))
        found = await domain.list_trials(actor, filters, page)
        lines = [views.line_of(one) for one in found.items]
        return views.TrialList(items=lines, total=found.total, page=found.page, size=found.size)

    @get("/{trial_id:uuid}")
    async def get_trial(self, actor: NamedDependency[Actor], trial_id: FromPath[UUID]) -> views.TrialView:
        """One trial with limits, conditions, reports due, clocks, history and one's steps."""
        return await views.view_of(actor, await domain.get_trial(actor, trial_id))

    @post("/{trial_id:uuid}/transitions/{transition:str}", status_code=200)
    async def take_step(
        self,
        actor: NamedDependency[Actor],
        trial_id: FromPath[UUID],
        transition: FromPath[str],
        data: JSONBody[Reason],
    ) -> views.TrialView:
        """Take a step: start, suspend, resume, end or revoke; `reason` where the rule file asks for one."""
        return await views.view_of(actor, await domain.move_trial(actor, trial_id, transition, data.reason))
