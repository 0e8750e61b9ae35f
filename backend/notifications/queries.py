"""Rows of news and wishes, in and out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns.combination import WhereRaw
from piccolo.custom_types import Combinable

from backend.kit.clock import now
from backend.kit.pages import PAGE_SIZE, Page
from backend.notifications.events import How
from backend.notifications.schemas import News, Notification
from backend.notifications.tables import NotificationRow, PreferenceRow

_INSERT = """
    insert into notification (id, account, kind, key, news, how, created_at)
    select gen_random_uuid(), told.account, {}, {}, {}, told.how, {}
    from unnest({}::uuid[], {}::varchar[]) as told (account, how)
    on conflict (account, key) do nothing
    returning id, account, how
"""


async def insert_news(
    wishes: Mapping[UUID, How], kind: str, key: str, news: News
) -> list[tuple[UUID, UUID, How]]:
    """Id, account and way of each row that was not there yet."""
    rows = await NotificationRow.raw(
        _INSERT, kind, key, msgspec.json.encode(news).decode(), now(), list(wishes), list(wishes.values())
    )
    return [(row["id"], row["account"], row["how"]) for row in rows]


async def chosen_by(accounts: Collection[UUID], kind: str) -> dict[UUID, How]:
    """What each of the accounts chose for a kind of news; without those who chose nothing."""
    rows = await PreferenceRow.select(PreferenceRow.account, PreferenceRow.how).where(
        PreferenceRow.account.is_in(list(accounts)) & (PreferenceRow.kind == kind)
    )
    return {row["account"]: row["how"] for row in rows}


async def choices_of(account: UUID) -> dict[str, How]:
    """What an account chose, by kind of news."""
    rows = await PreferenceRow.select(PreferenceRow.kind, PreferenceRow.how).where(
        PreferenceRow.account == account
    )
    return {row["kind"]: row["how"] for row in rows}


async def put_choice(account: UUID, kind: str, how: How) -> None:
    """Keep a wish, whatever was wished before."""
    await PreferenceRow.insert(PreferenceRow(account=account, kind=kind, how=how)).on_conflict(
        target=(PreferenceRow.account, PreferenceRow.kind), action="DO UPDATE", values=[PreferenceRow.how]
    )


async def find_news(news_id: UUID) -> Notification | None:
    """One piece of news."""
    rows = await _select().where(NotificationRow.id == news_id)
    return _notification(rows[0]) if rows else None


async def news_of_page(path: str) -> list[dict[str, Any]]:
    """Who was told what about a page, and when: oldest first."""
    return (
        await NotificationRow.select(
            NotificationRow.account,
            NotificationRow.kind,
            NotificationRow.news,
            NotificationRow.created_at,
            NotificationRow.mailed_at,
        )
        .where(WhereRaw("news ->> 'path' = {}", path))
        .order_by(NotificationRow.created_at, NotificationRow.id)
        .output(load_json=True)
    )


async def list_news(account: UUID, number: int, *, unread: bool) -> Page[Notification]:
    """One page of an inbox, the latest first; all of it, or what is unread."""
    where: Combinable = NotificationRow.account == account
    if unread:
        where = where & NotificationRow.read_at.is_null()
    total = await NotificationRow.count().where(where)
    rows = (
        await _select()
        .where(where)
        .order_by(NotificationRow.created_at, ascending=False)
        .order_by(NotificationRow.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page(items=[_notification(row) for row in rows], total=total, page=number, size=PAGE_SIZE)


async def count_unread(account: UUID) -> int:
    """How many pieces of news an account has not read."""
    unread: int = await NotificationRow.count().where(
        (NotificationRow.account == account) & NotificationRow.read_at.is_null()
    )
    return unread


async def mark_read(account: UUID, only: UUID | None = None) -> None:
    """Mark one piece of news of an account as read, or all."""
    where: Combinable = (NotificationRow.account == account) & NotificationRow.read_at.is_null()
    if only is not None:
        where = where & (NotificationRow.id == only)
    await NotificationRow.update({NotificationRow.read_at: now()}).where(where)


async def waiting_for_digest(ways: Sequence[How], until: datetime) -> list[UUID]:
    """The accounts with news from before `until` that wait for one of these digests."""
    rows = await NotificationRow.select(NotificationRow.account).distinct().where(_waiting(ways, until))
    return [row["account"] for row in rows]


async def take_for_digest(account: UUID, ways: Sequence[How], until: datetime) -> list[Notification]:
    """The news that wait for a digest, oldest first, marked as mailed; each is taken once."""
    taken = (
        await NotificationRow.update({NotificationRow.mailed_at: now()})
        .where(_waiting(ways, until) & (NotificationRow.account == account))
        .returning(NotificationRow.id)
    )
    rows = (
        await _select()
        .where(NotificationRow.id.is_in([row["id"] for row in taken]))
        .order_by(NotificationRow.created_at, NotificationRow.id)
        if taken
        else []
    )
    return [_notification(row) for row in rows]


async def mark_mailed(news_id: UUID) -> None:
    """Note that a mail told of it."""
    await NotificationRow.update({NotificationRow.mailed_at: now()}).where(NotificationRow.id == news_id)


def _waiting(ways: Sequence[How], until: datetime) -> Any:
    return (
        NotificationRow.mailed_at.is_null()
        & NotificationRow.how.is_in(list(ways))
        & (NotificationRow.created_at < until)
    )


def _select() -> Any:
    return NotificationRow.select(
        *(getattr(NotificationRow, name) for name in Notification.__struct_fields__)
    ).output(load_json=True)


def _notification(row: Mapping[str, Any]) -> Notification:
    return msgspec.convert(dict(row), Notification)
