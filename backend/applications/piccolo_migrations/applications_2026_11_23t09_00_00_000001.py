"""The queue at 200,000 cases: pages by place, filters with an order of their own, search in the answers."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.applications.tables import Application
from backend.kit.migrations import sql_migration
from backend.kit.text import fold

ID = "2026-11-23T09:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "queue by place, search in the answers"
BATCH = 1_000

PLACE = """
    (case clock_state when 'running' then 0 when 'stopped' then 1 else 2 end),
    (coalesce(due_on, 'infinity'::date)), number
"""
HANDLER = "(coalesce(handler, '00000000-0000-0000-0000-000000000000'::uuid))"
OLD_PLACE = "(case clock_state when 'running' then 0 when 'stopped' then 1 else 2 end), due_on, number"
SUBMITTED = "where number is not null"
UP = [
    "drop index application_queue",
    f"create index application_queue_state on application (state, {PLACE}) {SUBMITTED}",
    f"create index application_queue_handler on application ({HANDLER}, state, {PLACE}) {SUBMITTED}",
    f"create index application_queue_programme on application (programme_key, state, {PLACE}) {SUBMITTED}",
    "drop index application_state",
    "drop index application_open",
]
DOWN = [
    "create index application_open on application (state, handler) where number is not null",
    "create index application_state on application (state)",
    "drop index application_queue_programme",
    "drop index application_queue_handler",
    "drop index application_queue_state",
    f"create index application_queue on application ({OLD_PLACE}) where number is not null",
]


async def forwards() -> MigrationManager:
    manager = sql_migration(ID, "applications", DESCRIPTION, UP, DOWN)
    manager.raw.insert(0, _search_in_answers)  # before the indexes: they need not follow every row
    return manager


async def _search_in_answers() -> None:
    """Lay the written answers into the text of the cases that are here already."""
    rows = await _batch(None)
    while rows:
        texts = [
            " " + fold(" ".join([row["number"] or "", row["title"], row["name"], *_written(row)]))
            for row in rows
        ]
        await Application.raw(
            "update application a set search = n.search"
            " from unnest({}::uuid[], {}::text[]) n (id, search) where a.id = n.id",
            [row["id"] for row in rows],
            texts,
        )
        rows = await _batch(rows[-1]["id"])


async def _batch(after: UUID | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await Application.raw(
        "select a.id, a.number, a.title, o.name, coalesce(a.handed_in, a.answers) as written"
        " from application a join organisation o on o.id = a.organisation"
        " where {}::uuid is null or a.id > {}::uuid order by a.id limit {}",
        after,
        after,
        BATCH,
    )
    return rows


def _written(row: dict[str, Any]) -> list[str]:
    return [one for one in json.loads(row["written"]).values() if isinstance(one, str)]
