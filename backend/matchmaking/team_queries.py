"""Rows of teams, in and out; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec

from backend.kit.clock import now
from backend.matchmaking.tables import Team as TeamRow
from backend.matchmaking.team_schemas import SavedTeam

TEAMS = """
    select t.id, t.need as need_id, t.offers as offer_ids, t.created_at, t.application as application_id,
        coalesce(nullif(a.title, ''), a.number, '') as application_title
    from team t left join application a on a.id = t.application
"""


def _team(row: Mapping[str, Any]) -> SavedTeam:
    return msgspec.convert(dict(row), SavedTeam)


async def teams_of(need: UUID) -> list[SavedTeam]:
    """The teams kept for a need, the newest first."""
    rows = await TeamRow.raw(f"{TEAMS} where t.need = {{}} order by t.created_at desc, t.id limit 50", need)
    return [_team(row) for row in rows]


async def find_team(team: UUID) -> SavedTeam | None:
    """One team."""
    rows = await TeamRow.raw(f"{TEAMS} where t.id = {{}}", team)
    return _team(rows[0]) if rows else None


async def insert_team(need: UUID, offers: Sequence[UUID], created_by: UUID) -> UUID:
    """Keep a team."""
    row = TeamRow(id=uuid4(), need=need, offers=list(offers), created_by=created_by, created_at=now())
    await TeamRow.insert(row)
    return row.id


async def set_application(team: UUID, application: UUID | None) -> None:
    """Keep a team with an application, or with none."""
    values: dict[Any, Any] = {TeamRow.application: application}
    await TeamRow.update(values).where(TeamRow.id == team)


async def delete_team(team: UUID) -> None:
    """Keep a team no longer."""
    await TeamRow.delete().where(TeamRow.id == team)
