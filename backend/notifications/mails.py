"""The mails that go out: one piece of news at once, or a digest of those that could wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.accounts.queries import find_actor
from backend.kit.clock import LOCAL
from backend.kit.outbox import enqueue, every, handler
from backend.notifications import queries
from backend.notifications.events import KINDS, How
from backend.notifications.tokens import unsubscribe_token
from backend.ports.mailer import compose
from backend.ports.wiring import ports
from backend.settings import settings

SEND, PLAN, DIGEST = "send_news", "notifications:digests", "send_digest"
HOUR = 7
MOST = 100
WAYS: tuple[tuple[How, ...], tuple[How, ...]] = (("daily",), ("daily", "weekly"))
"""The ways a digest gathers on an ordinary day, and on Monday."""


@handler(SEND)
async def send_mail(job: dict[str, Any]) -> None:
    """Mail one piece of news; an account that was closed meanwhile gets none.

    The address is looked up only now: none is kept in a job.
    """
    found = await queries.find_news(UUID(job["notification"]))
    actor = await find_actor(found.account) if found else None
    if found is None or actor is None:
        return
    can_stop = not KINDS[found.kind].statutory
    mail = compose(
        "notice",
        actor.email,
        actor.lang,
        f"news:{found.id}",
        name=actor.name,
        headline=found.news.headline,
        happened=found.news.happened,
        todo=found.news.todo,
        due=found.news.due,
        clock=found.news.clock,
        link=settings().public_url + found.news.path,
        stop=_stop_page(actor.id, found.kind) if can_stop else None,
        unsubscribe=_one_click(actor.id, found.kind) if can_stop else None,
    )
    await queries.mark_mailed(found.id)
    await ports().mailer.send(mail)


@handler(PLAN)
async def plan_digests(job: dict[str, Any]) -> None:
    """Ask for the digests of the morning: one for each account with news that waited."""
    day = datetime.fromisoformat(job["from"]).astimezone(LOCAL)
    is_monday = day.weekday() == 0
    for account in await queries.waiting_for_digest(WAYS[is_monday], day):
        await enqueue(
            DIGEST,
            {"account": account, "until": day, "weekly": is_monday},
            dedupe=f"{DIGEST}:{account}:{day:%Y-%m-%d}",
            due=day + timedelta(hours=HOUR),
        )


every(PLAN, timedelta(days=1))


@handler(DIGEST)
async def send_digest(job: dict[str, Any]) -> None:
    """Mail what waited, the oldest first; beyond the first hundred the digest gives the number alone."""
    until = datetime.fromisoformat(job["until"])
    actor = await find_actor(UUID(job["account"]))
    if actor is None:
        return
    waited = await queries.take_for_digest(actor.id, WAYS[job["weekly"]], until)
    if not waited:
        return
    mail = compose(
        "digest",
        actor.email,
        actor.lang,
        f"digest:{actor.id}:{until.isoformat()}",
        name=actor.name,
        total=len(waited),
        items=[one.news for one in waited[:MOST]],
        site=settings().public_url,
        stop=f"{settings().public_url}/inbox/preferences",
    )
    await ports().mailer.send(mail)


def _stop_page(account: UUID, kind: str) -> str:
    return f"{settings().public_url}/unsubscribe/{unsubscribe_token(account, kind)}"


def _one_click(account: UUID, kind: str) -> str:
    return f"{settings().public_url}/api/v1/unsubscribe/{unsubscribe_token(account, kind)}"
