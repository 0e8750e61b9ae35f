"""The verbs of applications: start, answer, submit, withdraw; take, accept, ask, refuse. One verb, one transaction,
one line in the audit chain. Files are in `files`, the gate in `gate`; other features import all of them from here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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
    read_answers,
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
from backend.applications.standing import standing_of
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
    "save_what_is_right",
    "standing_of",
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
        if before.revision != revision:
            raise StaleRevision
        given = checked_answers(rules_of(before), before.answers, answers)
        kept = {key: answer for key, answer in {**before.answers, **given}.items() if answer is not None}
        if kept == before.answers:
            return before
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


async def save_what_is_right(
    actor: Actor, application_id: UUID, answers: Mapping[str, Answer], revision: int
) -> tuple[Application, dict[str, Text]]:
    """Save the well-formed ones of the given answers; say how to mend each of the others, which stay with the sender.

    Raises as `save_answers`, also for unknown fields.
    """
    before = await _mine(actor, application_id)
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
            raise DossierIncomplete(fields={one.key: Text(one.mend.vi, one.mend.en) for one in lacking})
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


async def _answer_with_reasons(
    actor: Actor, application_id: UUID, transition: str, reasons: str, due_on: date | None
) -> Application:
    """A move whose reasons the applicant reads in the letter issued and on the case page."""
    reasons = nfc(reasons).strip()
    async with transaction():
        await _case_for(actor, application_id)
        moved = await move_application(
            actor,
            application_id,
            transition,
            guards={"reasons_given": True},
            data={"due_on": due_on.isoformat()} if due_on else {},
            context={"reasons": reasons, "due_on": due_on},
            changes={"handler": actor.id},
        )
        await _write_down(actor, application_id, transition, reasons, due_on)
        return moved


async def _mine(actor: Actor, application_id: UUID) -> Application:
    """An application of one of the actor's organisations. Raises NotFound."""
    application = await queries.find_application(application_id)
    if application is None or application.organisation_id not in actor.organisations:
        raise NotFound
    return application


async def _case_for(actor: Actor, application_id: UUID) -> Application:
    """A submitted case this officer may handle. Raises NotFound, and Conflict when another officer has it."""
    application = await get_application(actor, application_id)
    if application.number is None or "officer" not in roles_on(actor, application):
        raise NotFound
    if application.handler_id not in {None, actor.id}:
        raise await _handled_by_other(application_id)
    return application


async def _handled_by_other(application_id: UUID) -> Conflict:
    name = (await _found(application_id)).handler_name
    return Conflict(
        Text(
            f"Hồ sơ này do {name} thụ lý. Hãy trao đổi với người đó trước khi xử lý.",
            f"{name} handles this case. Speak with them before you act on it.",
        )
    )


async def _found(application_id: UUID) -> Application:
    application = await queries.find_application(application_id)
    assert application is not None
    return application


def _submission_from(application: Application) -> str | None:
    """The step of the rule file by which an applicant hands in a complete dossier from this state."""
    for step in rules_of(application).machines[MACHINE].transitions.values():
        if application.state in step.at and "applicant" in step.by and "dossier_complete" in step.needs:
            return step.key
    return None


async def _received(draft: Application) -> dict[str, Any]:
    """What the first submission writes: the number, the day, the pin of the rules in force on it."""
    number = await documents.take_number("application")
    pin = rules_of(draft).pin
    return {
        "number": number,
        "submitted_on": today(),
        "pin_in_force": pin.in_force,
        "pin_sha256": pin.sha256,
        "search": _search(number, draft.title, draft.organisation_name),
    }


async def _fingerprint(application: Application) -> dict[str, Any]:
    """What exactly was handed in: the digest of the answers and of every file, without a word of either."""
    answers = msgspec.json.encode(application.answers, order="deterministic")
    files = {one.slot: one.sha256 for one in await queries.uploads_of(application.id)}
    return {"answers_sha256": hashlib.sha256(answers).hexdigest(), "files_sha256": files}


def _search(number: str | None, title: str, organisation_name: str) -> str:
    return fold(f"{number or ''} {title} {organisation_name}")


def _without_reasons(reasons: str) -> dict[str, Text]:
    if reasons.strip():
        return {}
    return {
        "reasons": Text("Hãy nêu lý do để tổ chức biết phải làm gì.", "Give the reasons, so that they know what to do.")
    }


async def _write_down(
    actor: Actor, application_id: UUID, transition: str, reasons: str, due_on: date | None = None
) -> None:
    await queries.insert_notice(
        application=application_id,
        transition=transition,
        reasons=reasons,
        due_on=due_on,
        written_by=actor.id,
        written_at=now(),
    )


_REFERRED = Text(
    "Chương trình này do cơ quan khác quản lý; hồ sơ không nộp tại đây.",
    "Another authority runs this programme; applications are not made here.",
)
