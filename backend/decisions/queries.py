"""Rows of decisions, in and out; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec

from backend.decisions.schemas import Decision, SignedAs
from backend.decisions.tables import Decision as Row
from backend.kit.clock import now

JSON_COLUMNS = ("limits", "conditions", "exemptions", "countersigned_as", "signed_as")
OPEN = ("proposed", "countersigned")


def _decision(row: Mapping[str, Any]) -> Decision:
    named = {**row, "application_id": row["application"], "document_id": row["document"]}
    return msgspec.convert(named, Decision)


async def list_decisions(application_id: UUID) -> list[Decision]:
    """All proposals and the decision of an application, oldest first."""
    rows = await Row.raw(
        """
        select d.*, p.name as proposer_name, c.name as countersigner_name, e.name as ended_by_name
        from decision d join account p on p.id = d.proposed_by
        left join account c on c.id = d.countersigned_by left join account e on e.id = d.ended_by
        where d.application = {} order by d.proposed_at, d.id
        """,
        application_id,
    )
    return [_decision(_loaded(row)) for row in rows]


def _loaded(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a statement as text, with its JSON read."""
    return {**row, **{name: msgspec.json.decode(row[name]) for name in JSON_COLUMNS if row[name] is not None}}


async def insert_decision(**values: Any) -> UUID:
    """A new proposal. Raises Duplicate when one is open or signed already."""
    row = Row(id=uuid4(), state="proposed", proposed_at=now(), **_plain(values))
    await Row.insert(row)
    return row.id


async def set_countersigned(decision_id: UUID, by: UUID, signed_as: SignedAs) -> bool:
    """Countersign a proposal if nobody has; say whether it could be done."""
    values = {"state": "countersigned", "countersigned_by": by, "countersigned_at": now()}
    return await _change(decision_id, ("proposed",), {**values, "countersigned_as": signed_as})


async def end_proposal(decision_id: UUID, state: str, by: UUID, **values: Any) -> bool:
    """Sign or return a proposal if it still is one; say whether it was."""
    return await _change(decision_id, OPEN, {"state": state, "ended_by": by, "ended_at": now(), **values})


async def set_recalled(decision_id: UUID) -> bool:
    """Take a signed decision out of force; say whether it was in force."""
    return await _change(decision_id, ("signed",), {"state": "recalled", "recalled_at": now()})


async def _change(decision_id: UUID, before: tuple[str, ...], values: Mapping[str, Any]) -> bool:
    columns: dict[Any, Any] = {getattr(Row, name): value for name, value in _plain(values).items()}
    where = (Row.id == decision_id) & Row.state.is_in(list(before))
    return bool(await Row.update(columns).where(where).returning(Row.id))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: msgspec.json.encode(value).decode() if key in JSON_COLUMNS else value
        for key, value in values.items()
    }
