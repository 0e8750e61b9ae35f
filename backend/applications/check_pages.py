"""The last pages of a draft: read everything once more, submit, or take it back."""

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
from backend.applications.controllers import place_instead
from backend.applications.errors import DossierIncomplete, StaleRevision
from backend.applications.forms import revision_of
from backend.applications.schemas import Application
from backend.applications.views import field_views, overview_of
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, flash, language_of, page, read_form, see_other
from backend.kit.text import Text


class CheckPages(Controller):
    """`/applications/{id}/check`, `/copy` and `/withdraw`"""

    path = "/applications"
    guards = (requires(),)

    @get("/{application_id:uuid}/check")
    async def show_check(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Everything that will be submitted, to be read once more."""
        application = await domain.get_application(actor, application_id)
        place = place_instead(actor, application)
        if place and place != request.url.path:
            return see_other(place)
        return await _check_page(request, application)

    @post("/{application_id:uuid}/check")
    async def submit_application(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Submit, or submit again after a supplement request."""
        form = await read_form(request)
        application = await domain.get_application(actor, application_id)
        if form.text("confirm") != "yes":
            return await _check_page(request, application, {"confirm": _CONFIRM}, Invalid.status)
        try:
            submitted = await domain.submit_application(actor, application_id, revision_of(form))
        except (StaleRevision, DossierIncomplete) as refused:
            latest = await domain.get_application(actor, application_id)
            return await _check_page(request, latest, {"": refused.text}, refused.status)
        flash(
            request,
            Text(
                f"Hồ sơ đã được nộp, số {submitted.number}. Giấy tiếp nhận đang được lập.",
                f"Submitted under number {submitted.number}. The receipt is being prepared.",
            ),
        )
        return see_other(f"/cases/{application_id}")

    @post("/{application_id:uuid}/copy")
    async def copy_application(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Begin a new draft with the answers of this one."""
        draft = await domain.copy_application(actor, application_id)
        text = Text(
            "Đã chép câu trả lời sang hồ sơ mới, theo quy định đang có hiệu lực. Tài liệu cần tải lên lại.",
            "The answers are copied to a new application, under the rules in force. Upload the files again.",
        )
        flash(request, text)
        return see_other(f"/applications/{draft.id}")

    @post("/{application_id:uuid}/withdraw")
    async def withdraw_application(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Take the application back."""
        form = await read_form(request)
        await domain.withdraw_application(actor, application_id, form.text("reasons"))
        flash(request, Text("Hồ sơ đã được rút.", "The application is withdrawn."))
        return see_other("/workspace")


async def _check_page(
    request: AnyRequest, application: Application, errors: dict[str, Text] | None = None, status: int = 200
) -> Template:
    uploads = await domain.uploads_of(application)
    overview = overview_of(application, uploads)
    lang = language_of(request)
    return page(
        "applications/check.html",
        status=status,
        application=application,
        overview=overview,
        sections=[
            (section, field_views(overview.programme, section, application.answers, None, lang))
            for section in overview.programme.sections.values()
        ],
        errors=errors or {},
    )


_CONFIRM = Text(
    "Hãy xác nhận nội dung đúng sự thật trước khi nộp.", "Confirm that the content is true before you submit."
)
