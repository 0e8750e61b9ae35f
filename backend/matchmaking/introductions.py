"""What can be done with introductions: one side asks, the other accepts or declines, the first may withdraw.

Contact data are shown to both once it is accepted, never before.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from backend.accounts.domain import HOUR
from backend.accounts.schemas import Actor
from backend.kit import audit
from backend.kit.db import Duplicate, retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.rate_limit import hit
from backend.kit.text import Text, nfc
from backend.matchmaking import offer_queries, queries
from backend.matchmaking.schemas import Introduction, Need, Side
from backend.notifications.domain import notify
from backend.notifications.schemas import News

LEAST_MESSAGE, MOST_MESSAGE = 10, 2000
ASKS_PER_HOUR = 30


class Edge(NamedTuple):
    """A step from `asked`: the state it leads to, and whether the side that asked takes it."""

    to: str
    by_asker: bool


STEPS = {
    "accept": Edge("accepted", by_asker=False),
    "decline": Edge("declined", by_asker=False),
    "withdraw": Edge("withdrawn", by_asker=True),
}
_HEADLINES = {
    "asked": Text("Có người muốn làm quen với bạn", "Somebody asks for an introduction"),
    "accepted": Text("Lời đề nghị giới thiệu được chấp nhận", "Your introduction was accepted"),
    "declined": Text("Lời đề nghị giới thiệu bị từ chối", "Your introduction was declined"),
}


class AlreadyAsked(Conflict):
    """The two have a live introduction."""

    code = "already_asked"
    text = Text(
        "Hai bên đã có một lời đề nghị giới thiệu đang chờ hoặc đã được chấp nhận.",
        "An introduction between the two is waiting or accepted already.",
    )


@retrying
async def ask_introduction(actor: Actor, need_id: UUID, offer_id: UUID, message: str) -> Introduction:
    """Ask the other side to be introduced: as the company of the need, or as the owner of the offer.

    Raises:
        NotFound: need or offer are not there for the actor; the offer is hidden or of the own organisation.
        Invalid: no message.
        Conflict: the need is closed.
        AlreadyAsked: they have a live introduction.
        TooMany: an actor who asks everybody.
    """
    need, side = await _seen_from(actor, need_id, offer_id)
    said = _said("message", message, least=LEAST_MESSAGE)
    if need.closed_at is not None:
        raise Conflict
    await hit(f"introduction:{actor.id}", ASKS_PER_HOUR, HOUR)
    try:
        async with transaction():
            introduction = await queries.insert_introduction(need_id, offer_id, side, said, actor.id)
            line = {"transition": "ask", "from": "", "to": "asked", "need": need_id, "offer": offer_id}
            await audit.record(introduction, "introduction:asked", actor.id, line)
            asked = await get_introduction(actor, introduction)
            await _tell_other_side(asked, "asked")
            return asked
    except Duplicate:
        raise AlreadyAsked from None


@retrying
async def answer_introduction(
    actor: Actor, introduction_id: UUID, step: str, answer: str = ""
) -> Introduction:
    """Accept or decline what the other side asks, or withdraw what one's own side asked.

    Raises NotFound (also for a step that is not the actor's), Conflict when somebody was faster.
    """
    before = await get_introduction(actor, introduction_id)
    edge = STEPS.get(step)
    if edge is None or edge.by_asker != (before.side == before.asked_from):
        raise NotFound
    said = _said("answer", answer, least=0)
    async with transaction():
        if not await queries.set_introduction(introduction_id, "asked", edge.to, actor.id, said):
            raise Conflict
        line = {"transition": step, "from": "asked", "to": edge.to}
        await audit.record(introduction_id, f"introduction:{edge.to}", actor.id, line)
        after = await get_introduction(actor, introduction_id)
        if edge.to in _HEADLINES:
            await _tell_other_side(after, edge.to)
        return after


async def get_introduction(actor: Actor, introduction_id: UUID) -> Introduction:
    """An introduction the actor has a side in. Raises NotFound."""
    found = await queries.find_introduction(introduction_id, actor.id, actor.organisations)
    if found is None:
        raise NotFound
    return found


async def list_introductions(actor: Actor) -> list[Introduction]:
    """All introductions the actor has a side in: those waiting first, then the newest."""
    return await queries.introductions_of(actor.id, actor.organisations)


async def _seen_from(actor: Actor, need_id: UUID, offer_id: UUID) -> tuple[Need, Side]:
    need, offer = await queries.find_need(need_id), await offer_queries.find_offer(offer_id)
    if need is None or offer is None or not offer.visible:
        raise NotFound
    if str(offer_id) not in await offer_queries.strangers_to(need.organisation_id):
        raise NotFound
    if need.organisation_id in actor.organisations:
        return need, "need"
    if offer.account_id == actor.id and need.listed:
        return need, "offer"
    raise NotFound


async def _tell_other_side(introduction: Introduction, state: str) -> None:
    """Tell the account on the other side; it names no person and no contact."""
    account = await queries.account_to_tell(introduction.id, introduction.side)
    subject = Text(
        f"“{introduction.need_title}” ({introduction.organisation_name}) — {introduction.offer_headline}",
        f"“{introduction.need_title}” ({introduction.organisation_name}) — {introduction.offer_headline}",
    )
    key = f"introduction:{introduction.id}:{state}"
    news = News(
        headline=_HEADLINES[state],
        happened=subject,
        todo=Text("Trả lời trên trang.", "Answer on the site.") if state == "asked" else None,
        path=f"/partners/introductions/{introduction.id}",
    )
    await notify([account], "partner", key, news)


def _said(field: str, message: str, *, least: int) -> str:
    said = nfc(message).strip()
    if not least <= len(said) <= MOST_MESSAGE:
        fault = Text(
            f"Hãy viết vài dòng, từ {least} đến {MOST_MESSAGE} ký tự.",
            f"Write a few lines, from {least} to {MOST_MESSAGE} characters.",
        )
        raise Invalid(fields={field: fault})
    return said
