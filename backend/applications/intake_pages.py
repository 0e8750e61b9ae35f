"""The officer's pages of intake: the check list, the request and the refusal that come of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template
from msgspec import convert

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.applications import domain
from backend.applications.checklist import Intake, drafted_reasons, faults_of, marks_of_the_rest
from backend.applications.dossier import MACHINE
from backend.applications.errors import StaleRevision
from backend.applications.forms import day_of, revision_of
from backend.applications.opened import label_of
from backend.applications.supplement_schemas import NewItem, Remark
from backend.kit.clock import today
from backend.kit.errors import BenThuError
from backend.kit.pages import AnyRequest, Form, flash, page, read_form, see_other
from backend.kit.text import Text
from sandbox_rules import Programme, calendar_of

MARKS = ("in_order", "lacking", "not_applicable")


class IntakePages(Controller):
    """`/cases/{id}/intake`"""

    path = "/cases/{application_id:uuid}/intake"
    guards = (requires(),)

    @get()
    async def show_checklist(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """The check list, as this officer has marked it."""
        intake = await domain.intake_of(actor, application_id)
        if not is_in_intake(intake):
            return see_other(f"/cases/{application_id}")
        return _checklist_page(intake)

    @post()
    async def save_checklist(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Save the marks; with a press go on to the request or the refusal they give."""
        form = await read_form(request)
        intake = await domain.intake_of(actor, application_id)
        marks = _marks_of(form, intake)
        try:
            await domain.save_marks(actor, application_id, marks, revision_of(form))
            if form.text("action") == "rest":
                marked = await domain.intake_of(actor, application_id)
                rest = marks_of_the_rest(marked.groups)
                await domain.save_marks(actor, application_id, rest, marked.sheet.revision)
        except StaleRevision as stale:
            latest = await domain.intake_of(actor, application_id)
            return _checklist_page(latest, marks, {"": stale.text}, stale.status)
        after = {"request": "/request", "refusal": "/refusal"}.get(form.text("action"), "")
        if not after:
            flash(request, Text("Đã lưu danh mục kiểm tra.", "The check list is saved."))
        return see_other(f"/cases/{application_id}/intake{after}")

    @get("/request")
    async def show_request(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """The supplement request the lacking marks give, to be read over and sent."""
        intake = await domain.intake_of(actor, application_id)
        if not is_in_intake(intake):
            return see_other(f"/cases/{application_id}")
        return _request_page(intake, faults_of(intake.programme, intake.grounds))

    @post("/request")
    async def send_request(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Send it: the applicant is asked, the clock stops."""
        form = await read_form(request)
        intake = await domain.intake_of(actor, application_id)
        items = items_of(form, intake.programme)
        try:
            due_on = day_of(form.text("due_on"))
            await domain.request_supplement(actor, application_id, items, due_on, form.text("reasons"))
        except BenThuError as refused:
            errors = refused.fields or {"": refused.text}
            return _request_page(intake, items, form.values(), errors, refused.status)
        flash(request, _ASKED)
        return see_other(f"/cases/{application_id}")

    @get("/refusal")
    async def show_refusal(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """The refusal to receive the lacking marks give, with what each reason rests on."""
        intake = await domain.intake_of(actor, application_id)
        if not is_in_intake(intake):
            return see_other(f"/cases/{application_id}")
        return _refusal_page(intake, drafted_reasons(intake.grounds))

    @post("/refusal")
    async def refuse_to_receive(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Refuse to receive the dossier; the case is closed."""
        form = await read_form(request)
        intake = await domain.intake_of(actor, application_id)
        try:
            await domain.refuse_to_receive(actor, application_id, form.text("reasons"))
        except BenThuError as refused:
            errors = refused.fields or {"": refused.text}
            return _refusal_page(intake, form.text("reasons"), errors, refused.status)
        flash(request, Text("Đã từ chối tiếp nhận và gửi lý do.", "Refused; the reasons are sent."))
        return see_other(f"/cases/{application_id}")


def is_in_intake(intake: Intake) -> bool:
    """Whether there is anything to check now."""
    return intake.programme.machines[MACHINE].states[intake.application.state].phase == "intake"


def latest_answer(programme: Programme) -> date | None:
    """The last day that may be given for a supplement asked for today, if the law has one."""
    for one in programme.deadlines.values():
        if "request_supplement" in one.after and one.owner == "applicant":
            if one.unit == "working_day":
                return calendar_of(programme.calendar).add_working_days(today(), one.within)
            return today() + timedelta(days=one.within)
    return None


def items_of(form: Form, programme: Programme) -> list[NewItem]:
    """What is ticked (`ask.field.team`), with the words typed beside it (`fault.field.team`)."""
    found = []
    for name in form.names():
        ask, _, target = name.partition(".")
        kind, _, key = target.partition(".")
        if ask == "ask" and kind in {"field", "document"} and form.text(name) == "yes":
            given = {"kind": kind, "key": key, "fault": form.text(f"fault.{target}")[:2000]}
            found.append(convert(given, NewItem))
    return found


def _marks_of(form: Form, intake: Intake) -> dict[str, Remark | None]:
    """The marks as chosen; a line without one has none."""
    found: dict[str, Remark | None] = {}
    for line in (one for group in intake.groups for one in group.lines):
        mark = form.text(f"mark.{line.name}")
        if mark in MARKS:
            given = {"mark": mark, "remark": form.text(f"remark.{line.name}")[:2000]}
            found[line.name] = convert(given, Remark)
        elif f"mark.{line.name}" in form.names():
            found[line.name] = None
    return found


def _checklist_page(
    intake: Intake,
    typed: dict[str, Remark | None] | None = None,
    errors: dict[str, Text] | None = None,
    status: int = 200,
) -> Template:
    lines = [one for group in intake.groups for one in group.lines]
    return page(
        "applications/checklist.html",
        status=status,
        intake=intake,
        application=intake.application,
        typed=typed or {},
        marked=sum(one.mark is not None for one in lines),
        total=len(lines),
        errors=errors or {},
    )


def _request_page(
    intake: Intake,
    items: list[NewItem],
    typed: dict[str, str] | None = None,
    errors: dict[str, Text] | None = None,
    status: int = 200,
) -> Template:
    programme = intake.programme
    chosen = {one.target: one.fault for one in items}
    return page(
        "applications/request.html",
        status=status,
        application=intake.application,
        chosen=[(target, label_of(programme, target), fault) for target, fault in chosen.items()],
        others=[
            (line.name.replace(":", "."), line.label, group.label)
            for group in intake.groups[1:]
            for line in group.lines
            if tuple(line.name.split(":")) not in chosen
        ],
        latest=latest_answer(programme),
        typed=typed or {},
        errors={name.replace("items.", "fault."): text for name, text in (errors or {}).items()},
    )


def _refusal_page(
    intake: Intake, reasons: str, errors: dict[str, Text] | None = None, status: int = 200
) -> Template:
    return page(
        "applications/refusal.html",
        status=status,
        application=intake.application,
        grounds=intake.grounds,
        reasons=reasons,
        errors=errors or {},
    )


_ASKED = Text(
    "Đã gửi yêu cầu bổ sung; thời hạn giải quyết tạm dừng.",
    "The supplement request is sent; the authority's clock stands still.",
)
