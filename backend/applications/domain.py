"""The verbs of applications, each one transaction and one line in the audit chain.

Here those of the applicant; files are in `files`, the officer's in `intake`, the gate in `gate`. Other
features import all of them from here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.accounts.schemas import Actor
from backend.applications import queries
from backend.applications.answering import close_answered, open_request_of, require_asked, settle
from backend.applications.checklist import Intake, intake_of, save_marks
from backend.applications.dossier import (
    MACHINE,
    checked_answers,
    live_slots,
    missing,
    read_answers,
    require_editable,
    rules_of,
    title_of,
)
from backend.applications.errors import DossierIncomplete, NotYourPart, StaleRevision
from backend.applications.files import add_upload, get_upload, open_upload, remove_upload, uploads_of
from backend.applications.gate import (
    STAFF_ROLES,
    bar,
    clocks_of,
    clocks_of_many,
    found,
    get_application,
    move_application,
    roles_on,
    timeline_of,
)
from backend.applications.intake import (
    accept_application,
    refuse_to_receive,
    take_application,
    write_down,
)
from backend.applications.lateness import find_late
from backend.applications.publicity import mark_secret, public_answers
from backend.applications.queue import barred_from, list_queue, read_handler, read_place, written_place
from backend.applications.schemas import Answer, Application, Notice
from backend.applications.search import search_text
from backend.applications.standing import standing_of
from backend.applications.supplement_watch import watch_supplements
from backend.applications.supplements import (
    add_item,
    cancel_item,
    cancel_supplement,
    close_withdrawn,
    judge_answers,
    move_due_date,
    request_supplement,
    supplements_of,
)
from backend.applications.workspace import list_work
from backend.documents import domain as documents
from backend.kit import audit
from backend.kit.clock import now, today
from backend.kit.db import retrying, transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.text import Text, fold
from backend.organisations import domain as organisations
from backend.programmes import domain as programmes
from sandbox_rules import Missing, Programme

__all__ = [
    "STAFF_ROLES",
    "Intake",
    "accept_application",
    "add_item",
    "add_upload",
    "bar",
    "barred_from",
    "cancel_item",
    "cancel_supplement",
    "clocks_of",
    "clocks_of_many",
    "copy_application",
    "find_late",
    "found",
    "get_application",
    "get_upload",
    "intake_of",
    "judge_answers",
    "list_mine",
    "list_queue",
    "list_work",
    "mark_secret",
    "move_application",
    "move_due_date",
    "notices_of",
    "open_programmes",
    "open_request_of",
    "open_upload",
    "public_answers",
    "read_handler",
    "read_place",
    "refuse_to_receive",
    "remove_upload",
    "request_supplement",
    "roles_on",
    "rules_of",
    "save_answers",
    "save_marks",
    "save_what_is_right",
    "standing_of",
    "start_application",
    "submit_application",
    "supplements_of",
    "take_application",
    "timeline_of",
    "uploads_of",
    "watch_supplements",
    "what_is_missing",
    "withdraw_application",
    "written_place",
]


@retrying
async def start_application(actor: Actor, organisation_id: UUID, programme_key: str) -> Application:
    """Open a draft for an organisation the actor belongs to, under the rules in force today."""
    if organisation_id not in actor.preparing:
        raise NotFound
    programme = programmes.in_force(programme_key)
    if programme.referred_to is not None or MACHINE not in programme.machines:
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
            search=search_text(None, "", organisation.name, {}),
            created_at=now(),
            updated_at=now(),
        )
        await audit.record(application_id, "application:started", actor.id, {"programme": programme.key})
        return await found(application_id)


@retrying
async def copy_application(actor: Actor, application_id: UUID) -> Application:
    """A new draft with the answers of an old case, as far as the rules of today know them; no files.

    Raises NotFound, NotYourPart, and Invalid when nobody can apply under this programme any more.
    """
    async with transaction():
        old = await _prepared(actor, application_id)
        draft = await start_application(actor, old.organisation_id, old.programme_key)
        programme = rules_of(draft)
        known = {key: answer for key, answer in old.answers.items() if key in programme.fields}
        good, _ = read_answers(programme, {}, known)
        copied = await save_answers(actor, draft.id, good, draft.revision)
        await audit.record(draft.id, "application:copied", actor.id, {"from": old.id})
        return copied


@retrying
async def save_answers(
    actor: Actor, application_id: UUID, answers: Mapping[str, Answer], revision: int
) -> Application:
    """Lay the given answers over the stored ones; None clears one. Nothing is overwritten unseen.

    The audit line names the fields, not the answers. Raises StaleRevision when `revision` is not the stored
    one, Invalid for unknown fields and faulty answers (then nothing is written), NotEditable.
    """
    async with transaction():
        before = await _prepared(actor, application_id)
        require_editable(before)
        if before.revision != revision:
            raise StaleRevision
        given = checked_answers(rules_of(before), before.answers, answers)
        given = {key: answer for key, answer in given.items() if answer != before.answers.get(key)}
        await require_asked(before, given)
        kept = {key: answer for key, answer in {**before.answers, **given}.items() if answer is not None}
        if kept == before.answers:
            return before
        values = {
            "answers": msgspec.json.encode(kept).decode(),
            "revision": revision + 1,
            "updated_at": now(),
        }
        if before.number is None:
            values |= _named(before, kept, None)
        if not await queries.update_application(
            application_id, values, revision=revision, state=before.state
        ):
            raise StaleRevision
        line = {"fields": sorted(given), "revision": revision + 1}
        await audit.record(application_id, "application:answered", actor.id, line)
        return await found(application_id)


async def save_what_is_right(
    actor: Actor, application_id: UUID, answers: Mapping[str, Answer], revision: int
) -> tuple[Application, dict[str, Text]]:
    """Save the well-formed ones of the given answers; say how to mend each of the others.

    Raises as `save_answers`, also for unknown fields.
    """
    before = await _prepared(actor, application_id)
    programme = rules_of(before)
    good, wrong = read_answers(programme, before.answers, answers)
    unknown = {key: text for key, text in wrong.items() if key not in programme.fields}
    if unknown:
        raise Invalid(fields=unknown)
    return await save_answers(actor, application_id, good, revision), wrong


async def what_is_missing(application: Application) -> list[Missing]:
    """What the dossier lacks by the rules that hold for it, in the order of the form."""
    slots = live_slots(await queries.uploads_of(application.id))
    return missing(rules_of(application), application.answers, slots)


@retrying
async def submit_application(actor: Actor, application_id: UUID, revision: int) -> Application:
    """Submit a draft, or submit again after a supplement request.

    The first time the rules in force today are pinned and the number is taken; the step's receipt is
    requested. Sent twice, the second sender gets the case as the first submission left it: one case, one
    number, one receipt. Raises StaleRevision when the answers are not those that were checked,
    DossierIncomplete.
    """
    async with transaction():
        await queries.lock_application(application_id)
        before = await _mine(actor, application_id)
        if before.revision != revision:
            raise StaleRevision
        transition = _submission_from(before)
        if transition is None and before.number is not None:
            return before
        before = await settle(before)
        lacking = await what_is_missing(before)
        if lacking:
            raise DossierIncomplete(fields={one.key: Text(one.mend.vi, one.mend.en) for one in lacking})
        await close_answered(actor, before)
        return await move_application(
            actor,
            application_id,
            transition or "submit",
            guards={"dossier_complete": True},
            data={"dossier": await _fingerprint(before)},
            changes=await _handed_in(before),
        )


@retrying
async def withdraw_application(actor: Actor, application_id: UUID, reasons: str = "") -> Application:
    """Take the application back, as far as the rule file lets its organisation do so."""
    async with transaction():
        await queries.lock_application(application_id)
        application = await _mine(actor, application_id)
        await move_application(actor, application.id, "withdraw")
        await close_withdrawn(application)
        if reasons:
            await write_down(actor, application_id, "withdraw", reasons)
        return await found(application_id)


def open_programmes() -> list[Programme]:
    """The programmes one can apply for here today, by key."""
    return [one for one in programmes.list_in_force() if one.referred_to is None and MACHINE in one.machines]


async def list_mine(actor: Actor) -> list[Application]:
    """The applications of the actor's organisations, the last touched first."""
    return await queries.applications_of(actor.belongs_to)


async def notices_of(application: Application) -> list[Notice]:
    """What officers wrote to the applicant, oldest first."""
    return await queries.notices_of(application.id)


async def _mine(actor: Actor, application_id: UUID) -> Application:
    """An application the actor may hand in or take back. Raises NotFound, NotYourPart."""
    application = await _prepared(actor, application_id)
    if application.organisation_id not in actor.organisations:
        raise NotYourPart
    return application


async def _prepared(actor: Actor, application_id: UUID) -> Application:
    """An application the actor may write. Raises NotFound, NotYourPart to who only reads."""
    application = await queries.find_application(application_id)
    if application is None or application.organisation_id not in actor.belongs_to:
        raise NotFound
    if application.organisation_id not in actor.preparing:
        raise NotYourPart
    return application


def _submission_from(application: Application) -> str | None:
    """The step of the rule file by which an applicant hands in a complete dossier from this state."""
    for step in rules_of(application).machines[MACHINE].transitions.values():
        if application.state in step.at and "applicant" in step.by and "dossier_complete" in step.needs:
            return step.key
    return None


async def _handed_in(before: Application) -> dict[str, Any]:
    """What a submission writes: the answers as they stand now.

    The first one also the number, the day, the pin of the rules in force on it.
    """
    answers = {"handed_in": msgspec.json.encode(before.answers).decode()}
    if before.number is not None:
        return answers | _named(before, before.answers, before.number)
    number, pin = await documents.take_number("application"), rules_of(before).pin
    received = {
        "number": number,
        "submitted_on": today(),
        "pin_in_force": pin.in_force,
        "pin_sha256": pin.sha256,
    }
    return answers | received | _named(before, before.answers, number)


def _named(application: Application, answers: Mapping[str, Any], number: str | None) -> dict[str, str]:
    """The title, and what the case is found by."""
    title = title_of(rules_of(application), answers)
    search = search_text(number, title, application.organisation_name, answers)
    return {"title": title, "title_folded": fold(title), "search": search}


async def _fingerprint(application: Application) -> dict[str, Any]:
    """What exactly was handed in: the digest of the answers and of every file, without a word of either."""
    answers = msgspec.json.encode(application.answers, order="deterministic")
    files = {one.slot: one.original_sha256 for one in await queries.uploads_of(application.id)}
    return {"answers_sha256": hashlib.sha256(answers).hexdigest(), "files_sha256": files}


_REFERRED = Text(
    "Chương trình này do cơ quan khác quản lý; hồ sơ không nộp tại đây.",
    "Another authority runs this programme; applications are not made here.",
)
