"""The JSON interface of a case."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.cases import domain
from backend.cases.schemas import ActionView, Case, CaseView, ClockView, DocumentView, FileView
from backend.kit.text import Text
from sandbox_rules import Clock
from sandbox_rules.text import Text as RuleText


class CaseApi(Controller):
    """`/api/v1/cases`"""

    path = "/api/v1/cases"
    tags = ("Cases",)
    guards = (requires(),)

    @get("/{application_id:uuid}")
    async def get_case(self, actor: NamedDependency[Actor], application_id: FromPath[UUID]) -> CaseView:
        """One case: where it is, whose turn it is, by when, what the caller may do, what happened."""
        return view_of(await domain.get_case(actor, application_id))


def view_of(case: Case) -> CaseView:
    """The facts of the page; the key of the state and labels of offices for staff alone."""
    application, base = case.application, f"/cases/{case.application.id}"
    return CaseView(
        id=application.id,
        number=application.number,
        title=application.title,
        organisation_name=application.organisation_name,
        programme=_said(case.programme.title),
        state=application.state if case.access.view == "staff" else None,
        public_state=_said(case.state.public),
        holder=case.holder,
        since=case.since,
        next_step=_said(case.state.next),
        is_my_turn=case.is_my_turn,
        clocks=[_clock(one) for one in case.clocks + case.past_clocks],
        actions=[
            ActionView(key=one.key, label=one.label, href=one.href, blocked=one.blocked)
            for one in case.actions
        ],
        timeline=case.timeline,
        files=[
            FileView(
                slot=one.slot,
                filename=one.filename,
                size=one.size,
                sha256=one.sha256,
                uploaded_at=one.uploaded_at,
                href=f"{base}/files/{one.id}",
            )
            for document in case.dossier.documents
            for one in document.files
        ],
        documents=[DocumentView.of(one, f"/documents/{one.id}") for one in case.documents],
        trial=case.trial.id if case.trial else None,
    )


def _clock(one: Clock) -> ClockView:
    return ClockView(
        key=one.key,
        label=_said(one.label),
        state=one.state,
        unit=one.unit,
        limit=one.limit,
        used=one.used,
        left=one.left,
        started_on=one.started_on,
        due_on=one.due_on,
        ended_at=one.ended_at,
        source=_said(one.source.title),
        is_confirmed=one.source.confirmed,
    )


def _said(text: RuleText) -> Text:
    return Text(text.vi, text.en)
