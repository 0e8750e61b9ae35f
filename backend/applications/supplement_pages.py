"""The applicant's page of a supplement request: what is asked for, nothing else can be changed."""

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
from backend.applications.errors import DossierIncomplete, StaleRevision
from backend.applications.forms import typed_of
from backend.applications.saving import save_form
from backend.applications.schemas import Application
from backend.applications.supplement_schemas import Request
from backend.applications.views import reply_of
from backend.kit.errors import BenThuError, Invalid, NotFound
from backend.kit.pages import AnyRequest, Form, flash, language_of, page, read_form, see_other
from backend.kit.text import Text

CONFIRM = "confirm"


class SupplementPages(Controller):
    """`/applications/{id}/supplement`"""

    path = "/applications/{application_id:uuid}/supplement"
    guards = (requires(),)

    @get()
    async def show_supplement(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """The fields and documents asked for; without an open request, or for who only reads, the case."""
        application, asked = await _asked(actor, application_id)
        if asked is None or application.organisation_id not in actor.preparing:
            return see_other(f"/cases/{application_id}")
        return await supplement_page(request, application, asked)

    @post()
    async def answer_supplement(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Save the answers and, if this was pressed, hand them in."""
        form = await read_form(request)
        _, asked = await _asked(actor, application_id)
        if asked is None:
            return see_other(f"/cases/{application_id}")
        typed = typed_of(form)
        saved = await save_form(actor, application_id, form, language_of(request))
        after, wrong = saved.application, saved.wrong
        if saved.conflicts:
            kept = {key: typed[key] for key in (*saved.conflicts, *wrong)}
            return await supplement_page(
                request, after, asked, kept, saved.errors, StaleRevision.status, saved.conflicts
            )
        if wrong:
            return await supplement_page(request, after, asked, typed, wrong, Invalid.status)
        if form.text("action") != "submit":
            flash(request, _SAVED)
            return see_other(f"/applications/{application_id}/supplement")
        return await _hand_in(request, actor, after, asked, form)


async def supplement_page(
    request: AnyRequest,
    application: Application,
    asked: Request,
    typed: dict[str, str] | None = None,
    errors: dict[str, Text] | None = None,
    status: int = 200,
    conflicts: list[str] | None = None,
) -> Template:
    """The page, with what was typed and what is wrong with it."""
    uploads = await domain.uploads_of(application)
    return page(
        "applications/supplement.html",
        status=status,
        application=application,
        asked=asked,
        standing=domain.standing_of(application),
        reply=reply_of(application, asked, uploads, typed, language_of(request)),
        typed=typed or {},
        errors=errors or {},
        conflicts=conflicts or [],
    )


async def _hand_in(
    request: AnyRequest, actor: Actor, application: Application, asked: Request, form: Form
) -> Response[Any]:
    refused: BenThuError = Invalid(fields={CONFIRM: _CONFIRM})
    if form.text(CONFIRM) == "yes":
        try:
            submitted = await domain.submit_application(actor, application.id, application.revision)
        except DossierIncomplete as incomplete:
            refused = incomplete
        else:
            text = Text(
                f"Đã nộp bổ sung cho hồ sơ {submitted.number}. Thời hạn giải quyết chạy tiếp.",
                f"The supplement to {submitted.number} is handed in. The authority's clock runs on.",
            )
            flash(request, text)
            return see_other(f"/cases/{application.id}")
    return await supplement_page(request, application, asked, form.values(), refused.fields, refused.status)


async def _asked(actor: Actor, application_id: UUID) -> tuple[Application, Request | None]:
    """A case of one's own, and the request that waits for an answer. Raises NotFound."""
    application = await domain.get_application(actor, application_id)
    if application.organisation_id not in actor.belongs_to:
        raise NotFound
    return application, await domain.open_request_of(application)


_SAVED = Text("Đã lưu. Nhớ nộp lại trước hạn.", "Saved. Remember to submit again in time.")
_CONFIRM = Text(
    "Hãy xác nhận nội dung đúng sự thật trước khi nộp.", "Confirm that the content is true before you submit."
)
