"""Rows in and out of the tables of this feature; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import convert, json
from piccolo.custom_types import Combinable

from backend.applications.schemas import Application, Notice, Upload
from backend.applications.tables import Application as ApplicationRow
from backend.applications.tables import Notice as NoticeRow
from backend.applications.tables import Upload as UploadRow
from sandbox_rules import Pin

JSON_COLUMNS = ("answers", "handed_in", "secrets")


def _columns() -> list[Any]:
    return [
        *ApplicationRow.all_columns(),
        ApplicationRow.organisation.name.as_alias("organisation_name"),
        ApplicationRow.handler.name.as_alias("handler_name"),
    ]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its references named as the structs name them."""
    return {
        **row,
        "pin": Pin(key=row["programme_key"], in_force=row["pin_in_force"], sha256=row["pin_sha256"]),
        "organisation_id": row["organisation"],
        "handler_id": row["handler"],
    }


def _application(row: Mapping[str, Any]) -> Application:
    return convert(_plain(row), Application)


async def find_application(application_id: UUID) -> Application | None:
    """One statement as text: every page of a case begins with it."""
    rows = await ApplicationRow.raw(
        """
        select a.*, o.name as organisation_name, h.name as handler_name from application a
        join organisation o on o.id = a.organisation left join account h on h.id = a.handler where a.id = {}
        """,
        application_id,
    )
    return _application(_loaded(rows[0])) if rows else None


def _loaded(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a statement as text, with its JSON read."""
    return {
        **row,
        **{name: json.decode(row[name]) for name in JSON_COLUMNS if row[name] is not None},
    }


async def applications_of(organisations: Collection[UUID]) -> list[Application]:
    """The applications of these organisations, the last touched first."""
    if not organisations:
        return []
    rows = (
        await ApplicationRow.select(*_columns())
        .where(ApplicationRow.organisation.is_in(list(organisations)))
        .order_by(ApplicationRow.updated_at, ascending=False)
        .order_by(ApplicationRow.id)
        .output(load_json=True)
    )
    return [_application(row) for row in rows]


async def insert_application(**values: Any) -> UUID:
    row = ApplicationRow(**values)
    await ApplicationRow.insert(row)
    return row.id


async def update_application(application_id: UUID, values: Mapping[str, Any], **as_judged: Any) -> bool:
    """Compare and set: write only if the row still is as judged (`state=…`); say whether it was."""
    where: Combinable = ApplicationRow.id == application_id
    for name, value in as_judged.items():
        where = where & (getattr(ApplicationRow, name) == value)
    plain: dict[Any, Any] = {getattr(ApplicationRow, name): value for name, value in values.items()}
    return bool(await ApplicationRow.update(plain).where(where).returning(ApplicationRow.id))


async def lock_application(application_id: UUID) -> None:
    """Hold the row until the end of the transaction: what was judged of its dossier stays true."""
    row = ApplicationRow
    await row.select(row.id).where(row.id == application_id).lock_rows("UPDATE")


# Submitted cases


async def submitted_of(
    programme_key: str, until: datetime, after: UUID | None, size: int
) -> list[Application]:
    """Submitted cases of a programme begun by `until`, by id, those after `after`."""
    where = _submitted(programme_key, until)
    if after is not None:
        where = where & (ApplicationRow.id > after)
    rows = (
        await ApplicationRow.select(*_columns())
        .where(where)
        .order_by(ApplicationRow.id)
        .limit(size)
        .output(load_json=True)
    )
    return [_application(row) for row in rows]


async def late_cases(before: date) -> list[Application]:
    """The cases whose most urgent clock was due before a day, by id."""
    rows = (
        await ApplicationRow.select(*_columns())
        .where(ApplicationRow.due_on < before)
        .order_by(ApplicationRow.id)
        .output(load_json=True)
    )
    return [_application(row) for row in rows]


async def decided_without(table: str, size: int) -> list[Application]:
    """Decided cases that have no row yet in a table of a later feature, `application` being its column."""
    rows = await ApplicationRow.raw(
        f"""
        select a.id from application a where a.decided_on is not null
        and not exists (select from {table} t where t.application = a.id) order by a.id limit {size}
        """  # noqa: S608 - the name of a table, no input
    )
    found = (
        await ApplicationRow.select(*_columns())
        .where(ApplicationRow.id.is_in([row["id"] for row in rows]))
        .output(load_json=True)
        if rows
        else []
    )
    return [_application(row) for row in found]


async def count_submitted(programme_key: str, until: datetime) -> int:
    """How many cases `submitted_of` gives in all."""
    return int(await ApplicationRow.count().where(_submitted(programme_key, until)))


def _submitted(programme_key: str, until: datetime) -> Combinable:
    row = ApplicationRow
    return (row.programme_key == programme_key) & row.number.is_not_null() & (row.created_at <= until)


# Files


async def slots_of(applications: Collection[UUID]) -> dict[UUID, list[str]]:
    """The slots of these applications that have a file which counts, in one query."""
    found: dict[UUID, list[str]] = {one: [] for one in applications}
    if found:
        live = UploadRow.application.is_in(list(found)) & UploadRow.replaced_at.is_null()
        for row in await UploadRow.select(UploadRow.application, UploadRow.slot).where(live):
            found[row["application"]].append(row["slot"])
    return found


def _upload(row: Mapping[str, Any]) -> Upload:
    return convert({**row, "application_id": row["application"]}, Upload)


async def find_upload(upload_id: UUID) -> Upload | None:
    row = await UploadRow.select().where(UploadRow.id == upload_id).first()
    return _upload(row) if row else None


async def uploads_of(application_id: UUID, *, replaced: bool = False) -> list[Upload]:
    """The files that count, oldest first; with `replaced` also those that no longer do."""
    rows = await UploadRow.raw(
        """
        select * from upload where application = {} and ({} or replaced_at is null)
        order by uploaded_at, id
        """,
        application_id,
        replaced,
    )
    return [_upload(row) for row in rows]


async def insert_upload(**values: Any) -> UUID:
    row = UploadRow(**values)
    await UploadRow.insert(row)
    return row.id


async def retire_upload(upload_id: UUID, at: Any) -> bool:
    """Mark a file as no longer counting; False if it already was."""
    return bool(
        await UploadRow.update({UploadRow.replaced_at: at})
        .where((UploadRow.id == upload_id) & UploadRow.replaced_at.is_null())
        .returning(UploadRow.id)
    )


# Notices


async def insert_notice(**values: Any) -> UUID:
    row = NoticeRow(**values)
    await NoticeRow.insert(row)
    return row.id


async def last_notices(applications: Collection[UUID]) -> dict[UUID, Notice]:
    """The latest notice of each of these applications that has one."""
    if not applications:
        return {}
    rows = (
        await NoticeRow.select()
        .where(NoticeRow.application.is_in(list(applications)))
        .order_by(NoticeRow.written_at)
    )
    return {row["application"]: convert(row, Notice) for row in rows}


async def notices_of(application_id: UUID) -> list[Notice]:
    rows = (
        await NoticeRow.select().where(NoticeRow.application == application_id).order_by(NoticeRow.written_at)
    )
    return [convert(row, Notice) for row in rows]
