"""The files of a dossier: added, replaced, removed, opened. A file that once counted is never erased."""

from __future__ import annotations

from pathlib import PurePosixPath
from uuid import UUID

from backend.accounts.schemas import Actor
from backend.applications import queries
from backend.applications.answering import require_asked
from backend.applications.dossier import require_editable, rules_of, slot_of
from backend.applications.errors import NotYourPart
from backend.applications.gate import get_application
from backend.applications.schemas import Application, Upload
from backend.kit import audit
from backend.kit.clock import now
from backend.kit.db import retrying, transaction
from backend.kit.errors import Invalid, NotFound, TooLarge
from backend.kit.text import Text
from backend.ports.files import content_key, sha256
from backend.ports.scanner import Outcome, Verdict
from backend.ports.uploads import CheckedUpload, check_upload
from backend.ports.wiring import ports
from sandbox_rules import DocumentSlot

MEGABYTE = 1024 * 1024
SAME_KIND = {"jpeg": "jpg"}


async def add_upload(
    actor: Actor, application_id: UUID, slot: str, filename: str, data: bytes, secret: bool = False
) -> Upload:
    """Put a file into a slot of the dossier; the one that was there no longer counts.

    Kept are the file as sent, by its hash, and the harmless copy that others open; both are on the disk
    before the row is committed. Raises NotFound, NotEditable, and TooLarge or Invalid under the key of the
    slot.
    """
    before = await _editable(actor, application_id)
    asked = slot_of(rules_of(before), slot)
    await require_asked(before, slot=slot)
    checked = await _checked(asked, filename, data)
    verdict = await ports().scanner.scan(data)
    if verdict.outcome is Outcome.INFECTED:
        raise Invalid(fields={slot: _INFECTED})
    for kept in (checked.original, checked.cleaned):
        await ports().files.put_once(content_key("upload", kept), kept)
    return await _take_in(actor, application_id, slot, checked, verdict, secret)


@retrying
async def _take_in(
    actor: Actor, application_id: UUID, slot: str, file: CheckedUpload, verdict: Verdict, secret: bool
) -> Upload:
    async with transaction():
        await queries.lock_application(application_id)
        await require_asked(await _editable(actor, application_id), slot=slot)
        for upload in await queries.uploads_of(application_id):
            if upload.slot == slot:
                await queries.retire_upload(upload.id, now())
        upload_id = await queries.insert_upload(
            application=application_id,
            slot=slot,
            filename=file.name,
            content_type=file.media_type,
            size=len(file.cleaned),
            sha256=sha256(file.cleaned),
            file_key=content_key("upload", file.cleaned),
            original_sha256=file.sha256,
            original_key=content_key("upload", file.original),
            scan=verdict.outcome.value,
            secret=secret,
            uploaded_by=actor.id,
            uploaded_at=now(),
        )
        line = {"slot": slot, "upload": upload_id, "sha256": file.sha256, "secret": secret}
        await audit.record(application_id, "application:file_added", actor.id, line)
        return await _found(upload_id)


@retrying
async def remove_upload(actor: Actor, upload_id: UUID) -> Upload:
    """Take a file out of the dossier; removing it twice is once. Raises NotFound, NotEditable."""
    async with transaction():
        upload = await queries.find_upload(upload_id)
        if upload is None:
            raise NotFound
        await queries.lock_application(upload.application_id)
        await require_asked(await _editable(actor, upload.application_id), slot=upload.slot)
        if await queries.retire_upload(upload_id, now()):
            line = {"slot": upload.slot, "upload": upload_id}
            await audit.record(upload.application_id, "application:file_removed", actor.id, line)
        return await _found(upload_id)


async def get_upload(actor: Actor, upload_id: UUID) -> Upload:
    """A file of an application of one's own, handed in or not. Raises NotFound."""
    upload = await queries.find_upload(upload_id)
    if upload is None:
        raise NotFound
    application = await get_application(actor, upload.application_id)
    if application.organisation_id not in actor.belongs_to:
        raise NotFound
    return upload


async def open_upload(actor: Actor, upload_id: UUID) -> tuple[Upload, bytes]:
    """A file of one's own with its harmless copy; who handles a case opens it there. Raises NotFound."""
    upload = await get_upload(actor, upload_id)
    return upload, await ports().files.get(upload.file_key)


async def uploads_of(application: Application, *, replaced: bool = False) -> list[Upload]:
    """The files that count, oldest first; with `replaced` also those that no longer do."""
    return await queries.uploads_of(application.id, replaced=replaced)


async def _checked(slot: DocumentSlot, filename: str, data: bytes) -> CheckedUpload:
    """The file as it may be kept, by the limits of this slot and of the service. Raises TooLarge, Invalid."""
    if len(data) > slot.max_mb * MEGABYTE:
        size = len(data) / MEGABYTE
        raise _too_large(slot, f"{size:.1f}".replace(".", ","), f"{size:.1f}")
    try:
        checked = await check_upload(filename, data)
    except Invalid as refused:
        raise Invalid(fields={slot.key: refused.text}) from refused
    if _kind(checked.name) not in {SAME_KIND.get(one, one) for one in slot.accepts}:
        kinds = ", ".join(slot.accepts).upper()
        raise Invalid(
            fields={
                slot.key: Text(
                    f"Mục này chỉ nhận tệp {kinds}. Hãy chọn tệp khác.",
                    f"Only {kinds} files are taken here. Choose another file.",
                )
            }
        )
    return checked


def _kind(filename: str) -> str:
    extension = PurePosixPath(filename).suffix.lower().lstrip(".")
    return SAME_KIND.get(extension, extension)


def _too_large(slot: DocumentSlot, size_vi: str, size_en: str) -> TooLarge:
    text = Text(
        f"Tệp nặng {size_vi} MB; tối đa {slot.max_mb} MB. Hãy nén hoặc tách tệp rồi tải lại.",
        f"The file is {size_en} MB; at most {slot.max_mb} MB. Compress or split it, then upload again.",
    )
    return TooLarge(text, fields={slot.key: text})


async def _editable(actor: Actor, application_id: UUID) -> Application:
    """An application of the actor's own whose dossier may be changed now. Raises NotFound, NotEditable."""
    application = await queries.find_application(application_id)
    if application is None or application.organisation_id not in actor.belongs_to:
        raise NotFound
    if application.organisation_id not in actor.preparing:
        raise NotYourPart
    require_editable(application)
    return application


async def _found(upload_id: UUID) -> Upload:
    upload = await queries.find_upload(upload_id)
    assert upload is not None
    return upload


_INFECTED = Text(
    "Phát hiện mã độc trong tệp nên tệp không được nhận. Hãy kiểm tra máy và gửi tệp sạch.",
    "The file carries malware and was not taken. Check your computer and send a clean file.",
)
