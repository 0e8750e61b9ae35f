"""Rows of organisations, in and out; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from backend.kit.clock import now
from backend.kit.text import fold
from backend.organisations.schemas import Kind, OrganisationForm
from backend.organisations.schemas import Organisation as OrganisationOut
from backend.organisations.tables import Organisation


async def insert_organisation(form: OrganisationForm) -> OrganisationOut:
    """A new organisation; the form is checked already. Raises Duplicate when the tax code is registered."""
    row = Organisation(
        name=form.name,
        name_folded=fold(form.name)[:200],
        tax_code=form.tax_code,
        kind=form.kind.value,
        is_startup=form.is_startup,
        address=form.address,
        ward=form.ward,
        website=form.website,
        created_at=now(),
    )
    await Organisation.insert(row)
    return _out(row.to_dict())


async def find_organisation(organisation: UUID) -> OrganisationOut | None:
    """One organisation."""
    row = await Organisation.select().where(Organisation.id == organisation).first()
    return _out(row) if row else None


async def lock_organisation(organisation: UUID) -> None:
    """Hold the row until the end of the transaction: who owns it stays as judged."""
    await Organisation.select(Organisation.id).where(Organisation.id == organisation).lock_rows("UPDATE")


async def list_organisations(ids: Collection[UUID]) -> list[OrganisationOut]:
    """These organisations, by name."""
    if not ids:
        return []
    rows = (
        await Organisation.select().where(Organisation.id.is_in(list(ids))).order_by(Organisation.name_folded)
    )
    return [_out(row) for row in rows]


def _out(row: Mapping[str, Any]) -> OrganisationOut:
    return OrganisationOut(
        id=row["id"],
        name=row["name"],
        tax_code=row["tax_code"],
        kind=Kind(row["kind"]),
        is_startup=row["is_startup"],
        address=row["address"],
        ward=row["ward"],
        website=row["website"],
    )
