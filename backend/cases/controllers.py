"""The case page of all roles, the officer's steps of intake, and downloads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.applications.document_pages import as_download
from backend.appraisals.errors import ConflictNotDeclared
from backend.cases import domain, views
from backend.documents.controllers import serve_document, serve_translation
from backend.kit.errors import BenThuError
from backend.kit.pages import AnyRequest, flash, local_path, page, read_form, see_other
from backend.kit.text import Text
from backend.opinions.schemas import POSITIONS


class CasePages(Controller):
    """`/cases/{id}`"""

    path = "/cases/{application_id:uuid}"
    guards = (requires(),)

    @get()
    async def show_case(self, actor: NamedDependency[Actor], application_id: FromPath[UUID]) -> Response[Any]:
        """Where it is, whose turn it is, by when; a draft has its own page, an appraiser first declares."""
        try:
            return await _case_page(actor, application_id)
        except ConflictNotDeclared:
            return see_other(f"/cases/{application_id}/appraisal")

    @get("/files/{upload_id:uuid}")
    async def download_file(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], upload_id: FromPath[UUID]
    ) -> Response[bytes]:
        """The harmless copy of a file of the dossier, to be saved."""
        return as_download(*await domain.open_file(actor, application_id, upload_id))

    @post("/take")
    async def take_case(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Become the case handler; from the queue, go back to it."""
        form = await read_form(request)
        await domain.open_case(actor, application_id)
        case = await applications.take_application(actor, application_id)
        flash(request, Text(f"Bạn thụ lý hồ sơ {case.number}.", f"You are now the handler of {case.number}."))
        return see_other(local_path(form.text("next"), f"/cases/{application_id}"))

    @post("/accept")
    async def accept_case(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """Receive the dossier as complete."""
        await domain.open_case(actor, application_id)
        try:
            await applications.accept_application(actor, application_id)
        except BenThuError as refused:
            return await _refused(actor, application_id, refused)
        flash(
            request,
            Text(
                "Đã tiếp nhận; thời hạn thẩm định bắt đầu. Hãy phân công người thẩm định.",
                "Accepted; the appraisal begins. Assign the appraisers.",
            ),
        )
        return see_other(f"/cases/{application_id}")


class IssuedDocumentPages(Controller):
    """`/documents/{id}`"""

    path = "/documents"
    guards = (requires(),)

    @get("/{document_id:uuid}")
    async def download_document(
        self, actor: NamedDependency[Actor], document_id: FromPath[UUID]
    ) -> Response[Any]:
        """An issued document; while it is being made and signed, a page that says so and looks again."""
        document = await domain.get_document(actor, document_id)
        if not document.is_issued:
            return page("cases/queued_document.html", status=202, document=document)
        return await serve_document(document)

    @get("/{document_id:uuid}/translation")
    async def download_translation(
        self, actor: NamedDependency[Actor], document_id: FromPath[UUID]
    ) -> Response[Any]:
        """The courtesy copy in English of an issued document, which binds nobody."""
        return await serve_translation(await domain.get_document(actor, document_id))


async def _case_page(
    actor: Actor,
    application_id: UUID,
    errors: dict[str, Text] | None = None,
    status: int = 200,
) -> Response[Any]:
    case = await domain.get_case(actor, application_id)
    if case.state.phase == "draft":
        return see_other(f"/applications/{application_id}")
    is_staff = case.access.view == "staff"
    return page(
        "cases/case.html",
        status=status,
        case=case,
        present=await views.note_opening(actor, application_id) if is_staff else [],
        positions=POSITIONS,
        errors=errors or {},
    )


async def _refused(actor: Actor, application_id: UUID, refused: BenThuError) -> Response[Any]:
    """The page again with what stands in the way."""
    return await _case_page(actor, application_id, {"": refused.text}, refused.status)
