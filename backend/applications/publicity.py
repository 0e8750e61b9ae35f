"""What of a dossier becomes public once its trial is permitted, and what is kept as a trade secret."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.accounts.schemas import Actor
from backend.applications import queries
from backend.applications.answering import require_asked
from backend.applications.dossier import require_editable, rules_of, title_key
from backend.applications.errors import NotYourPart
from backend.applications.gate import found
from backend.applications.schemas import Application, Upload
from backend.kit import audit
from backend.kit.clock import now
from backend.kit.db import retrying, transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.text import Text, nfc
from sandbox_rules import DocumentSlot, Field, Programme

LONGEST_REASON = 500


class PublicLine(Struct, frozen=True, kw_only=True):
    """A public field: what the register would show, or the reason why it is kept back."""

    field: Field
    value: Any
    reason: str | None
    may_be_secret: bool


class PublicFile(Struct, frozen=True, kw_only=True):
    """A document the rules make public."""

    slot: DocumentSlot
    upload: Upload | None


def public_answers(application: Application) -> dict[str, Any]:
    """The answers the register may show: public by the rules and not kept back."""
    return {
        key: application.answers[key]
        for key in rules_of(application).public_fields
        if key in application.answers and key not in application.secrets
    }


def public_version(
    application: Application, uploads: list[Upload]
) -> tuple[list[PublicLine], list[PublicFile]]:
    """Everything the public would read, in the order of the form, with what is kept back named as such."""
    programme, files = rules_of(application), {one.slot: one for one in uploads}
    lines = [
        PublicLine(
            field=field,
            value=application.answers.get(key),
            reason=application.secrets.get(key),
            may_be_secret=may_be_secret(programme, key),
        )
        for key, field in programme.public_fields.items()
    ]
    documents = [
        PublicFile(slot=slot, upload=files.get(slot.key))
        for slot in programme.documents.values()
        if slot.visibility == "public"
    ]
    return lines, documents


def may_be_secret(programme: Programme, key: str) -> bool:
    """Free words may hold a secret; the name of the trial, a choice or a date cannot be kept back."""
    field = programme.public_fields.get(key)
    return field is not None and field.type in {"text", "long_text"} and key != title_key(programme)


@retrying
async def mark_secret(actor: Actor, application_id: UUID, key: str, reason: str | None) -> Application:
    """Keep a public answer back as a trade secret, saying why, or (None) let it be public again.

    Raises NotFound, NotYourPart, Invalid, NotEditable, NotAsked.
    """
    said = nfc(reason).strip()[:LONGEST_REASON] if reason is not None else None
    async with transaction():
        await queries.lock_application(application_id)
        before = await queries.find_application(application_id)
        if before is None or before.organisation_id not in actor.belongs_to:
            raise NotFound
        if before.organisation_id not in actor.preparing:
            raise NotYourPart
        if not may_be_secret(rules_of(before), key):
            raise NotFound
        require_editable(before)
        await require_asked(before, {key: before.answers.get(key)})
        if said == "":
            raise Invalid(fields={key: _SAY_WHY})
        secrets = {name: why for name, why in before.secrets.items() if name != key}
        secrets |= {key: said} if said is not None else {}
        values = {"secrets": msgspec.json.encode(secrets).decode(), "updated_at": now()}
        await queries.update_application(application_id, values)  # nobody moves it: it is locked
        line = {"field": key, "secret": said is not None}
        await audit.record(application_id, "application:secret_marked", actor.id, line)
        return await found(application_id)


_SAY_WHY = Text("Hãy nêu vì sao nội dung này là bí mật kinh doanh.", "Say why this is a trade secret.")
