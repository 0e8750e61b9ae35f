"""Tell people, and let them choose how they are told."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from msgspec.structs import replace

from backend.accounts.schemas import Actor
from backend.kit.clock import now
from backend.kit.db import transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.outbox import enqueue
from backend.kit.pages import Page
from backend.kit.text import Text
from backend.notifications import queries
from backend.notifications.events import HOW, KINDS, How
from backend.notifications.mails import SEND
from backend.notifications.schemas import Choice, News, Notification, how_of
from backend.notifications.tokens import opened


async def notify(accounts: Collection[UUID], kind: str, key: str, news: News) -> None:
    """Put news into the inboxes of these accounts, and ask for the mails that go out at once.

    In the transaction of the verb that has the news. `key` names what it tells of: an account is told once.
    """
    if not accounts:
        return
    chosen = {} if KINDS[kind].statutory else await queries.chosen_by(accounts, kind)
    wishes = {account: how_of(kind, chosen.get(account)) for account in accounts}
    for news_id, _, how in await queries.insert_news(wishes, kind, key, news):
        if how == "now":
            await enqueue(SEND, {"notification": news_id}, dedupe=f"{SEND}:{news_id}")


async def list_news(actor: Actor, number: int = 1, *, unread: bool = False) -> Page[Notification]:
    """The actor's inbox, the latest first."""
    return await queries.list_news(actor.id, number, unread=unread)


async def count_unread(actor: Actor) -> int:
    """How many pieces of news the actor has not read."""
    return await queries.count_unread(actor.id)


async def open_news(actor: Actor, news_id: UUID) -> Notification:
    """Mark news of the actor as read and give it. Raises NotFound, also for somebody else's."""
    async with transaction():
        found = await queries.find_news(news_id)
        if found is None or found.account != actor.id:
            raise NotFound
        await queries.mark_read(actor.id, news_id)
        return replace(found, read_at=found.read_at or now())


async def read_all(actor: Actor) -> None:
    """Mark everything in the actor's inbox as read."""
    async with transaction():
        await queries.mark_read(actor.id)


async def choices_of(actor: Actor) -> list[Choice]:
    """How each kind of news reaches the actor."""
    chosen = await queries.choices_of(actor.id)
    return [Choice(key=key, kind=kind, how=how_of(key, chosen.get(key))) for key, kind in KINDS.items()]


async def choose(actor: Actor, wishes: dict[str, str]) -> None:
    """Keep the wishes by kind of news; a statutory kind has no choice and is passed over.

    Raises Invalid for a kind or a way that there is not; then nothing is kept.
    """
    wrong = {key for key, how in wishes.items() if key not in KINDS or how not in HOW}
    if wrong:
        raise Invalid(fields=dict.fromkeys(sorted(wrong), _CHOOSE))
    async with transaction():
        for key, how in wishes.items():
            if not KINDS[key].statutory:
                await queries.put_choice(actor.id, key, _way(how))


def kind_of_token(token: str) -> str:
    """The kind of news a token stops. Raises NotFound for one that is not ours."""
    return opened(token)[1]


async def unsubscribe(token: str) -> None:
    """No more mails of this kind: the news stay in the inbox. Raises NotFound; twice is the same as once."""
    account, kind = opened(token)
    async with transaction():
        await queries.put_choice(account, kind, "inbox")


def _way(how: str) -> How:
    return next(way for way in HOW if way == how)


_CHOOSE = Text("Hãy chọn một cách nhận thông báo.", "Choose one way to be told.")
