"""Rows of signing authorities, in and out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec

from backend.decisions.schemas import AuthorityForm, SigningAuthority
from backend.decisions.tables import SigningAuthority as Row
from backend.kit.clock import now


async def insert_authority(form: AuthorityForm, entered_by: UUID) -> UUID:
    """A new authority."""
    values = msgspec.structs.asdict(form) | {"kinds": msgspec.json.encode(form.kinds).decode()}
    row = Row(id=uuid4(), entered_by=entered_by, entered_at=now(), **values)
    await Row.insert(row)
    return row.id


async def set_withdrawn(authority_id: UUID, by: UUID) -> bool:
    """Withdraw an authority; say whether it stood until now."""
    rows = (
        await Row.update({Row.withdrawn_by: by, Row.withdrawn_at: now()})
        .where((Row.id == authority_id) & Row.withdrawn_at.is_null())
        .returning(Row.id)
    )
    return bool(rows)


async def list_authorities(accounts: Collection[UUID] | None = None) -> list[SigningAuthority]:
    """All authorities, or those of some accounts, the latest first."""
    query = (
        Row.select(
            *Row.all_columns(),
            Row.account.name.as_alias("account_name"),
            Row.principal.name.as_alias("principal_name"),
            Row.entered_by.name.as_alias("entered_by_name"),
        )
        .order_by(Row.from_on, Row.entered_at, Row.id, ascending=False)
        .output(load_json=True)
    )
    if accounts is not None:
        query = query.where(Row.account.is_in(list(accounts)))
    return [_authority(row) for row in await query]


async def find_authority(authority_id: UUID) -> SigningAuthority | None:
    """One authority by its id."""
    found = [one for one in await list_authorities() if one.id == authority_id]
    return found[0] if found else None


def _authority(row: Mapping[str, Any]) -> SigningAuthority:
    texts = {
        name: {"vi": row[f"{name}_vi"], "en": row[f"{name}_en"]} for name in ("title", "agency", "for_whom")
    }
    named = {**row, **texts, "account_id": row["account"], "principal_id": row["principal"]}
    return msgspec.convert(named, SigningAuthority)
