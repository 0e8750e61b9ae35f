"""The files of a dossier: added, replaced, removed, opened. Nothing is ever erased: a file that counted stays provable."""

from __future__ import annotations

import asyncio
from functools import cache
from uuid import UUID

from backend.accounts.schemas import Actor
from backend.applications import queries
from backend.applications.dossier import require_editable, rules_of, slot_of
from backend.applications.gate import Also, get_application
from backend.applications.inspection import inspect
from backend.applications.schemas import Application, Upload
from backend.kit import audit
from backend.kit.clock import now
from backend.kit.db import transaction
from backend.kit.errors import NotFound
from backend.ports.files import FileStore, content_key, local_files, sha256
from backend.settings import settings

NOT_SCANNED = "not_scanned"  # no virus scanner is connected; the column says so rather than "clean"


@cache
def store() -> FileStore:
    """Where uploads are kept, by content and for ever."""
    return local_files(settings().data / "uploads")


async def add_upload(
    actor: Actor, application_id: UUID, slot: str, filename: str, data: bytes, secret: bool = False
) -> Upload:
    """Put a file into a slot of the dossier; the one that was there no longer counts.

    Kept are the file as sent, by its hash, and the harmless copy that others open. The bytes are on the disk before
    the row is committed. Raises NotFound, NotEditable, TooLarge, Invalid.
    """
    before = await _editable(actor, application_id)
    seen = await asyncio.to_thread(inspect, slot_of(rules_of(before), slot), filename, data)
    keys = [content_key("upload", kept) for kept in (seen.data, data)]
    for key, kept in zip(keys, (seen.data, data), strict=True):
        await store().put_once(key, kept)
    async with transaction():
        await queries.lock_application(application_id)
        await _editable(actor, application_id)
        for upload in await queries.uploads_of(application_id):
            if upload.slot == slot:
                await queries.retire_upload(upload.id, now())
        upload_id = await queries.insert_upload(
            application=application_id,
            slot=slot,
            filename=seen.filename,
            content_type=seen.content_type,
            size=len(seen.data),
            sha256=sha256(seen.data),
            file_key=keys[0],
            original_sha256=sha256(data),
            original_key=keys[1],
            scan=NOT_SCANNED,
            secret=secret,
            uploaded_by=actor.id,
            uploaded_at=now(),
        )
        line = {"slot": slot, "upload": upload_id, "sha256": sha256(seen.data), "secret": secret}
        await audit.record(application_id, "application:file_added", actor.id, line)
        return await _found(upload_id)


async def remove_upload(actor: Actor, upload_id: UUID) -> None:
    """Take a file out of the dossier; removing it twice is once. Raises NotFound, NotEditable."""
    async with transaction():
        upload = await queries.find_upload(upload_id)
        if upload is None:
            raise NotFound
        await queries.lock_application(upload.application_id)
        await _editable(actor, upload.application_id)
        if await queries.retire_upload(upload_id, now()):
            line = {"slot": upload.slot, "upload": upload_id}
            await audit.record(upload.application_id, "application:file_removed", actor.id, line)


async def open_upload(actor: Actor, upload_id: UUID, *, also: Also | None = None) -> tuple[Upload, bytes]:
    """The harmless copy of a file, for whoever may see its application. Raises NotFound."""
    upload = await queries.find_upload(upload_id)
    if upload is None:
        raise NotFound
    await get_application(actor, upload.application_id, also=also)
    return upload, await store().get(upload.file_key)


async def uploads_of(application: Application, *, replaced: bool = False) -> list[Upload]:
    """The files that count, oldest first; with `replaced` also those that no longer do."""
    return await queries.uploads_of(application.id, replaced=replaced)


async def _editable(actor: Actor, application_id: UUID) -> Application:
    """An application of the actor's own whose dossier may be changed now. Raises NotFound, NotEditable."""
    application = await queries.find_application(application_id)
    if application is None or application.organisation_id not in actor.organisations:
        raise NotFound
    require_editable(application)
    return application


async def _found(upload_id: UUID) -> Upload:
    upload = await queries.find_upload(upload_id)
    assert upload is not None
    return upload
