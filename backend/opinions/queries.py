"""Rows of opinions, in and out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import convert
from piccolo.custom_types import Combinable

from backend.kit.clock import now
from backend.opinions.schemas import Opinion
from backend.opinions.tables import OpinionRow
from sandbox_rules import Pin


async def insert_opinion(**values: Any) -> UUID:
    """A question that is asked now."""
    row = OpinionRow(**values, asked_at=now())
    await OpinionRow.insert(row)
    return row.id


async def set_document(opinion_id: UUID, document: UUID) -> None:
    """Note the request as it was issued."""
    await OpinionRow.update({OpinionRow.document: document}).where(OpinionRow.id == opinion_id)


async def end_opinion(opinion_id: UUID, state: str, **values: Any) -> bool:
    """Whether it was still open: then it is closed with these values."""
    columns = {getattr(OpinionRow, name): value for name, value in values.items()}
    rows = (
        await OpinionRow.update({OpinionRow.state: state, OpinionRow.ended_at: now(), **columns})
        .where((OpinionRow.id == opinion_id) & OpinionRow.ended_at.is_null())
        .returning(OpinionRow.id)
    )
    return bool(rows)


async def find_opinion(opinion_id: UUID) -> Opinion | None:
    return next(iter(await _opinions(OpinionRow.id == opinion_id)), None)


async def opinions_of(application_id: UUID) -> list[Opinion]:
    """What was asked about a case, oldest first."""
    return await _opinions(OpinionRow.application == application_id)


async def asked_of(account: UUID) -> list[Opinion]:
    """What an account is asked, oldest first."""
    return await _opinions(OpinionRow.account == account)


async def open_until(until: date) -> list[Opinion]:
    """Questions nobody answered that are due by a day."""
    return await _opinions(OpinionRow.ended_at.is_null() & (OpinionRow.due_on <= until))


async def _opinions(where: Combinable) -> list[Opinion]:
    rows = (
        await OpinionRow.select(
            *OpinionRow.all_columns(),
            OpinionRow.application.number.as_alias("number"),
            OpinionRow.application.title.as_alias("title"),
            OpinionRow.application.programme_key.as_alias("pin_key"),
            OpinionRow.application.pin_in_force.as_alias("pin_in_force"),
            OpinionRow.application.pin_sha256.as_alias("pin_sha256"),
            OpinionRow.asked_by.name.as_alias("asked_by_name"),
        )
        .where(where)
        .order_by(OpinionRow.asked_at, OpinionRow.id)
        .output(load_json=True)
    )
    return [_opinion(row) for row in rows]


def _opinion(row: Mapping[str, Any]) -> Opinion:
    pin = Pin(key=row["pin_key"], in_force=row["pin_in_force"], sha256=row["pin_sha256"])
    renamed = {"application_id": row["application"], "account_id": row["account"], "pin": pin}
    return convert({**row, **renamed}, Opinion)
