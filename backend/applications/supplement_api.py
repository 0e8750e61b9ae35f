"""The JSON interface of intake: the check list, rounds of supplement requests."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.applications import domain
from backend.applications.checklist import Intake
from backend.applications.supplement_schemas import (
    CheckLine,
    Checklist,
    Judgement,
    NewDueDate,
    NewItem,
    NewMarks,
    Reason,
    Request,
)
from backend.kit.text import Text


class SupplementApi(Controller):
    """`/api/v1/applications/{id}/supplements`"""

    path = "/api/v1/applications/{application_id:uuid}/supplements"
    tags = ("Supplements",)
    guards = (requires(),)

    @get()
    async def list_supplements(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> list[Request]:
        """Every round, the first first; answers as stored, documents as ids of uploads."""
        return await domain.supplements_of(await domain.get_application(actor, application_id))

    @put("/open/due")
    async def move_due_date(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[NewDueDate]
    ) -> Request:
        """Give the applicant more time, within the law."""
        return await domain.move_due_date(actor, application_id, data.due_on, data.reason)

    @post("/open/items")
    async def add_item(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[NewItem]
    ) -> Request:
        """Ask for one thing more."""
        return await domain.add_item(actor, application_id, data)

    @post("/open/items/{item_id:uuid}/cancel", status_code=200)
    async def cancel_item(
        self,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        item_id: FromPath[UUID],
        data: JSONBody[Reason],
    ) -> list[Request]:
        """Ask for one thing less; with the last one the whole request is cancelled."""
        return await domain.supplements_of(
            await domain.cancel_item(actor, application_id, item_id, data.reason)
        )

    @post("/answers", status_code=200)
    async def judge_answers(
        self,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        data: JSONBody[dict[UUID, Judgement]],
    ) -> list[Request]:
        """Accept answers, or mark them to be asked for again, by the ids of their items."""
        return await domain.supplements_of(await domain.judge_answers(actor, application_id, data))


class ChecklistApi(Controller):
    """`/api/v1/applications/{id}/checklist`"""

    path = "/api/v1/applications/{application_id:uuid}/checklist"
    tags = ("Supplements",)
    guards = (requires(),)

    @get()
    async def get_checklist(self, actor: NamedDependency[Actor], application_id: FromPath[UUID]) -> Checklist:
        """The caller's own check list of a case."""
        return _view(await domain.intake_of(actor, application_id))

    @put()
    async def save_checklist(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], data: JSONBody[NewMarks]
    ) -> Checklist:
        """Lay marks over the stored ones; null takes one away. 409 when `revision` is not the stored one."""
        await domain.save_marks(actor, application_id, data.marks, data.revision)
        return _view(await domain.intake_of(actor, application_id))


def _view(intake: Intake) -> Checklist:
    return Checklist(
        revision=intake.sheet.revision,
        lines=[
            CheckLine(
                name=line.name,
                label=line.label,
                source=Text(line.source.title.vi, line.source.title.en),
                is_confirmed=line.source.confirmed,
                required=line.required,
                is_there=line.is_there,
                outcome=line.finding.outcome if line.finding else None,
                mark=line.mark,
                remark=line.remark,
            )
            for group in intake.groups
            for line in group.lines
        ],
    )
