"""The verbs of applications: start, answer, submit, withdraw; take, accept, ask, refuse. One verb, one transaction,
one line in the audit chain. Files are in `files`, the gate in `gate`; other features import all of them from here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from backend.accounts.schemas import Actor
from backend.applications import queries
from backend.applications.dossier import (
    MACHINE,
    TITLE,
    checked_answers,
    live_slots,
    missing,
    require_editable,
    rules_of,
)
from backend.applications.errors import DossierIncomplete, StaleRevision
from backend.applications.files import add_upload, open_upload, remove_upload, uploads_of
from backend.applications.gate import (
    STAFF,
    clocks_of,
    get_application,
    move_application,
    roles_on,
    timeline_of,
)
from backend.applications.queue import list_queue
from backend.applications.schemas import Answer, Application, Missing, Notice
from backend.documents import domain as documents
from backend.kit import audit
from backend.kit.clock import now, today
from backend.kit.db import transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.text import Text, fold, nfc
from backend.organisations import domain as organisations
from backend.programmes import domain as programmes

__all__ = [
    "STAFF",
    "accept_application",
    "add_upload",
    "clocks_of",
    "get_application",
    "list_mine",
    "list_queue",
    "move_application",
    "notices_of",
    "open_upload",
    "refuse_to_receive",
    "remove_upload",
    "request_supplement",
    "roles_on",
    "rules_of",
    "save_answers",
    "start_application",
    "submit_application",
    "take_application",
    "timeline_of",
    "uploads_of",
    "what_is_missing",
    "withdraw_application",
]


async def start_application(actor: Actor, organisation_id: UUID, programme_key: str) -> Application:
    """Open a draft for an organisation the actor belongs to, under the rules in force today."""
    if organisation_id not in actor.organisations:
        raise NotFound
    programme = programmes.in_force(programme_key)
    if programme.referred_to is not None:
        raise Invalid(fields={"programme_key": _REFERRED})
    async with transaction():
        organisation = await organisations.get_organisation(actor, organisation_id)
        application_id = await queries.insert_application(
            organisation=organisation_id,
            created_by=actor.id,
            programme_key=programme.key,
            pin_in_force=programme.pin.in_force,
            pin_sha256=programme.pin.sha256,
            state=programme.machines[MACHINE].start,
            search=fold(organisation.name),
            created_at=now(),
            updated_at=now(),
        )
        await audit.record(application_id, "application:started", actor.id, {"programme": programme.key})
        return await _found(application_id)


async def save_answers(
    actor: Actor, application_id: UUID, answers: Mapping[str, Answer], revision: int
) -> Application:
    """Lay the given answers over the stored ones; None clears one. Nothing is overwritten unseen.

    The audit line names the fields, not the answers. Raises StaleRevision when `revision` is not the stored one,
    Invalid for unknown fields and faulty answers (then nothing is written), NotEditable.
    """
    async with transaction():
        before = await _mine(actor, application_id)
        require_editable(before)
        given = checked_answers(rules_of(before), answers)
        merged = {**before.answers, **given}
        kept = {key: answer for key, answer in merged.items() if answer is not None}
        title = str(kept.get(TITLE, ""))
        values = {
            "answers": msgspec.json.encode(kept).decode(),
            "revision": revision + 1,
            "title": title,
            "title_folded": fold(title),
            "search": _search(before.number, title, before.organisation_name),
            "updated_at": now(),
        }
        if not await queries.update_application(
            application_id, values, revision=revision, state=before.state
        ):
            raise StaleRevision
        line = {"fields": sorted(given), "revision": revision + 1}
        await audit.record(application_id, "application:answered", actor.id, line)
        return await _found(application_id)


async def what_is_missing(application: Application) -> list[Missing]:
    """What the dossier lacks by the rules that hold for it, in the order of the form."""
    slots = live_slots(await queries.uploads_of(application.id))
    return missing(rules_of(application), application.answers, slots)


async def submit_application(actor: Actor, application_id: UUID, revision: int) -> Application:
    """Submit a draft, or submit again after a supplement request.

    The first time the rules in force today are pinned and the number is taken; the step's receipt is requested. Sent
    twice, the second sender gets the case as the first submission left it: one case, one number, one receipt.
    Raises StaleRevision when the answers are not those that were checked, DossierIncomplete.
    """
    async with transaction():
        await queries.lock_application(application_id)
        before = await _mine(actor, application_id)
        if before.revision != revision:
            raise StaleRevision
        transition = _submission_from(before)
        if transition is None and before.number is not None:
            return before
        lacking = await what_is_missing(before)
        if lacking:
            raise DossierIncomplete(fields={one.key: one.what for one in lacking})
        return await move_application(
            actor,
            application_id,
            transition or "submit",
            guards={"dossier_complete": True},
            data={"dossier": await _fingerprint(before)},
            changes=await _received(before) if before.number is None else {},
        )


async def withdraw_application(actor: Actor, application_id: UUID, reasons: str = "") -> Application:
    """Take the application back, as far as the rule file lets its organisation do so."""
    async with transaction():
        application = await _mine(actor, application_id)
        moved = await move_application(actor, application.id, "withdraw")
        if reasons:
            await _write_down(actor, application_id, "withdraw", reasons)
        return moved


async def take_application(actor: Actor, application_id: UUID) -> Application:
    """The officer becomes the case handler. Raises Conflict naming the one who already is."""
    async with transaction():
        before = await _case_for(actor, application_id)
        if before.handler_id == actor.id:
            return before
        values = {"handler": actor.id, "updated_at": now()}
        if not await queries.update_application(application_id, values, handler=None):
            raise await _handled_by_other(application_id)
        await audit.record(application_id, "application:taken", actor.id, {})
        return await _found(application_id)


async def accept_application(actor: Actor, application_id: UUID) -> Application:
    """Receive the dossier as complete: the appraisal and its clock begin."""
    async with transaction():
        before = await _case_for(actor, application_id)
        guards = {"dossier_complete": not await what_is_missing(before)}
        return await move_application(
            actor, application_id, "accept", guards=guards, changes={"handler": actor.id}
        )


async def request_supplement(actor: Actor, application_id: UUID, reasons: str, due_on: date) -> Application:
    """Ask the organisation to complete the dossier by a day; issues the request. Raises Invalid."""
    wrong = _without_reasons(reasons)
    if due_on <= today():
        wrong["due_on"] = Text("Hãy chọn ngày sau hôm nay.", "Choose a day after today.")
    if wrong:
        raise Invalid(fields=wrong)
    return await _answer_with_reasons(actor, application_id, "request_supplement", reasons, due_on)


async def refuse_to_receive(actor: Actor, application_id: UUID, reasons: str) -> Application:
    """Send the dossier back without appraisal, with reasons; issues the refusal. Raises Invalid."""
    if wrong := _without_reasons(reasons):
        raise Invalid(fields=wrong)
    return await _answer_with_reasons(actor, application_id, "refuse_to_receive", reasons, None)


async def list_mine(actor: Actor) -> list[Application]:
    """The applications of the actor's organisations, the last touched first."""
    return await queries.applications_of(actor.organisations)


async def notices_of(application: Application) -> list[Notice]:
    """What officers wrote to the applicant, oldest first."""
    return await queries.notices_of(application.id)
