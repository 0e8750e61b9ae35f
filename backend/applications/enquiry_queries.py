"""Rows of enquiries, in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import convert

from backend.applications.enquiry_schemas import Enquiry
from backend.applications.tables import Enquiry as EnquiryRow
from sandbox_rules import Pin

NEWEST = 100
"""How many answered questions a list goes back."""


def _columns() -> list[Any]:
    return [
        *EnquiryRow.all_columns(),
        EnquiryRow.asked_by.name.as_alias("asker_name"),
        EnquiryRow.answered_by.name.as_alias("answerer_name"),
    ]


def _enquiry(row: Mapping[str, Any]) -> Enquiry:
    pin = Pin(key=row["programme_key"], in_force=row["pin_in_force"], sha256=row["pin_sha256"])
    return convert({**row, "pin": pin}, Enquiry)


async def insert_enquiry(**values: Any) -> UUID:
    row = EnquiryRow(**values)
    await EnquiryRow.insert(row)
    return row.id


async def find_enquiry(enquiry_id: UUID) -> Enquiry | None:
    row = await EnquiryRow.select(*_columns()).where(EnquiryRow.id == enquiry_id).first()
    return _enquiry(row) if row else None


async def enquiries_by(account: UUID) -> list[Enquiry]:
    """What an account asked, the newest first."""
    row = EnquiryRow
    rows = (
        await row.select(*_columns())
        .where(row.asked_by == account)
        .order_by(row.asked_at, ascending=False)
        .limit(NEWEST)
    )
    return [_enquiry(one) for one in rows]


async def open_enquiries() -> list[Enquiry]:
    """What awaits an answer, the oldest first."""
    row = EnquiryRow
    found = await row.select(*_columns()).where(row.answered_at.is_null()).order_by(row.asked_at)
    return [_enquiry(one) for one in found]


async def answered_enquiries() -> list[Enquiry]:
    """The last answers, the newest first."""
    row = EnquiryRow
    rows = (
        await row.select(*_columns())
        .where(row.answered_at.is_not_null())
        .order_by(row.answered_at, ascending=False)
        .limit(NEWEST)
    )
    return [_enquiry(one) for one in rows]


async def update_enquiry(enquiry_id: UUID, was: str, values: Mapping[str, Any]) -> bool:
    """Compare and set on the state."""
    row = EnquiryRow
    plain: dict[Any, Any] = {getattr(row, name): value for name, value in values.items()}
    return bool(await row.update(plain).where((row.id == enquiry_id) & (row.state == was)).returning(row.id))
