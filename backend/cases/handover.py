"""Cases taken, assigned and handed over: who may, to whom, and who is told."""

from __future__ import annotations

from uuid import UUID

from backend.accounts.queries import find_actor
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.dossier import MACHINE
from backend.applications.queries import lock_application, update_application
from backend.applications.queue import list_barred, list_cases, open_states
from backend.applications.schemas import Application, QueueRow
from backend.cases import desk_queries
from backend.cases.desk_schemas import BulkAction, Officer
from backend.kit import audit
from backend.kit.clock import now
from backend.kit.db import retrying, transaction
from backend.kit.errors import BenThuError, Conflict, Invalid, NotFound
from backend.kit.text import Text, nfc, sort_key
from backend.notifications.domain import notify
from backend.notifications.schemas import News

GIVERS = (Role.OFFICER, Role.AUTHORITY)
MAX_REASON = 1000


handovers_of = desk_queries.handovers_of


class NotPossible(Conflict):
    """What was asked cannot be done on this case; the text says why."""

    code = "not_possible"


async def list_officers(actor: Actor) -> list[Officer]:
    """Those a case can be given to, with how many open cases each has; nobody for those who may not give."""
    if not actor.has(*GIVERS):
        return []
    found = await desk_queries.list_officers(Role.OFFICER, open_states())
    return sorted(found, key=lambda one: sort_key(one.name))


async def find_officer(account: UUID | None) -> Actor | None:
    """An active account with the role of officer."""
    found = await find_actor(account) if account else None
    return found if found and found.has(Role.OFFICER) else None


@retrying
async def hand_over(actor: Actor, application_id: UUID, to: UUID, reason: str) -> Application:
    """Make somebody else the handler: an officer of a case nobody has or of the own, the authority of any.

    A reason is needed once somebody has the case. Both are told. Raises NotFound, NotPossible, Invalid.
    """
    said = nfc(reason).strip()
    async with transaction():
        await lock_application(application_id)
        rows = await list_cases(actor, [application_id])
        if not rows or not actor.has(*GIVERS):
            raise NotFound
        row, taker = rows[0], await find_officer(to)
        if wrong := wrong_with(said, [row], taker):
            raise Invalid(fields=wrong)
        assert taker is not None
        if refused := why_not(actor, row, "hand_over", taker, await list_barred(taker)):
            raise NotPossible(refused)
        await update_application(application_id, {"handler": taker.id, "updated_at": now()})
        entry = await audit.record(
            application_id,
            "application:handed_over",
            actor.id,
            {"from": row.handler_id and str(row.handler_id), "to": str(taker.id)},
        )
        await desk_queries.insert_handover(application_id, row.handler_id, taker.id, said)
        await _tell(actor, row, taker, said, entry.seq)
        return await applications.found(application_id)


def wrong_with(reason: str, rows: list[QueueRow], taker: Actor | None) -> dict[str, Text]:
    """What is wrong with the form, field by field."""
    wrong = {} if taker else {"to": _CHOOSE}
    if not reason and any(row.handler_id for row in rows):
        wrong["reason"] = _WHY
    if len(reason) > MAX_REASON:
        wrong["reason"] = _TOO_LONG
    return wrong


def why_not(
    actor: Actor, row: QueueRow, action: BulkAction, taker: Actor | None, barred: set[UUID]
) -> Text | None:
    """Why the action cannot be taken on a case the actor may read; None if it can.

    `barred` are the cases closed to the taker, which is not said: nobody learns of a conflict this way.
    """
    if applications.rules_of(row).machines[MACHINE].states[row.state].closed:
        return _CLOSED
    is_mine = row.handler_id == actor.id
    if action == "take":
        return _YOURS if is_mine else _held_by(row) if row.handler_id else None
    if row.handler_id and not is_mine and not actor.has(Role.AUTHORITY):
        return _held_by(row)
    if taker is None:
        return None
    if row.handler_id == taker.id:
        return Text(f"{taker.name} đang thụ lý hồ sơ này.", f"{taker.name} already handles this case.")
    if row.organisation_id in taker.organisations or row.id in barred:
        return Text(f"{taker.name} không thể thụ lý hồ sơ này.", f"{taker.name} may not handle this case.")
    return None


def said(error: BenThuError) -> Text:
    """The words of a refusal: those of its field, if it has any."""
    return next(iter(error.fields.values()), error.text)


async def _tell(actor: Actor, row: QueueRow, taker: Actor, reason: str, seq: int) -> None:
    """The taker and the giver are told, except whoever did it."""
    why = Text(f" Lý do: {reason}", f" Reason: {reason}") if reason else Text("", "")
    news = News(
        headline=Text(
            f"{row.number}: bàn giao cho {taker.name}", f"{row.number}: handed over to {taker.name}"
        ),
        happened=Text(
            f"{actor.name} giao hồ sơ “{row.title}” cho {taker.name} thụ lý.{why.vi}",
            f"{actor.name} gave the case “{row.title}” to {taker.name}.{why.en}",
        ),
        path=f"/cases/{row.id}",
        due=row.due_on,
    )
    told = {taker.id, *({row.handler_id} if row.handler_id else ())} - {actor.id}
    await notify(told, "work", f"handed_over:{row.id}:{seq}", news)


def _held_by(row: QueueRow) -> Text:
    return Text(f"Hồ sơ do {row.handler_name} thụ lý.", f"{row.handler_name} handles this case.")


_CHOOSE = Text("Chọn cán bộ sẽ thụ lý.", "Choose the officer who will handle it.")
_WHY = Text("Nêu lý do bàn giao; hai bên đều đọc được.", "Say why; both of them will read it.")
_TOO_LONG = Text(f"Rút còn tối đa {MAX_REASON} ký tự.", f"Shorten to {MAX_REASON} characters or fewer.")
_CLOSED = Text("Hồ sơ đã kết thúc.", "This case is closed.")
_YOURS = Text("Bạn đang thụ lý hồ sơ này.", "You already handle this case.")
