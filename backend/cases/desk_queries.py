"""Rows of hand-overs, openings, saved views and actions on many cases, in and out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from backend.cases.desk_schemas import Handover, Officer, Order, Presence, SavedView
from backend.cases.tables import BulkResult, BulkRun, Opening
from backend.cases.tables import Handover as HandoverRow
from backend.cases.tables import SavedView as ViewRow
from backend.kit.clock import now
from backend.kit.text import Text

# Hand-overs


async def insert_handover(application_id: UUID, giver: UUID | None, taker: UUID, reason: str) -> None:
    await HandoverRow.insert(
        HandoverRow(application=application_id, from_account=giver, to_account=taker, reason=reason, at=now())
    )


async def handovers_of(application_id: UUID) -> list[Handover]:
    """The hand-overs of a case, oldest first."""
    rows = (
        await HandoverRow.select(
            HandoverRow.application.as_alias("application_id"),
            HandoverRow.from_account.name.as_alias("from_name"),
            HandoverRow.to_account.name.as_alias("to_name"),
            HandoverRow.reason,
            HandoverRow.at,
        )
        .where(HandoverRow.application == application_id)
        .order_by(HandoverRow.at)
    )
    return [msgspec.convert(row, Handover) for row in rows]


async def list_officers(role: str, states: Collection[str]) -> list[Officer]:
    """Active accounts with this role and how many cases in these states each has, by name."""
    rows = await HandoverRow.raw(
        """
        select a.id, a.name, (
            select count(*) from application c
            where coalesce(c.handler, '00000000-0000-0000-0000-000000000000'::uuid) = a.id
              and c.number is not null and c.state = any({}::text[])
        ) as cases
        from account a where a.active and {} = any(a.roles) order by a.name, a.id
        """,
        sorted(states),
        role,
    )
    return [msgspec.convert(row, Officer) for row in rows]


# Openings


async def note_opening(application_id: UUID, account: UUID, since: datetime) -> list[Presence]:
    """Note that somebody opens a case; return who else did since, the latest first. One statement."""
    rows = await Opening.raw(
        """
        with mine as (
            insert into case_opening (id, application, account, opened_at) values ({}, {}, {}, {})
            on conflict (application, account) do update set opened_at = excluded.opened_at
        )
        select a.name, o.opened_at from case_opening o join account a on a.id = o.account
        where o.application = {} and o.account <> {} and o.opened_at > {} order by o.opened_at desc limit 5
        """,
        uuid4(), application_id, account, now(), application_id, account, since,
    )  # fmt: skip
    return [_presence(row) for row in rows]


async def openings_of(applications: Collection[UUID], reader: UUID, since: datetime) -> dict[UUID, Presence]:
    """Who else last opened each of these cases since."""
    if not applications:
        return {}
    rows = await Opening.raw(
        """
        select distinct on (o.application) o.application, a.name, o.opened_at
        from case_opening o join account a on a.id = o.account
        where o.application = any({}::uuid[]) and o.account <> {} and o.opened_at > {}
        order by o.application, o.opened_at desc
        """,
        list(applications),
        reader,
        since,
    )
    return {row["application"]: _presence(row) for row in rows}


def _presence(row: dict[str, Any]) -> Presence:
    seconds = (now() - row["opened_at"]).total_seconds()
    return Presence(name=row["name"], minutes=max(0, int(seconds // 60)))


async def forget_openings(before: datetime) -> None:
    await Opening.delete().where(Opening.opened_at < before)


# Saved views


async def list_views(account: UUID) -> list[SavedView]:
    """The views of an account and those others share, by name."""
    rows = (
        await ViewRow.select(
            ViewRow.id, ViewRow.name, ViewRow.query, ViewRow.is_shared, ViewRow.account,
            ViewRow.account.name.as_alias("owner"),
        )
        .where((ViewRow.account == account) | (ViewRow.is_shared == True))  # noqa: E712
        .order_by(ViewRow.name, ViewRow.id)
        .limit(100)
    )  # fmt: skip
    return [
        SavedView(
            id=row["id"],
            name=row["name"],
            href=f"/queue?{row['query']}",
            is_shared=row["is_shared"],
            owner=None if row["account"] == account else row["owner"],
        )
        for row in rows
    ]


async def put_view(account: UUID, name: str, query: str, is_shared: bool) -> None:
    """Keep a view; one of the same name gives way."""
    row = ViewRow(account=account, name=name, query=query, is_shared=is_shared, created_at=now())
    await ViewRow.insert(row).on_conflict(
        target=(ViewRow.account, ViewRow.name),
        action="DO UPDATE",
        values=[ViewRow.query, ViewRow.is_shared],
    )


async def delete_view(account: UUID, view_id: UUID) -> bool:
    """Whether the account had this view."""
    mine = (ViewRow.id == view_id) & (ViewRow.account == account)
    return bool(await ViewRow.delete().where(mine).returning(ViewRow.id))


# Actions on many cases


async def begin_run(run_id: UUID, account: UUID, order: Order) -> bool:
    """Whether this run is new."""
    row = BulkRun(
        id=run_id,
        account=account,
        action=order.action,
        to_account=order.to,
        reason=order.reason,
        cases=msgspec.json.encode(order.cases).decode(),
        asked_at=now(),
    )
    return bool(await BulkRun.insert(row).on_conflict(target=BulkRun.id, action="DO NOTHING"))


async def find_run(run_id: UUID, account: UUID) -> tuple[Order, datetime] | None:
    """What this account asked for under an id."""
    row = await BulkRun.select().where((BulkRun.id == run_id) & (BulkRun.account == account)).first()
    if row is None:
        return None
    order = Order(
        action=row["action"],
        cases=msgspec.json.decode(row["cases"], type=list[UUID]),
        to=row["to_account"],
        reason=row["reason"],
    )
    return order, row["asked_at"]


async def insert_result(run_id: UUID, application_id: UUID, refused: Text | None) -> None:
    written = msgspec.json.encode(refused).decode() if refused else None
    await BulkResult.insert(BulkResult(run=run_id, application=application_id, refused=written))


async def results_of(run_id: UUID) -> dict[UUID, Text | None]:
    """Why not, or None for done, by case; cases not reached are missing."""
    rows = await BulkResult.select(BulkResult.application, BulkResult.refused).where(BulkResult.run == run_id)
    return {row["application"]: _said(row["refused"]) for row in rows}


def _said(written: str | None) -> Text | None:
    return msgspec.json.decode(written, type=Text) if written else None
