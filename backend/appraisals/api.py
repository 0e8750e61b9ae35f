"""The JSON interface of appraisal."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.appraisals import domain
from backend.appraisals.schemas import AppraisalView, Assignment, Declaration, Scores


class AppraisalApi(Controller):
    """`/api/v1/applications/{id}/appraisal`"""

    path = "/api/v1/applications/{application_id:uuid}/appraisal"
    tags = ("Appraisal",)
    guards = (requires(Role.APPRAISER, Role.OFFICER, Role.AUTHORITY, Role.AUDITOR),)

    @get()
    async def get_appraisal(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> AppraisalView:
        """One's own part, the sheet and the summary, each as far as it is open to the caller."""
        return await _view(actor, application_id)

    @post("/assign", status_code=200)
    async def assign(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[Assignment]
    ) -> AppraisalView:
        """Ask people to appraise."""
        await domain.assign_appraisers(actor, application_id, data.appraisers)
        return await _view(actor, application_id)

    @post("/declare", status_code=200)
    async def declare(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[Declaration]
    ) -> AppraisalView:
        """Say whether one has a conflict of interest; with one the case is closed to the caller."""
        await domain.declare_conflict(actor, application_id, data.conflict, data.reason)
        return await _view(actor, application_id)

    @post("/scores", status_code=200)
    async def give_scores(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[Scores]
    ) -> AppraisalView:
        """Hand in one's sheet, once."""
        await domain.submit_scores(actor, application_id, data.scores, data.remarks)
        return await _view(actor, application_id)

    @post("/conclude", status_code=200)
    async def conclude(self, actor: NamedDependency[Actor], application_id: FromPath[UUID]) -> AppraisalView:
        """Close the appraisal; 409 with the rule while sheets are missing."""
        await domain.conclude_appraisal(actor, application_id)
        return await _view(actor, application_id)


async def _view(actor: Actor, application_id: UUID) -> AppraisalView:
    mine = await domain.find_part(actor, application_id)
    if mine is not None and mine.conflict == "declared":
        return AppraisalView(mine=mine, sheet=None, summary=None)
    application = await domain.get_case(actor, application_id)
    if mine is not None and mine.conflict is None:
        return AppraisalView(mine=mine, sheet=None, summary=None)
    return AppraisalView(
        mine=mine, sheet=domain.sheet_of(application), summary=await domain.summary_of(actor, application)
    )
