"""The bundles of a case: list, ask, download."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.applications.domain import STAFF_ROLES
from backend.bundles import domain
from backend.kit.pages import AnyRequest, flash, page, see_other
from backend.kit.text import Text


class BundlePages(Controller):
    """`/cases/{id}/bundles`"""

    path = "/cases/{application_id:uuid}/bundles"
    guards = (requires(*STAFF_ROLES),)

    @get()
    async def show_bundles(self, actor: NamedDependency[Actor], application_id: FromPath[UUID]) -> Template:
        """What was made, what is being made, how to verify it."""
        return page(
            "bundles/bundles.html",
            case=await domain.open_case(actor, application_id),
            bundles=await domain.list_bundles(actor, application_id),
        )

    @post()
    async def request_bundle(
        self, request: AnyRequest, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Redirect:
        """Ask for a new one."""
        await domain.request_bundle(actor, application_id)
        flash(request, Text("Đang lập bộ chứng cứ.", "The bundle is being made."))
        return see_other(f"/cases/{application_id}/bundles")

    @get("/{bundle_id:uuid}")
    async def download(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], bundle_id: FromPath[UUID]
    ) -> Response[bytes]:
        """The ZIP file, to be saved."""
        return await serve_bundle(actor, application_id, bundle_id)


async def serve_bundle(actor: Actor, application_id: UUID, bundle_id: UUID) -> Response[bytes]:
    """The ZIP file under the number of its case."""
    case, data = await domain.open_bundle(actor, application_id, bundle_id)
    name = f"{case.number}.zip"
    return Response(
        data,
        media_type="application/zip",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "private, no-store",
        },
    )
