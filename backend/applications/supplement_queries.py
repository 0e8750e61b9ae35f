"""Rows of supplement requests and check lists, in and out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import convert, json

from backend.applications.errors import StaleRevision
from backend.applications.supplement_schemas import Request, RequestState, Sheet
from backend.applications.tables import IntakeSheet, Notice, SupplementItem, SupplementRequest, Upload
from backend.kit.clock import now
from backend.kit.db import savepoint
from backend.kit.db_faults import Duplicate
from backend.kit.errors import Conflict


async def insert_request(
    application_id: UUID, notice_id: UUID, number: int, files: Mapping[str, UUID]
) -> UUID:
    row = SupplementRequest(
        application=application_id,
        notice=notice_id,
        round=number,
        state="open",
        files=_json({slot: str(upload) for slot, upload in files.items()}),
        asked_at=now(),
    )
    await SupplementRequest.insert(row)
    return row.id


async def insert_item(request_id: UUID, **values: Any) -> None:
    kept = {name: _json(value) for name, value in values.items() if name in {"before", "after"}}
    row = SupplementItem(request=request_id, added_at=now(), **{**values, **kept})
    await SupplementItem.insert(row)


async def requests_of(application_id: UUID) -> list[Request]:
    """Every round of a case with its items, the first first: one query."""
    return await _requests("r.application = {}", application_id)


async def open_requests_of(applications: Collection[UUID]) -> dict[UUID, Request]:
    """The round that waits for an answer, of each of these cases that has one: one query."""
    if not applications:
        return {}
    found = await _requests("r.application = any({}::uuid[]) and r.state = 'open'", list(applications))
    return {one.application_id: one for one in found}


async def _requests(where: str, *values: Any) -> list[Request]:
    rows = await SupplementRequest.raw(
        f"""
        select r.*, r.application as application_id, n.reasons, n.due_on, coalesce(
            (select json_agg(i order by i.added_at, i.kind, i.key)
             from supplement_item i where i.request = r.id), '[]') as items
        from supplement_request r join application_notice n on n.id = r.notice where {where} order by r.round
        """,  # noqa: S608 - a condition written above
        *values,
    )
    return [_request(row) for row in rows]


def _request(row: dict[str, Any]) -> Request:
    return convert({**row, **{name: json.decode(row[name]) for name in ("files", "items")}}, Request)


async def close_request(request_id: UUID, state: RequestState) -> bool:
    """Compare and set: False when it is not open any more."""
    row = SupplementRequest
    return bool(
        await row.update({row.state: state, row.closed_at: now()})
        .where((row.id == request_id) & (row.state == "open"))
        .returning(row.id)
    )


async def move_item(item_id: UUID, was: str, state: str, **values: Any) -> None:
    """Compare and set: the item's new state, and what came for it (`after`). Raises Conflict."""
    row = SupplementItem
    written: dict[Any, Any] = {row.state: state}
    if values.get("after") is not None:
        written[row.after] = _json(values["after"])
    if not await row.update(written).where((row.id == item_id) & (row.state == was)).returning(row.id):
        raise Conflict


async def move_due_date(request_id: UUID, due_on: date) -> None:
    """The day is in the notice, where every page reads it."""
    row = (
        await SupplementRequest.select(SupplementRequest.notice)
        .where(SupplementRequest.id == request_id)
        .first()
    )
    assert row is not None
    await Notice.update({Notice.due_on: due_on}).where(Notice.id == row["notice"])


async def open_requests(until: date) -> list[tuple[UUID, UUID, date, datetime]]:
    """Case, request, day to answer by and moment of asking of the open requests due until a day."""
    row = SupplementRequest
    rows = (
        await row.select(row.id, row.application, row.asked_at, row.notice.due_on.as_alias("due_on"))
        .where((row.state == "open") & (row.notice.due_on <= until))
        .order_by(row.asked_at)
    )
    return [(one["application"], one["id"], one["due_on"], one["asked_at"]) for one in rows]


async def revive_upload(upload_id: UUID) -> None:
    """Let a file count again."""
    await Upload.update({Upload.replaced_at: None}).where(Upload.id == upload_id)


# Check lists


async def sheet_of(application_id: UUID, officer: UUID) -> Sheet:
    """The officer's check list; an empty one of revision 0 when there is none yet."""
    row = (
        await IntakeSheet.select(IntakeSheet.marks, IntakeSheet.revision)
        .where((IntakeSheet.application == application_id) & (IntakeSheet.officer == officer))
        .first()
        .output(load_json=True)
    )
    return convert(row, Sheet) if row else Sheet()


async def write_sheet(application_id: UUID, officer: UUID, marks: Mapping[str, Any], revision: int) -> None:
    """Compare and set on the revision. Raises StaleRevision when it is not the stored one."""
    kept = _json(marks)
    if revision == 0:
        row = IntakeSheet(
            application=application_id, officer=officer, marks=kept, revision=1, updated_at=now()
        )
        try:
            async with savepoint():
                await IntakeSheet.insert(row)
        except Duplicate:
            raise StaleRevision from None
        return
    table = IntakeSheet
    is_this = (
        (table.application == application_id) & (table.officer == officer) & (table.revision == revision)
    )
    values: dict[Any, Any] = {table.marks: kept, table.revision: revision + 1, table.updated_at: now()}
    if not await table.update(values).where(is_this).returning(table.id):
        raise StaleRevision


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def uploads_by_slot(uploads: Iterable[Any]) -> dict[str, UUID]:
    """The uploads that count, by slot."""
    return {one.slot: one.id for one in uploads}
