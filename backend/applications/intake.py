"""The officer's verbs of intake: take a case, accept it, ask for a supplement, refuse to receive it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from backend.accounts.schemas import Actor
from backend.applications import queries
from backend.applications.dossier import live_slots, missing, rules_of
from backend.applications.gate import clocks_of, found, get_application, move_application, roles_on
from backend.applications.schemas import Application
from backend.kit import audit
from backend.kit.clock import now, today
from backend.kit.db import retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.text import Text, nfc


@retrying
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
        return await found(application_id)


@retrying
async def accept_application(actor: Actor, application_id: UUID) -> Application:
    """Receive the dossier as complete: the appraisal and its clock begin."""
    async with transaction():
        before = await _case_for(actor, application_id)
        slots = live_slots(await queries.uploads_of(application_id))
        guards = {"dossier_complete": not missing(rules_of(before), before.answers, slots)}
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


@retrying
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
            data={"due_on": due_on.isoformat()} if due_on else {},
            context={"reason": reasons} | ({"due_on": due_on} if due_on else {}),
            changes={"handler": actor.id},
        )
        await _require_lawful(moved, due_on)
        await write_down(actor, application_id, transition, reasons, due_on)
        return moved


async def _require_lawful(application: Application, due_on: date | None) -> None:
    """A day given to the applicant lies within the rule file's own limit, if it has one. Raises Invalid."""
    theirs = [one.due_on for one in await clocks_of(application) if one.owner == "applicant" and one.due_on]
    if due_on and theirs and due_on > theirs[-1]:
        text = Text(f"Ngày muộn nhất là {theirs[-1]:%d/%m/%Y}.", f"The latest day is {theirs[-1]:%d/%m/%Y}.")
        raise Invalid(fields={"due_on": text})


async def _case_for(actor: Actor, application_id: UUID) -> Application:
    """A submitted case this officer may handle, held until the verb ends: the second is told who has it.

    Raises NotFound, and Conflict when another officer has it.
    """
    await queries.lock_application(application_id)
    application = await get_application(actor, application_id)
    if application.number is None or "officer" not in roles_on(actor, application):
        raise NotFound
    if application.handler_id not in {None, actor.id}:
        raise await _handled_by_other(application_id)
    return application


async def _handled_by_other(application_id: UUID) -> Conflict:
    name = (await found(application_id)).handler_name
    return Conflict(
        Text(
            f"Hồ sơ này do {name} thụ lý. Hãy trao đổi với người đó trước khi xử lý.",
            f"{name} handles this case. Speak with them before you act on it.",
        )
    )


def _without_reasons(reasons: str) -> dict[str, Text]:
    if reasons.strip():
        return {}
    return {
        "reasons": Text(
            "Hãy nêu lý do để tổ chức biết phải làm gì.", "Give the reasons, so that they know what to do."
        )
    }


async def write_down(
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
