"""One action on many cases: what it would do, then each case in a transaction of its own."""

from __future__ import annotations

from uuid import UUID

from backend.accounts.queries import names_of
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.queue import list_barred, list_cases
from backend.applications.schemas import QueueRow
from backend.cases import desk_queries
from backend.cases.desk_schemas import BulkLine, BulkRun, Order, Outcome, Preview
from backend.cases.handover import GIVERS, find_officer, hand_over, said, why_not, wrong_with
from backend.kit.db import retrying, transaction
from backend.kit.errors import BenThuError, Invalid, NotFound
from backend.kit.text import Text


async def preview(actor: Actor, order: Order) -> Preview:
    """What the order would do with each case; cases the actor may not read are not in it.

    A few queries, however many cases. Raises NotFound for those who may not give this order.
    """
    _require_may(actor, order)
    taker = await find_officer(order.to)
    barred = await list_barred(taker) if taker else set[UUID]()
    lines = []
    for row in await list_cases(actor, order.cases):
        refused = why_not(actor, row, order.action, taker, barred)
        lines.append(_line(row, "refused" if refused else "open", refused))
    return Preview(lines=lines, to_name=taker.name if taker else None)


async def check(actor: Actor, order: Order) -> None:
    """Raises Invalid with what is wrong with the order, field by field; NotFound."""
    _require_may(actor, order)
    rows = await list_cases(actor, order.cases)
    wrong = {} if rows else {"cases": _CHOOSE}
    if order.action == "hand_over":
        mine = [row for row in rows if why_not(actor, row, "hand_over", None, set()) is None]
        wrong |= wrong_with(order.reason.strip(), mine, await find_officer(order.to))
    if wrong:
        raise Invalid(fields=wrong)


async def run(actor: Actor, run_id: UUID, order: Order) -> BulkRun:
    """Do it case by case; a refused one stops no other. The same id again does nothing again.

    Raises NotFound (also for somebody else's id) and Invalid; then nothing was done.
    """
    await check(actor, order)
    if await desk_queries.begin_run(run_id, actor.id, order):
        for row in await list_cases(actor, order.cases):
            await _one(actor, run_id, order, row)
    return await get_run(actor, run_id)


async def get_run(actor: Actor, run_id: UUID) -> BulkRun:
    """What became of the actor's own run. Raises NotFound."""
    found = await desk_queries.find_run(run_id, actor.id)
    if found is None:
        raise NotFound
    order, asked_at = found
    results = await desk_queries.results_of(run_id)
    names = await names_of({order.to} if order.to else set())
    lines = [
        _line(
            row,
            "open" if row.id not in results else "refused" if results[row.id] else "done",
            results.get(row.id),
        )
        for row in await list_cases(actor, order.cases)
    ]
    to_name = names.get(order.to) if order.to else None
    return BulkRun(id=run_id, order=order, to_name=to_name, asked_at=asked_at, lines=lines)


async def _one(actor: Actor, run_id: UUID, order: Order, row: QueueRow) -> None:
    refused = why_not(actor, row, order.action, None, set())
    try:
        if refused is None:
            await _done(actor, run_id, order, row.id)
    except BenThuError as error:
        refused = said(error)
    if refused is not None:
        await desk_queries.insert_result(run_id, row.id, refused)


@retrying
async def _done(actor: Actor, run_id: UUID, order: Order, case: UUID) -> None:
    """What is done and that it is done are committed together."""
    async with transaction():
        if order.action == "take":
            await applications.take_application(actor, case)
        else:
            assert order.to is not None
            await hand_over(actor, case, order.to, order.reason)
        await desk_queries.insert_result(run_id, case, None)


def _require_may(actor: Actor, order: Order) -> None:
    if not actor.has(*((Role.OFFICER,) if order.action == "take" else GIVERS)):
        raise NotFound


def _line(row: QueueRow, outcome: Outcome, refused: Text | None) -> BulkLine:
    return BulkLine(
        id=row.id,
        number=row.number,
        title=row.title,
        handler_name=row.handler_name,
        outcome=outcome,
        refused=refused,
    )


_CHOOSE = Text("Chọn ít nhất một hồ sơ.", "Choose at least one case.")
