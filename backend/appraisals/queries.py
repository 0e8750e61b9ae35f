"""Rows of appraisals, in and out; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.appraisals.schemas import Appraisal, Task
from backend.appraisals.tables import Appraisal as Row
from backend.kit.clock import now
from backend.kit.text import sort_key


def _columns() -> list[Any]:
    return [*Row.all_columns(), Row.appraiser.name.as_alias("appraiser_name")]


def _appraisal(row: Mapping[str, Any]) -> Appraisal:
    named = {**row, "application_id": row["application"], "appraiser_id": row["appraiser"]}
    return msgspec.convert(named, Appraisal)


async def list_appraisals(application_id: UUID) -> list[Appraisal]:
    """All rounds of an application, in the order of assignment; those assigned together by name."""
    rows = await Row.select(*_columns()).where(Row.application == application_id).output(load_json=True)
    found = (_appraisal(row) for row in rows)
    return sorted(found, key=lambda one: (one.round, one.assigned_at, sort_key(one.appraiser_name)))


async def insert_appraisals(application_id: UUID, appraisers: list[UUID], round_: int, by: UUID) -> None:
    """Assign. Raises Duplicate when one of them has this round already."""
    at = now()
    await Row.insert(
        *(
            Row(application=application_id, appraiser=one, round=round_, assigned_by=by, assigned_at=at)
            for one in appraisers
        )
    )


async def set_declaration(appraisal_id: UUID, conflict: str, reason: str) -> bool:
    """Write the declaration; say whether it was written. `none` may become `declared` until marks are in."""
    values: dict[Any, Any] = {Row.conflict: conflict, Row.conflict_reason: reason, Row.declared_at: now()}
    is_open: Any = Row.conflict.is_null()
    if conflict == "declared":
        is_open = is_open | ((Row.conflict == "none") & Row.submitted_at.is_null())
    rows = await Row.update(values).where((Row.id == appraisal_id) & is_open).returning(Row.id)
    return bool(rows)


async def has_conflict(appraiser: UUID, application_id: UUID) -> bool:
    """Whether this appraiser declared a conflict on this application, in any round."""
    rows = await Row.raw(
        "select from appraisal where application = {} and appraiser = {} and conflict = 'declared' limit 1",
        application_id,
        appraiser,
    )
    return bool(rows)


async def list_conflicts(appraiser: UUID) -> list[UUID]:
    """The applications on which this appraiser declared a conflict, in any round."""
    rows = await Row.select(Row.application).where(
        (Row.appraiser == appraiser) & (Row.conflict == "declared")
    )
    return list({row["application"] for row in rows})


async def open_sheets() -> dict[UUID, int]:
    """How many sheets each appraiser still owes, in cases that are being appraised."""
    rows = await Row.raw(
        """
        select a.appraiser, count(*) as open from appraisal a join application c on c.id = a.application
        where a.submitted_at is null and a.conflict is distinct from 'declared' and c.decided_on is null
        group by a.appraiser
        """
    )
    return {row["appraiser"]: row["open"] for row in rows}


async def conflicts_with(organisation: UUID) -> list[tuple[UUID, datetime]]:
    """Who declared a conflict in a case of this organisation, and when."""
    rows = await Row.raw(
        """
        select a.appraiser, a.declared_at from appraisal a join application c on c.id = a.application
        where a.conflict = 'declared' and c.organisation = {} order by a.declared_at
        """,
        organisation,
    )
    return [(row["appraiser"], row["declared_at"]) for row in rows]


async def set_scores(appraisal_id: UUID, scores: Mapping[str, int], remarks: str, weighted: float) -> bool:
    """Write the marks unless there are some; say whether they were written."""
    values: dict[Any, Any] = {
        Row.scores: msgspec.json.encode(scores).decode(),
        Row.remarks: remarks,
        Row.weighted_score: weighted,
        Row.submitted_at: now(),
    }
    rows = (
        await Row.update(values)
        .where((Row.id == appraisal_id) & Row.submitted_at.is_null() & (Row.conflict == "none"))
        .returning(Row.id)
    )
    return bool(rows)


async def list_tasks(appraiser: UUID) -> list[Task]:
    """What is assigned to one appraiser, what is still open first."""
    rows = (
        await Row.select(
            Row.application.id.as_alias("application_id"),
            Row.application.number.as_alias("number"),
            Row.application.title.as_alias("title"),
            Row.application.state.as_alias("state"),
            Row.assigned_at,
            Row.conflict,
            Row.submitted_at,
        )
        .where(Row.appraiser == appraiser)
        .order_by(Row.assigned_at, ascending=False)
        .limit(200)
    )
    return sorted(
        (msgspec.convert(row, Task) for row in rows), key=lambda task: task.submitted_at is not None
    )
