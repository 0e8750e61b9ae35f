"""The JSON interface of bundles."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response
from msgspec import Struct

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.applications.domain import STAFF_ROLES
from backend.bundles import domain
from backend.bundles.controllers import serve_bundle


class BundleView(Struct, frozen=True, kw_only=True):
    """A bundle; `sha256` and `size` (bytes) are there once it is made."""

    id: UUID
    asked_by: str
    asked_at: datetime
    made_at: datetime | None
    sha256: str | None
    size: int | None


class BundleApi(Controller):
    """`/api/v1/applications/{id}/bundles`"""

    path = "/api/v1/applications/{application_id:uuid}/bundles"
    tags = ("Bundles",)
    guards = (requires(*STAFF_ROLES),)

    @get()
    async def list_bundles(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> list[BundleView]:
        """The bundles of a case, the latest first."""
        return await _views(actor, application_id)

    @post(status_code=202)
    async def request_bundle(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> list[BundleView]:
        """Ask for a bundle of the case; it is made in the background."""
        await domain.request_bundle(actor, application_id)
        return await _views(actor, application_id)

    @get("/{bundle_id:uuid}", media_type="application/zip")
    async def download(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID], bundle_id: FromPath[UUID]
    ) -> Response[bytes]:
        """The ZIP file."""
        return await serve_bundle(actor, application_id, bundle_id)


async def _views(actor: Actor, application_id: UUID) -> list[BundleView]:
    return [
        BundleView(
            id=one.id,
            asked_by=one.asked_by_name,
            asked_at=one.asked_at,
            made_at=one.made_at,
            sha256=one.sha256,
            size=one.size,
        )
        for one in await domain.list_bundles(actor, application_id)
    ]
