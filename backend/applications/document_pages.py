"""Pages of the files of a dossier: upload per slot, remove, download."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.applications import domain
from backend.applications.controllers import place_instead
from backend.applications.schemas import Application, Upload
from backend.applications.supplement_pages import supplement_page
from backend.applications.views import overview_of
from backend.kit.errors import Invalid, NotFound, TooLarge
from backend.kit.pages import AnyRequest, flash, page, read_form, see_other
from backend.kit.text import Text

BODY_LIMIT = 64 * 1024 * 1024
"""Read to the end even what is too large, so that the page can say so beside the field."""


class DocumentPages(Controller):
    """`/applications/{id}/documents`"""

    path = "/applications/{application_id:uuid}/documents"
    guards = (requires(),)

    @get()
    async def show_documents(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Response[Any]:
        """The documents of the dossier."""
        application = await domain.get_application(actor, application_id)
        if place := place_instead(actor, application):
            return see_other(place)
        return await _documents_page(request, application)

    @post("/slots/{slot:str}", request_max_body_size=BODY_LIMIT)
    async def add_upload(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        slot: FromPath[str],
    ) -> Response[Any]:
        """Upload a file into a slot; one that is there already is replaced."""
        application = await domain.get_application(actor, application_id)
        form = await read_form(request)
        sent = form.file(slot)
        if sent is None:
            return await _documents_page(request, application, {slot: _CHOOSE}, Invalid.status)
        secret = form.text("secret") == "yes"
        try:
            upload = await domain.add_upload(
                actor, application_id, slot, sent.filename, await sent.read(), secret
            )
        except (Invalid, TooLarge) as refused:
            return await _documents_page(request, application, refused.fields, refused.status)
        flash(request, Text(f"Đã tải lên “{upload.filename}”.", f"“{upload.filename}” is uploaded."))
        return see_other(f"/applications/{application_id}/documents")

    @post("/{upload_id:uuid}/remove")
    async def remove_upload(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        upload_id: FromPath[UUID],
    ) -> Response[Any]:
        """Take a file out of the dossier."""
        upload = await domain.get_upload(actor, upload_id)
        if upload.application_id != application_id:
            raise NotFound
        await domain.remove_upload(actor, upload_id)
        flash(request, Text(f"Đã bỏ “{upload.filename}”.", f"“{upload.filename}” is removed."))
        return see_other(f"/applications/{application_id}/documents")

    @get("/{upload_id:uuid}")
    async def download_upload(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], upload_id: FromPath[UUID]
    ) -> Response[bytes]:
        """The harmless copy of a file, to be saved, never shown inside our pages."""
        upload, data = await domain.open_upload(actor, upload_id)
        if upload.application_id != application_id:
            raise NotFound
        return as_download(upload, data)


def as_download(upload: Upload, data: bytes) -> Response[bytes]:
    """A file as an answer the browser saves under its own name."""
    return Response(
        data,
        media_type=upload.content_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(upload.filename, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


async def _documents_page(
    request: AnyRequest, application: Application, errors: dict[str, Text] | None = None, status: int = 200
) -> Template:
    if asked := await domain.open_request_of(application):
        return await supplement_page(request, application, asked, None, errors, status)
    uploads = await domain.uploads_of(application)
    return page(
        "applications/documents.html",
        status=status,
        application=application,
        overview=overview_of(application, uploads),
        errors=errors or {},
    )


_CHOOSE = Text("Hãy chọn một tệp trước khi tải lên.", "Choose a file before you upload.")
