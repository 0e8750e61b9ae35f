"""Rows of the condition library, in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec

from backend.decisions.schemas import ConditionForm, ConditionVersion
from backend.decisions.tables import ConditionVersion as Row
from backend.kit.clock import now

TEXTS = ("label", "text", "reason")


async def insert_version(form: ConditionForm, version: int, entered_by: UUID) -> UUID:
    """A new version. Raises Duplicate when somebody has just entered the same one."""
    texts = {f"{name}_{lang}": getattr(getattr(form, name), lang) for name in TEXTS for lang in ("vi", "en")}
    parameters = {one.key: {"label": one.label, "type": one.type} for one in form.parameters}
    row = Row(
        id=uuid4(),
        programme_key=form.programme,
        key=form.key,
        version=version,
        **texts,
        parameters=msgspec.json.encode(parameters).decode(),
        source=form.source,
        from_on=form.from_on,
        until_on=form.until_on,
        entered_by=entered_by,
        entered_at=now(),
    )
    await Row.insert(row)
    return row.id


async def set_withdrawn(version_id: UUID, by: UUID) -> bool:
    """Withdraw a version; say whether it stood until now."""
    rows = (
        await Row.update({Row.withdrawn_by: by, Row.withdrawn_at: now()})
        .where((Row.id == version_id) & Row.withdrawn_at.is_null())
        .returning(Row.id)
    )
    return bool(rows)


async def list_versions(programme_key: str | None = None) -> list[ConditionVersion]:
    """All versions, or those of a programme, by key and the latest first."""
    query = (
        Row.select(*Row.all_columns(), Row.entered_by.name.as_alias("entered_by_name"))
        .order_by(Row.programme_key, Row.key)
        .order_by(Row.version, ascending=False)
        .output(load_json=True)
    )
    if programme_key is not None:
        query = query.where(Row.programme_key == programme_key)
    return [_version(row) for row in await query]


def _version(row: Mapping[str, Any]) -> ConditionVersion:
    texts = {name: {"vi": row[f"{name}_vi"], "en": row[f"{name}_en"]} for name in TEXTS}
    return msgspec.convert({**row, **texts}, ConditionVersion)
