"""Pages and JSON of corrections of identity data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Response, Template
from msgspec.structs import asdict

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit.errors import BenThuError, Conflict, Invalid
from backend.kit.pages import AnyRequest, flash, page, read_form, see_other
from backend.kit.text import Text
from backend.organisations import corrections, domain
from backend.organisations.correction_schemas import Correction, CorrectionDecision, NewCorrection


class CorrectionPages(Controller):
    """`/corrections`, and the form of an organisation"""

    guards = (requires(),)

    @get("/organisations/{organisation:uuid}/correction")
    async def show_new_correction(
        self, actor: NamedDependency[Actor], organisation: FromPath[UUID]
    ) -> Template:
        """The form, with the data as they are."""
        return await _new_page(actor, organisation)

    @post("/organisations/{organisation:uuid}/correction")
    async def ask_correction(
        self, request: AnyRequest, actor: NamedDependency[Actor], organisation: FromPath[UUID]
    ) -> Response[Any]:
        """Ask for other data."""
        form = await read_form(request)
        new = NewCorrection(
            name=form.text("name"),
            tax_code=form.text("tax_code"),
            address=form.text("address"),
            ward=form.text("ward"),
            reason=form.text("reason"),
        )
        try:
            asked = await corrections.ask_correction(actor, organisation, new)
        except (Invalid, Conflict) as refused:
            return await _new_page(actor, organisation, form.values(), refused)
        is_open = asked.state == "open"
        flash(request, _SENT if is_open else _CHANGED)
        return see_other(f"/organisations/{organisation}")

    @get("/corrections", guards=[requires(*corrections.READERS)])
    async def list_corrections(self, actor: NamedDependency[Actor]) -> Template:
        """What awaits a decision, and what was decided."""
        waiting, done = await corrections.list_corrections(actor)
        return page("organisations/corrections.html", waiting=waiting, done=done)

    @get("/corrections/{correction_id:uuid}")
    async def show_correction(self, actor: NamedDependency[Actor], correction_id: FromPath[UUID]) -> Template:
        """Old and new side by side, and the decision."""
        return await _correction_page(actor, correction_id)

    @post("/corrections/{correction_id:uuid}")
    async def decide_correction(
        self, request: AnyRequest, actor: NamedDependency[Actor], correction_id: FromPath[UUID]
    ) -> Response[Any]:
        """Accept or refuse."""
        form = await read_form(request)
        decision = CorrectionDecision(accept=form.text("decision") == "accept", answer=form.text("answer"))
        try:
            await corrections.decide_correction(actor, correction_id, decision)
        except (Invalid, Conflict) as refused:
            return await _correction_page(actor, correction_id, form.values(), refused)
        flash(request, Text("Đã quyết định. Người đề nghị được thông báo.", "Decided. Who asked is told."))
        return see_other(f"/corrections/{correction_id}")


class CorrectionApi(Controller):
    """`/api/v1/corrections`, and those of an organisation"""

    path = "/api/v1"
    tags = ("Organisations",)
    guards = (requires(),)

    @get("/corrections", guards=[requires(*corrections.READERS)])
    async def list_corrections(self, actor: NamedDependency[Actor]) -> list[Correction]:
        """Open ones first, the newest first; for officers and auditors."""
        waiting, done = await corrections.list_corrections(actor)
        return waiting + done

    @get("/corrections/{correction_id:uuid}")
    async def get_correction(
        self, actor: NamedDependency[Actor], correction_id: FromPath[UUID]
    ) -> Correction:
        """Old and new values, and the decision."""
        return await corrections.get_correction(actor, correction_id)

    @post("/corrections/{correction_id:uuid}/decision", status_code=200)
    async def decide_correction(
        self,
        actor: NamedDependency[Actor],
        correction_id: FromPath[UUID],
        data: JSONBody[CorrectionDecision],
    ) -> Correction:
        """Accept or refuse; 409 when it is decided or the data have changed since."""
        return await corrections.decide_correction(actor, correction_id, data)

    @get("/organisations/{organisation:uuid}/corrections")
    async def list_corrections_of(
        self, actor: NamedDependency[Actor], organisation: FromPath[UUID]
    ) -> list[Correction]:
        """The corrections of an organisation of the caller, the newest first."""
        return await corrections.list_corrections_of(actor, organisation)

    @post("/organisations/{organisation:uuid}/corrections")
    async def ask_correction(
        self, actor: NamedDependency[Actor], organisation: FromPath[UUID], data: JSONBody[NewCorrection]
    ) -> Correction:
        """Ask for other identity data; `accepted` at once while nothing has been submitted."""
        return await corrections.ask_correction(actor, organisation, data)


async def _new_page(
    actor: Actor,
    organisation: UUID,
    values: dict[str, str] | None = None,
    refused: BenThuError | None = None,
) -> Template:
    at_once = await corrections.takes_effect_at_once(actor, organisation)
    found = await domain.get_organisation(actor, organisation)
    return page(
        "organisations/correction_new.html",
        status=refused.status if refused else 200,
        organisation=found,
        at_once=at_once,
        values=values or asdict(corrections.identity_of(found)),
        errors=_errors(refused),
    )


async def _correction_page(
    actor: Actor,
    correction_id: UUID,
    values: dict[str, str] | None = None,
    refused: BenThuError | None = None,
) -> Template:
    correction = await corrections.get_correction(actor, correction_id)
    is_member = correction.organisation in actor.belongs_to
    return page(
        "organisations/correction.html",
        status=refused.status if refused else 200,
        correction=correction,
        back=f"/organisations/{correction.organisation}" if is_member else "/corrections",
        can_decide=correction.state == "open" and corrections.can_decide(actor, correction),
        values=values or {},
        errors=_errors(refused),
    )


def _errors(refused: BenThuError | None) -> dict[str, Text]:
    return (refused.fields or {"": refused.text}) if refused else {}


_SENT = Text("Đề nghị đính chính đã được gửi.", "The correction is sent.")
_CHANGED = Text("Thông tin đã được sửa.", "The data are changed.")
