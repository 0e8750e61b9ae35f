"""Pages of appraisal: declare, score, assign, conclude; one address, another page for each part in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.appraisals import domain
from backend.kit.errors import BenThuError, Invalid, NotFound
from backend.kit.pages import AnyRequest, Form, flash, page, read_form, see_other
from backend.kit.text import Text


class AppraisalPages(Controller):
    """`/cases/{id}/appraisal`"""

    path = "/cases/{application_id:uuid}/appraisal"
    guards = (requires(Role.APPRAISER, Role.OFFICER, Role.AUTHORITY, Role.AUDITOR),)

    @get()
    async def show_appraisal(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """The declaration, the sheet, or the progress, by one's part in the appraisal."""
        return await _page(actor, application_id)

    @post("/assign")
    async def assign(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Ask people to appraise."""
        form = await read_form(request)
        try:
            await domain.assign_appraisers(actor, application_id, _ids(form.all("appraisers")))
        except BenThuError as refused:
            return await _again(actor, application_id, form, refused)
        flash(request, Text("Đã phân công người thẩm định.", "The appraisers are assigned."))
        return see_other(f"/cases/{application_id}/appraisal")

    @post("/declare")
    async def declare(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Say whether one has a conflict of interest."""
        form = await read_form(request)
        try:
            said = form.text("conflict")
            if said not in {"yes", "no"}:
                raise Invalid(fields={"conflict": _SAY_WHETHER})
            await domain.declare_conflict(actor, application_id, said == "yes", form.text("reason"))
        except BenThuError as refused:
            return await _again(actor, application_id, form, refused)
        return see_other(f"/cases/{application_id}/appraisal")

    @post("/scores")
    async def give_scores(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Hand in one's sheet."""
        form = await read_form(request)
        try:
            await domain.submit_scores(actor, application_id, _marks(form), form.text("remarks"))
        except BenThuError as refused:
            return await _again(actor, application_id, form, refused)
        flash(request, Text("Đã gửi phiếu chấm của bạn.", "Your sheet is in."))
        return see_other(f"/cases/{application_id}/appraisal")

    @post("/conclude")
    async def conclude(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Close the appraisal."""
        form = await read_form(request)
        try:
            await domain.conclude_appraisal(actor, application_id)
        except BenThuError as refused:
            return await _again(actor, application_id, form, refused)
        flash(request, Text("Đã kết luận thẩm định.", "The appraisal is concluded."))
        return see_other(f"/cases/{application_id}/decision")


async def _page(
    actor: Actor,
    application_id: UUID,
    typed: dict[str, Any] | None = None,
    refused: BenThuError | None = None,
) -> Template:
    mine = await domain.find_part(actor, application_id)
    if mine is not None and mine.conflict == "declared":
        return page("appraisals/closed.html", refused.status if refused else 200, mine=mine)
    application = await domain.get_case(actor, application_id)
    errors = {} if refused is None else refused.fields or {"": refused.text}
    common: dict[str, Any] = {
        "application": application,
        "standing": applications.standing_of(application),
        "mine": mine,
        "is_open": domain.is_open(application),
        "typed": typed or {},
        "errors": errors,
        "source": refused.source if refused else "",
    }
    status = refused.status if refused else 200
    if mine is not None and mine.conflict is None:
        return page("appraisals/declare.html", status, **common)
    return page(
        "appraisals/appraisal.html",
        status,
        **common,
        sheet=domain.sheet_of(application),
        summary=await domain.summary_of(actor, application),
        council=await domain.council_for(actor, application),
        is_officer="officer" in applications.roles_on(actor, application),
    )


async def _again(actor: Actor, application_id: UUID, form: Form, refused: BenThuError) -> Template:
    """The page with what stands in the way and with everything typed."""
    if isinstance(refused, NotFound):
        raise refused
    return await _page(actor, application_id, form.values() | {"appraisers": form.all("appraisers")}, refused)


def _ids(values: list[str]) -> list[UUID]:
    try:
        return [UUID(value) for value in values]
    except ValueError:
        raise NotFound from None


def _marks(form: Form) -> dict[str, int | str]:
    """The marks by criterion; what is no whole number stays as typed for the domain to refuse."""
    typed = {name.removeprefix("scores."): form.text(name) for name in form.names() if "scores." in name}
    return {key: int(value) if value.isascii() and value.isdigit() else value for key, value in typed.items()}


_SAY_WHETHER = Text(
    "Chọn bạn có hay không có xung đột lợi ích với hồ sơ này.",
    "Say whether or not you have a conflict of interest here.",
)
