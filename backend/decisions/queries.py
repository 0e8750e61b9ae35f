"""Rows of decisions, in and out; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec

from backend.decisions.schemas import Decision
from backend.decisions.tables import Decision as Row
from backend.kit.clock import now

JSON_COLUMNS = ("limits", "conditions", "exemptions")


def _columns() -> list[Any]:
    return [
        *Row.all_columns(),
        Row.proposed_by.name.as_alias("proposer_name"),
        Row.ended_by.name.as_alias("ended_by_name"),
    ]


def _decision(row: Mapping[str, Any]) -> Decision:
    named = {**row, "application_id": row["application"], "document_id": row["document"]}
    return msgspec.convert(named, Decision)


async def list_decisions(application_id: UUID) -> list[Decision]:
    """All proposals and the decision of an application, oldest first."""
    rows = (
        await Row.select(*_columns())
        .where(Row.application == application_id)
        .order_by(Row.proposed_at, Row.id)
        .output(load_json=True)
    )
    return [_decision(row) for row in rows]


async def insert_decision(**values: Any) -> UUID:
    """A new proposal. Raises Duplicate when one is open or signed already."""
    plain: dict[str, Any] = {
        key: msgspec.json.encode(value).decode() if key in JSON_COLUMNS else value
        for key, value in values.items()
    }
    row = Row(id=uuid4(), state="proposed", proposed_at=now(), **plain)
    await Row.insert(row)
    return row.id


async def end_proposal(decision_id: UUID, state: str, by: UUID, **values: Any) -> bool:
    """Sign or return a proposal if it still is one; say whether it was."""
    columns: dict[Any, Any] = {Row.state: state, Row.ended_by: by, Row.ended_at: now()}
    columns |= {getattr(Row, name): value for name, value in values.items()}
    rows = (
        await Row.update(columns).where((Row.id == decision_id) & (Row.state == "proposed")).returning(Row.id)
    )
    return bool(rows)
