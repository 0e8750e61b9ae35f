"""Pages of decision: the officer drafts, checks and proposes; the authority reads, signs or returns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.decisions import domain
from backend.decisions.draft import MACHINE, first_draft
from backend.decisions.forms import Typed, as_typed, count_rows, read_proposal, tidy
from backend.decisions.schemas import Decision
from backend.kit.errors import BenThuError, Invalid, NotFound
from backend.kit.pages import AnyRequest, Form, flash, language_of, page, read_form, see_other
from backend.kit.text import Text

ACTION = "action"


class DecisionPages(Controller):
    """`/cases/{id}/decision`"""

    path = "/cases/{application_id:uuid}/decision"
    guards = (requires(),)

    @get()
    async def show_decision(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Template:
        """The draft to write, the proposal to sign, or the decision; the applicant sees the signed one."""
        return await _page(request, actor, application_id)

    @post("/preview")
    async def preview(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Template:
        """Check the draft and read it as it would be signed; `action=edit` goes back to the form."""
        application = await domain.get_case(actor, application_id)
        if "propose" not in domain.steps_open(actor, application):
            raise NotFound
        form = await read_form(request)
        typed = _typed(form)
        if form.text(ACTION) == "edit":
            return await _page(request, actor, application_id, typed)
        proposal, wrong = read_proposal(applications.rules_of(application), typed)
        if wrong:
            return await _page(request, actor, application_id, typed, Invalid(fields=wrong))
        return page(
            "decisions/check.html",
            application=application,
            typed=typed,
            text=domain.preview(application, proposal, language_of(request)),
        )

    @post("/propose")
    async def propose(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Put the draft before the authority."""
        application = await domain.get_case(actor, application_id)
        typed = _typed(await read_form(request))
        proposal, wrong = read_proposal(applications.rules_of(application), typed)
        try:
            if wrong and "propose" in domain.steps_open(actor, application):
                raise Invalid(fields=wrong)
            await domain.propose_decision(actor, application_id, proposal)
        except BenThuError as refused:
            return await _again(request, actor, application_id, typed, refused)
        flash(request, Text("Đã trình dự thảo quyết định.", "The draft is proposed."))
        return see_other(f"/cases/{application_id}/decision")

    @post("/return")
    async def return_proposal(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Send the draft back with a reason."""
        form = await read_form(request)
        try:
            await domain.return_proposal(actor, application_id, form.text("reason"), _proposal_id(form))
        except BenThuError as refused:
            return await _again(request, actor, application_id, form.values(), refused)
        flash(request, Text("Đã trả lại dự thảo.", "The draft is returned."))
        return see_other(f"/cases/{application_id}/decision")

    @post("/sign")
    async def sign(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Sign the draft that was read."""
        form = await read_form(request)
        try:
            if form.text("confirm") != "yes":
                await domain.get_case(actor, application_id)
                raise Invalid(fields={"confirm": _CONFIRM})
            await domain.sign_decision(actor, application_id, _proposal_id(form))
        except BenThuError as refused:
            return await _again(request, actor, application_id, form.values(), refused)
        flash(request, Text("Đã ký. Văn bản đang được ban hành.", "Signed. The document is being issued."))
        return see_other(f"/cases/{application_id}/decision")


async def _page(
    request: AnyRequest,
    actor: Actor,
    application_id: UUID,
    typed: Typed | None = None,
    refused: BenThuError | None = None,
) -> Template:
    application = await applications.get_application(actor, application_id)
    decisions = await domain.decisions_of(actor, application)
    steps = domain.steps_open(actor, application)
    common: dict[str, Any] = {
        "application": application,
        "programme": applications.rules_of(application),
        "errors": {} if refused is None else refused.fields or {"": refused.text},
        "source": refused.source if refused else "",
        "decisions": decisions,
        "last": decisions[-1] if decisions else None,
    }
    status = refused.status if refused else 200
    if "propose" in steps:
        return _draft_page(request, common, typed, status)
    if not decisions and "applicant" in applications.roles_on(actor, application):
        raise NotFound
    return _proposal_page(request, actor, common, steps, typed, status)


def _draft_page(request: AnyRequest, common: dict[str, Any], typed: Typed | None, status: int) -> Template:
    application, programme, lang = common["application"], common["programme"], language_of(request)
    draft = domain.next_draft(application, common["decisions"])
    shown = as_typed(programme, draft, lang) if typed is None else typed
    return page(
        "decisions/draft.html",
        status,
        **common,
        typed=shown,
        rows=count_rows(shown),
        kinds=[one for one in programme.decisions.values() if one.machine == MACHINE],
        limits=[one for one in programme.limits.values() if one.judged != "until"],
        asked=as_typed(programme, first_draft(programme, application), lang),
    )


def _proposal_page(
    request: AnyRequest,
    actor: Actor,
    common: dict[str, Any],
    steps: frozenset[str],
    typed: Typed | None,
    status: int,
) -> Template:
    application, last = common["application"], common["last"]
    kind = common["programme"].decisions[last.kind] if last else None
    return page(
        "decisions/decision.html",
        status,
        **common,
        typed=typed or {},
        kind=kind,
        text=domain.text_of(application, last, language_of(request)) if last else None,
        changes=domain.changes_since_return(application, common["decisions"]),
        may_sign=_is_proposed(last) and kind is not None and kind.transition in steps,
        may_return=_is_proposed(last) and "return_proposal" in steps,
        is_own=last is not None and last.proposed_by == actor.id,
    )


async def _again(
    request: AnyRequest, actor: Actor, application_id: UUID, typed: Typed, refused: BenThuError
) -> Template:
    """The page with what stands in the way and with everything typed."""
    if isinstance(refused, NotFound):
        raise refused
    return await _page(request, actor, application_id, typed, refused)


def _is_proposed(decision: Decision | None) -> bool:
    return decision is not None and decision.state == "proposed"


def _typed(form: Form) -> Typed:
    return tidy({name: value for name, value in form.values().items() if name != ACTION})


def _proposal_id(form: Form) -> UUID | None:
    """The draft the page showed. Raises NotFound for what is no id."""
    try:
        return UUID(form.text("proposal")) if form.text("proposal") else None
    except ValueError:
        raise NotFound from None


_CONFIRM = Text(
    "Xác nhận bạn đã đọc dự thảo trước khi ký.", "Confirm that you have read the draft before you sign it."
)
