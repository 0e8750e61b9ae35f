"""Pages of trials: the list of those who supervise or take part, one trial with its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, flash, page, read_form, see_other
from backend.kit.text import Text
from backend.programmes import domain as programmes
from backend.trials import domain, views
from backend.trials.addresses import Addresses, read_filters
from backend.trials.labels import labels, tone_of
from backend.trials.schemas import Trial


class TrialPages(Controller):
    """`/trials`"""

    path = "/trials"
    guards = (requires(),)

    @get()
    async def list_trials(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        number: Annotated[int, QueryParameter(name="page", ge=1, le=10_000)] = 1,
    ) -> Template:
        """The trials of the reader: all for those who supervise, one's own for who takes part."""
        filters = read_filters(request.query_params)
        if not actor.has(*domain.OVERSEERS):
            mine = [views.line_of(one) for one in await domain.list_mine(actor)]
            return page("trials/mine.html", trials=mine)
        found = await domain.list_trials(actor, filters, number)
        return page(
            "trials/index.html",
            found=found,
            lines=[views.line_of(one) for one in found.items],
            addresses=Addresses("/trials", filters),
            facets=await domain.list_facets(filters),
            labels=labels(),
        )

    @get("/{trial_id:uuid}")
    async def show_trial(self, actor: NamedDependency[Actor], trial_id: FromPath[UUID]) -> Template:
        """One trial: limits, conditions, clocks, reports due, history, and the steps open to the reader."""
        return await _trial_page(actor, await domain.get_trial(actor, trial_id))

    @post("/{trial_id:uuid}/steps/{transition:str}")
    async def take_step(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        trial_id: FromPath[UUID],
        transition: FromPath[str],
    ) -> Response[Any]:
        """Take a step of the trial, saying why where the rule file asks for it."""
        reason = (await read_form(request)).text("reason")
        try:
            trial = await domain.move_trial(actor, trial_id, transition, reason)
        except Invalid as invalid:
            trial = await domain.get_trial(actor, trial_id)
            # Each step has a field of its own on the page.
            errors = {f"reason-{transition}": text for text in invalid.fields.values()}
            return await _trial_page(actor, trial, errors, {transition: reason}, invalid.status)
        label = domain.state_of(trial).label
        flash(request, Text(f"Đã ghi nhận: {label.vi}.", f"On record: {label.en}."))
        return see_other(f"/trials/{trial_id}")


async def _trial_page(
    actor: Actor,
    trial: Trial,
    errors: Mapping[str, Text] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Template:
    return page(
        "trials/trial.html",
        status,
        trial=trial,
        view=await views.view_of(actor, trial),
        state=domain.state_of(trial),
        tone=tone_of(programmes.pinned(trial.pin), domain.state_of(trial)),
        decision=await domain.public_decision(trial.number),
        certificate=await domain.certificate_of(trial),
        is_participant=trial.organisation_id in actor.organisations,
        errors=errors or {},
        typed=typed or {},
    )
