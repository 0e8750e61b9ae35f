"""The officer's verbs of intake: take a case, accept it, refuse to receive it; see also `supplements`."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from backend.accounts.schemas import Actor
from backend.applications import queries
from backend.applications.dossier import live_slots, missing, rules_of
from backend.applications.gate import found, get_application, move_application, roles_on
from backend.applications.schemas import Application
from backend.kit import audit
from backend.kit.clock import now
from backend.kit.db import retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.text import Text, nfc


@retrying
async def take_application(actor: Actor, application_id: UUID) -> Application:
    """The officer becomes the case handler. Raises Conflict naming the one who already is."""
    async with transaction():
        before = await case_for(actor, application_id)
        if before.handler_id == actor.id:
            return before
        await queries.update_application(application_id, {"handler": actor.id, "updated_at": now()})
        await audit.record(application_id, "application:taken", actor.id, {})
        return await found(application_id)


@retrying
async def accept_application(actor: Actor, application_id: UUID) -> Application:
    """Receive the dossier as complete: the appraisal and its clock begin."""
    async with transaction():
        before = await case_for(actor, application_id)
        slots = live_slots(await queries.uploads_of(application_id))
        guards = {"dossier_complete": not missing(rules_of(before), before.answers, slots)}
        return await move_application(
            actor, application_id, "accept", guards=guards, changes={"handler": actor.id}
        )


@retrying
async def refuse_to_receive(actor: Actor, application_id: UUID, reasons: str) -> Application:
    """Send the dossier back without appraisal, with reasons; issues the refusal. Raises Invalid."""
    reasons = nfc(reasons).strip()
    if not reasons:
        raise Invalid(fields={"reasons": _GIVE_REASONS})
    async with transaction():
        await case_for(actor, application_id)
        moved = await move_application(
            actor,
            application_id,
            "refuse_to_receive",
            context={"reason": reasons},
            changes={"handler": actor.id},
        )
        await write_down(actor, application_id, "refuse_to_receive", reasons)
        return moved


async def case_for(actor: Actor, application_id: UUID) -> Application:
    """A submitted case this officer may handle, held until the verb ends: the second is told who has it.

    Raises NotFound, and Conflict when another officer has it.
    """
    await queries.lock_application(application_id)
    application = await get_application(actor, application_id)
    if application.number is None or "officer" not in roles_on(actor, application):
        raise NotFound
    if application.handler_id not in {None, actor.id}:
        raise await handled_by_other(application_id)
    return application


async def handled_by_other(application_id: UUID) -> Conflict:
    name = (await found(application_id)).handler_name
    return Conflict(
        Text(
            f"Hồ sơ này do {name} thụ lý. Hãy trao đổi với người đó trước khi xử lý.",
            f"{name} handles this case. Speak with them before you act on it.",
        )
    )


async def write_down(
    actor: Actor, application_id: UUID, transition: str, reasons: str, due_on: date | None = None
) -> UUID:
    """Keep what was written to the applicant (or by them) with a move; the id of the notice."""
    return await queries.insert_notice(
        application=application_id,
        transition=transition,
        reasons=reasons,
        due_on=due_on,
        written_by=actor.id,
        written_at=now(),
    )


_GIVE_REASONS = Text(
    "Hãy nêu lý do để tổ chức biết phải làm gì.", "Give the reasons, so that they know what to do."
)
