"""Pages of decision: the officer drafts, checks and proposes; others countersign, sign or return.

A decision in force is recalled or replaced by the same way, begun at `/succession`.
"""

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
from backend.applications.schemas import Application
from backend.decisions import domain, signing, steps
from backend.decisions.draft import MACHINE, first_draft, successor_kinds
from backend.decisions.forms import Typed, as_typed, count_rows, read_proposal, tidy
from backend.decisions.library import with_library
from backend.decisions.schemas import Decision
from backend.kit.errors import BenThuError, Invalid, NotFound
from backend.kit.pages import AnyRequest, Form, flash, language_of, page, read_form, see_other
from backend.kit.text import Text
from sandbox_rules import DecisionKind, Programme

ACTION = "action"


class DecisionPages(Controller):
    """`/cases/{id}/decision`"""

    path = "/cases/{application_id:uuid}/decision"
    guards = (requires(),)

    @get()
    async def show_decision(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Template:
        """The draft to write, the proposal to sign, or the decision; the applicant sees what was signed."""
        return await _page(request, actor, application_id)

    @get("/succession")
    async def show_succession(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Template:
        """The draft that recalls or replaces the decision in force."""
        application = await domain.get_case(actor, application_id)
        decisions = await domain.decisions_of(actor, application)
        if "propose_succession" not in steps.open_steps(actor, application, decisions):
            raise NotFound
        programme = await _rules(application)
        draft = domain.next_draft(application, decisions, programme)
        typed = as_typed(programme, draft, language_of(request))
        return await _page(request, actor, application_id, typed)

    @post("/preview")
    async def preview(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Template:
        """Check the draft and read it as it would be signed; `action=edit` goes back to the form."""
        application = await domain.get_case(actor, application_id)
        form = await read_form(request)
        typed = _typed(form)
        succeeded, is_open = await _place_of(actor, application, typed)
        if not is_open:
            raise NotFound
        if form.text(ACTION) == "edit":
            return await _page(request, actor, application_id, typed)
        proposal, wrong = read_proposal(await _rules(application), typed, succeeded)
        if wrong:
            return await _page(request, actor, application_id, typed, Invalid(fields=wrong))
        return page(
            "decisions/check.html",
            application=application,
            typed=typed,
            text=await domain.preview(application, proposal, language_of(request), succeeded),
        )

    @post("/propose")
    async def propose(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Put the draft before the authority."""
        application = await domain.get_case(actor, application_id)
        typed = _typed(await read_form(request))
        succeeded, is_open = await _place_of(actor, application, typed)
        proposal, wrong = read_proposal(await _rules(application), typed, succeeded)
        try:
            if wrong and is_open:
                raise Invalid(fields=wrong)
            await domain.propose_decision(actor, application_id, proposal)
        except BenThuError as refused:
            return await _again(request, actor, application_id, typed, refused)
        flash(request, Text("Đã trình dự thảo quyết định.", "The draft is proposed."))
        return see_other(f"/cases/{application_id}/decision")

    @post("/countersign")
    async def countersign(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Countersign the draft that was read."""
        form = await read_form(request)
        try:
            if form.text("confirm") != "yes":
                await domain.get_case(actor, application_id)
                raise Invalid(fields={"confirm": _CONFIRM})
            ids = _id(form, "proposal"), _id(form, "authority")
            await domain.countersign_decision(actor, application_id, *ids)
        except BenThuError as refused:
            return await _again(request, actor, application_id, form.values(), refused)
        flash(request, Text("Đã ký kiểm tra dự thảo.", "The draft is countersigned."))
        return see_other(f"/cases/{application_id}/decision")

    @post("/return")
    async def return_proposal(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Send the draft back with a reason."""
        form = await read_form(request)
        try:
            await domain.return_proposal(
                actor,
                application_id,
                form.text("reason"),
                _id(form, "proposal"),
                appraise_again=form.text("to") == "council",
            )
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
            ids = _id(form, "proposal"), _id(form, "authority")
            await domain.sign_decision(actor, application_id, *ids)
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
    open_now = steps.open_steps(actor, application, decisions)
    common: dict[str, Any] = {
        "application": application,
        "programme": await _rules(application),
        "errors": {} if refused is None else refused.fields or {"": refused.text},
        "source": refused.source if refused else "",
        "decisions": decisions,
        "last": decisions[-1] if decisions else None,
    }
    status = refused.status if refused else 200
    is_next = bool(typed and typed.get("succeeds")) and "propose_succession" in open_now
    if "propose" in open_now or is_next:
        return _draft_page(request, common, typed, status)
    if not decisions and "applicant" in applications.roles_on(actor, application):
        raise NotFound
    return await _proposal_page(request, actor, common, open_now, typed, status)


def _draft_page(request: AnyRequest, common: dict[str, Any], typed: Typed | None, status: int) -> Template:
    application, programme, lang = common["application"], common["programme"], language_of(request)
    decisions: list[Decision] = common["decisions"]
    draft = domain.next_draft(application, decisions, programme)
    shown = as_typed(programme, draft, lang) if typed is None else typed
    in_force = steps.in_force_of(decisions)
    return page(
        "decisions/draft.html",
        status,
        **common,
        typed=shown,
        rows=count_rows(shown),
        kinds=successor_kinds(programme, in_force)
        if in_force
        else [one for one in programme.decisions.values() if one.machine == MACHINE],
        in_force=in_force,
        limits=[one for one in programme.limits.values() if one.judged != "until"],
        asked=as_typed(programme, first_draft(programme, application), lang),
    )


async def _proposal_page(
    request: AnyRequest,
    actor: Actor,
    common: dict[str, Any],
    open_now: frozenset[str],
    typed: Typed | None,
    status: int,
) -> Template:
    application, decisions, last = common["application"], common["decisions"], common["last"]
    kind = common["programme"].decisions[last.kind] if last else None
    text = await domain.text_of(application, last, decisions, language_of(request)) if last else None
    return page(
        "decisions/decision.html",
        status,
        **common,
        **await _open_to(actor, decisions, last, kind, open_now),
        typed=typed or {},
        kind=kind,
        text=text,
        in_force=steps.in_force_of(decisions),
        changes=domain.changes_since(application, decisions, last) if last else [],
        may_succeed="propose_succession" in open_now,
    )


async def _open_to(
    actor: Actor,
    decisions: list[Decision],
    last: Decision | None,
    kind: DecisionKind | None,
    open_now: frozenset[str],
) -> dict[str, Any]:
    """What the reader may do with the open draft, by which authority, and whether they had a hand in it."""
    if last is None or kind is None or not last.is_open:
        return dict.fromkeys(("may_sign", "may_countersign", "may_return"), False)
    track = steps.track_of(last.succeeds)
    may_sign = steps.signing_step(kind, last.succeeds) in open_now
    may_countersign = track.countersign in open_now
    drafts = steps.drafts_of(decisions, last.succeeds)
    to_sign = await signing.authorities_of(actor, "sign", last.kind) if may_sign else []
    to_countersign = await signing.authorities_of(actor, "countersign", last.kind) if may_countersign else []
    return {
        "may_sign": may_sign,
        "may_countersign": may_countersign and bool(to_countersign),
        "may_return": track.give_back in open_now,
        "may_appraise_again": track.appraise_again in open_now,
        "is_own": not signing.is_another_person(actor, "sign", drafts),
        "authorities": to_sign,
        "countersigning": to_countersign,
        "asks_countersign": kind.countersign or any(one.asks_countersign for one in to_sign[:1]),
    }


async def _rules(application: Application) -> Programme:
    """The rule file with the agency's own conditions laid over it."""
    return await with_library(applications.rules_of(application))


async def _place_of(actor: Actor, application: Application, typed: Typed) -> tuple[Decision | None, bool]:
    """The decision this draft recalls or replaces, and whether a draft may be proposed now.

    Raises NotFound for a decision that is not the one in force.
    """
    decisions = await domain.decisions_of(actor, application)
    in_force = steps.in_force_of(decisions)
    succeeds = typed.get("succeeds", "")
    if succeeds and (in_force is None or succeeds != str(in_force.id)):
        raise NotFound
    succeeded = in_force if succeeds else None
    step = steps.track_of(succeeded.id if succeeded else None).propose
    return succeeded, step in steps.open_steps(actor, application, decisions)


async def _again(
    request: AnyRequest, actor: Actor, application_id: UUID, typed: Typed, refused: BenThuError
) -> Response[Any]:
    """The page with what stands in the way and with everything typed."""
    if isinstance(refused, NotFound):
        raise refused
    return await _page(request, actor, application_id, typed, refused)


def _typed(form: Form) -> Typed:
    return tidy({name: value for name, value in form.values().items() if name != ACTION})


def _id(form: Form, name: str) -> UUID | None:
    """An id the page carried. Raises NotFound for what is no id."""
    try:
        return UUID(form.text(name)) if form.text(name) else None
    except ValueError:
        raise NotFound from None


_CONFIRM = Text(
    "Xác nhận bạn đã đọc dự thảo trước khi ký.", "Confirm that you have read the draft before you sign it."
)
