"""The rounds of supplement requests of a case: what was asked, and what came beside what was there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.applications import domain
from backend.applications.difference import compared
from backend.applications.dossier import rules_of, state_of
from backend.applications.forms import day_of
from backend.applications.opened import MACHINE, asked_of, label_of, parts_of
from backend.applications.supplement_schemas import Judgement, Kind, NewItem
from backend.kit.errors import BenThuError, Invalid, NotFound
from backend.kit.pages import AnyRequest, Form, flash, language_of, page, read_form, see_other
from backend.kit.text import Text

KINDS: tuple[Kind, ...] = ("field", "document")


class RoundPages(Controller):
    """`/cases/{id}/supplements`"""

    path = "/cases/{application_id:uuid}/supplements"
    guards = (requires(),)

    @get()
    async def show_rounds(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Template:
        """Every round, the latest first."""
        return await _rounds_page(request, actor, application_id)

    @post("/answers")
    async def judge_answers(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Accept each answer, or mark it to be asked for again."""
        form = await read_form(request)
        try:
            judgements = _judgements(form)
            await domain.judge_answers(actor, application_id, judgements)
        except Invalid as invalid:
            errors = {f"remark.{name}": text for name, text in invalid.fields.items()}
            return await _rounds_page(request, actor, application_id, form.values(), errors, invalid.status)
        if all(one.accepted for one in judgements.values()):
            flash(request, Text("Đã chấp nhận phần bổ sung.", "The supplement is accepted."))
            return see_other(f"/cases/{application_id}")
        return see_other(f"/cases/{application_id}/intake/request")

    @post("/due")
    async def move_due_date(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Give the applicant more time."""
        form = await read_form(request)
        try:
            due_on = day_of(form.text("due_on"))
            await domain.move_due_date(actor, application_id, due_on, form.text("reason"))
        except BenThuError as refused:
            return await _refused(request, actor, application_id, refused, form, "due")
        flash(request, Text("Đã lùi thời hạn bổ sung.", "The applicant has more time."))
        return see_other(f"/cases/{application_id}/supplements")

    @post("/items")
    async def add_item(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Ask for one thing more."""
        form = await read_form(request)
        kind, _, key = form.text("target").partition(".")
        item = NewItem(kind="document" if kind == "document" else "field", key=key, fault=form.text("fault"))
        try:
            await domain.add_item(actor, application_id, item)
        except Invalid as invalid:
            errors = {"fault" if key else "target": text for text in invalid.fields.values()}
            typed = {f"add.{name}": value for name, value in form.values().items()}
            return await _rounds_page(request, actor, application_id, typed, errors, invalid.status)
        flash(request, Text("Đã thêm mục cần bổ sung.", "The item is added."))
        return see_other(f"/cases/{application_id}/supplements")

    @post("/items/{item_id:uuid}/cancel")
    async def cancel_item(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        item_id: FromPath[UUID],
    ) -> Response[Any]:
        """Ask for one thing less."""
        form = await read_form(request)
        try:
            await domain.cancel_item(actor, application_id, item_id, form.text("reason"))
        except BenThuError as refused:
            return await _refused(request, actor, application_id, refused, form, str(item_id))
        flash(request, Text("Đã bỏ mục này khỏi yêu cầu.", "The item is taken out of the request."))
        return see_other(f"/cases/{application_id}/supplements")

    @post("/cancel")
    async def cancel_supplement(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Take the whole request back."""
        form = await read_form(request)
        try:
            await domain.cancel_supplement(actor, application_id, form.text("reason"))
        except BenThuError as refused:
            return await _refused(request, actor, application_id, refused, form, "cancel")
        flash(
            request,
            Text(
                "Đã hủy yêu cầu; thời hạn giải quyết chạy tiếp.",
                "The request is cancelled; the authority's clock runs on.",
            ),
        )
        return see_other(f"/cases/{application_id}")


def _judgements(form: Form) -> dict[UUID, Judgement]:
    """What was chosen for each item (`judge.<id>`). Raises NotFound for what is no id."""
    found = {}
    for name in form.names():
        if name.startswith("judge.") and form.text(name) in {"accept", "again"}:
            key = name.removeprefix("judge.")
            try:
                item = UUID(key)
            except ValueError:
                raise NotFound from None
            accepted = form.text(name) == "accept"
            found[item] = Judgement(accepted=accepted, remark=form.text(f"remark.{key}")[:2000])
    if not found:
        raise Invalid(fields={"": _JUDGE})
    return found


async def _refused(
    request: AnyRequest,
    actor: Actor,
    application_id: UUID,
    refused: BenThuError,
    form: Form,
    place: str,
) -> Template:
    """The page again, what is wrong beside the form (`place`) it was sent with."""
    if refused.status == NotFound.status:
        raise refused
    errors = {f"{place}.{name}": text for name, text in refused.fields.items()} or {"": refused.text}
    typed = {f"{place}.{name}": value for name, value in form.values().items()}
    return await _rounds_page(request, actor, application_id, typed, errors, refused.status)


async def _rounds_page(
    request: AnyRequest,
    actor: Actor,
    application_id: UUID,
    typed: dict[str, str] | None = None,
    errors: dict[str, Text] | None = None,
    status: int = 200,
) -> Template:
    application = await domain.get_application(actor, application_id)
    programme, lang = rules_of(application), language_of(request)
    requests = await domain.supplements_of(application)
    uploads = await domain.uploads_of(application, replaced=True)
    asked = asked_of(programme, requests[-1]) if requests else frozenset()
    is_officer = "officer" in domain.roles_on(actor, application) and application.handler_id in {
        None,
        actor.id,
    }
    return page(
        "applications/rounds.html",
        status=status,
        application=application,
        rounds=[(one, compared(programme, one, uploads, lang)) for one in reversed(requests)],
        states=programme.machines[MACHINE].states if MACHINE in programme.machines else {},
        is_officer=is_officer,
        phase=state_of(application).phase,
        others=[
            (f"{kind}.{key}", label_of(programme, (kind, key)))
            for kind in KINDS
            for key in parts_of(programme, kind)
            if (kind, key) not in asked
        ],
        typed=typed or {},
        errors=errors or {},
    )


_JUDGE = Text(
    "Hãy chọn cho từng mục: chấp nhận hoặc yêu cầu lại.", "Choose for each item: accept or ask again."
)
