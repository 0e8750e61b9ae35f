"""Rows of warnings and superiors, in and out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import msgspec

from backend.accounts.schemas import Role
from backend.kit.clock import now
from backend.watch.schemas import LEVELS, Level, Superior, Warned
from backend.watch.tables import ClockWarning
from backend.watch.tables import Superior as SuperiorRow


async def insert_warning(
    application_id: UUID, clock_key: str, since: datetime, due_on: date, level: Level
) -> bool:
    """Whether this warning was not given before."""
    row = ClockWarning(
        application=application_id,
        clock_key=clock_key,
        since=since,
        due_on=due_on,
        level=level,
        warned_at=now(),
    )
    target = (ClockWarning.application, ClockWarning.clock_key, ClockWarning.since, ClockWarning.level)
    return bool(await ClockWarning.insert(row).on_conflict(target=target, action="DO NOTHING"))


async def latest_warnings(applications: Collection[UUID]) -> dict[UUID, Warned]:
    """The latest warning of each of these cases that has one, in one query."""
    if not applications:
        return {}
    rows = await ClockWarning.raw(
        """
        select distinct on (application) application as application_id, clock_key, due_on, level, warned_at
        from clock_warning where application = any({}::uuid[])
        order by application, since desc, array_position({}::text[], level::text) desc
        """,
        list(applications),
        list(LEVELS),
    )
    return {row["application_id"]: msgspec.convert(row, Warned) for row in rows}


async def list_superiors() -> dict[Role, Superior]:
    """The superiors that were named, by role."""
    rows = await SuperiorRow.select(
        SuperiorRow.role,
        SuperiorRow.account.as_alias("account_id"),
        SuperiorRow.account.name.as_alias("name"),
    ).where(SuperiorRow.account.is_not_null())
    return {Role(row["role"]): msgspec.convert(row, Superior) for row in rows}


async def put_superior(role: Role, account: UUID | None) -> UUID:
    """Name the superior of a role, or nobody; return the id of the row."""
    row = SuperiorRow(role=role, account=account)
    await SuperiorRow.insert(row).on_conflict(
        target=SuperiorRow.role, action="DO UPDATE", values=[SuperiorRow.account]
    )
    found = await SuperiorRow.select(SuperiorRow.id).where(SuperiorRow.role == role).first()
    assert found is not None
    return UUID(str(found["id"]))
