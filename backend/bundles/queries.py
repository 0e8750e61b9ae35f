"""Rows of bundles, in and out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import convert

from backend.bundles.schemas import Bundle
from backend.bundles.tables import BundleRow
from backend.kit.clock import now


async def insert_bundle(application: UUID, account: UUID) -> UUID:
    """A bundle somebody asks for."""
    row = BundleRow(application=application, asked_by=account, asked_at=now())
    await BundleRow.insert(row)
    return row.id


async def asked_for(bundle_id: UUID) -> tuple[UUID, UUID] | None:
    """Case and account of a bundle that is still to be made."""
    row = (
        await BundleRow.select(BundleRow.application, BundleRow.asked_by)
        .where((BundleRow.id == bundle_id) & BundleRow.made_at.is_null())
        .first()
    )
    return (row["application"], row["asked_by"]) if row else None


async def set_made(bundle_id: UUID, **values: Any) -> None:
    """Note where the bundle lies."""
    await BundleRow.update({getattr(BundleRow, name): value for name, value in values.items()}).where(
        (BundleRow.id == bundle_id) & BundleRow.made_at.is_null()
    )


async def list_bundles(application: UUID) -> list[Bundle]:
    """The bundles of a case, the latest first."""
    rows = (
        await BundleRow.select(
            BundleRow.id,
            BundleRow.application.as_alias("application_id"),
            BundleRow.asked_by.name.as_alias("asked_by_name"),
            BundleRow.asked_at,
            BundleRow.made_at,
            BundleRow.sha256,
            BundleRow.size,
            BundleRow.file_key,
        )
        .where(BundleRow.application == application)
        .order_by(BundleRow.asked_at, ascending=False)
    )
    return [convert(row, Bundle) for row in rows]
