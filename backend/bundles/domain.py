"""Ask for the bundle of a case, make it in the background, hand it over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.accounts.queries import find_actor
from backend.accounts.schemas import Actor
from backend.applications.schemas import Application
from backend.bundles import queries
from backend.bundles.content import collect
from backend.bundles.package import manifest_of, pack
from backend.bundles.schemas import Bundle
from backend.cases import domain as cases
from backend.documents.kinds import get_kind
from backend.kit import audit
from backend.kit.clock import now
from backend.kit.db import retrying, transaction
from backend.kit.errors import NotFound
from backend.kit.outbox import enqueue, handler
from backend.ports.files import content_key, sha256
from backend.ports.wiring import ports

MAKE = "make_bundle"


async def open_case(actor: Actor, case_id: UUID) -> Application:
    """The case, for staff that may read it. Raises NotFound, and as `cases.open_case`."""
    access = await cases.open_case(actor, case_id)
    if access.view != "staff":
        raise NotFound
    return access.application


@retrying
async def request_bundle(actor: Actor, case_id: UUID) -> UUID:
    """Ask for a bundle as the case stands when the worker makes it. Raises as `open_case`."""
    await open_case(actor, case_id)
    async with transaction():
        bundle = await queries.insert_bundle(case_id, actor.id)
        await audit.record(case_id, "bundle:requested", actor.id, {"bundle": bundle})
        await enqueue(MAKE, {"bundle": bundle}, dedupe=f"{MAKE}:{bundle}")
    return bundle


async def list_bundles(actor: Actor, case_id: UUID) -> list[Bundle]:
    """The bundles of a case, the latest first. Raises as `open_case`."""
    await open_case(actor, case_id)
    return await queries.list_bundles(case_id)


async def open_bundle(actor: Actor, case_id: UUID, bundle_id: UUID) -> tuple[Application, bytes]:
    """The case and the ZIP file of a bundle. Raises NotFound while it is not made, and as `open_case`."""
    application = await open_case(actor, case_id)
    for one in await queries.list_bundles(case_id):
        if one.id == bundle_id and one.file_key:
            return application, await ports().files.get(one.file_key)
    raise NotFound


@handler(MAKE)
async def make_bundle(job: dict[str, Any]) -> None:
    """Make a bundle of what the one who asked may read now; made twice, the second is thrown away."""
    bundle = UUID(job["bundle"])
    asked = await queries.asked_for(bundle)
    actor = await find_actor(asked[1]) if asked else None
    if asked is None or actor is None:
        return
    case, contents, chains = await collect(actor, asked[0])
    manifest = manifest_of(
        contents,
        number=case.application.number or "",
        chains=chains,
        at=now(),
        rules=case.application.pin.sha256,
    )
    data = await pack(contents, manifest, ports().signer, get_kind("receipt").agency.signs_as)
    key = content_key("bundle", data)
    await ports().files.put_once(key, data)
    await queries.set_made(
        bundle, made_at=manifest.made_at, sha256=sha256(data), size=len(data), file_key=key
    )
