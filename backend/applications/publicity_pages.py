"""The public version of a dossier as the register would show it, with the marks that keep answers back."""

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
from backend.applications.dossier import is_editable
from backend.applications.publicity import public_version
from backend.kit.errors import Invalid, NotFound
from backend.kit.pages import AnyRequest, page, read_form, see_other
from backend.kit.text import Text


class PublicityPages(Controller):
    """`/applications/{id}/public`"""

    path = "/applications/{application_id:uuid}/public"
    guards = (requires(),)

    @get()
    async def show_public_version(
        self, actor: NamedDependency[Actor], application_id: FromPath[UUID]
    ) -> Template:
        """What the public would read."""
        return await _public_page(actor, application_id)

    @post("/{key:str}")
    async def mark_secret(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        application_id: FromPath[UUID],
        key: FromPath[str],
    ) -> Response[Any]:
        """Keep an answer back, or let it be public again."""
        form = await read_form(request)
        reason = None if form.text("action") == "open" else form.text("reason")
        try:
            await domain.mark_secret(actor, application_id, key, reason)
        except Invalid as invalid:
            return await _public_page(actor, application_id, invalid.fields, invalid.status)
        return see_other(f"/applications/{application_id}/public#{key}")


async def _public_page(
    actor: Actor, application_id: UUID, errors: dict[str, Text] | None = None, status: int = 200
) -> Template:
    application = await domain.get_application(actor, application_id)
    if application.organisation_id not in actor.belongs_to:
        raise NotFound
    lines, files = public_version(application, await domain.uploads_of(application))
    return page(
        "applications/public.html",
        status=status,
        application=application,
        lines=lines,
        files=files,
        publication=domain.rules_of(application).publication,
        can_mark=application.organisation_id in actor.preparing and is_editable(application),
        errors=errors or {},
    )
