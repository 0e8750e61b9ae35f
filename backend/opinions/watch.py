"""The mails to agencies, the reminder, and the end of what nobody answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.kit.clock import today
from backend.kit.outbox import enqueue, every, handler
from backend.kit.text import Text
from backend.opinions import queries
from backend.opinions.domain import MAIL, lapse_opinion, link_token, settings_of
from backend.opinions.schemas import Opinion
from backend.ports.mailer import compose
from backend.ports.wiring import ports
from backend.programmes.domain import pinned
from backend.settings import settings

WATCH, LAPSE = "watch_opinions", "lapse_opinion"
REMIND_BEFORE = timedelta(days=2)


@handler(MAIL)
async def send_request(job: dict[str, Any]) -> None:
    """Mail the question, or remind of it; nothing to an agency that has answered meanwhile."""
    opinion = await queries.find_opinion(UUID(job["opinion"]))
    if opinion is None or not opinion.is_open:
        return
    is_first = job["why"] == "asked"
    number, title = opinion.number, opinion.title
    mail = compose(
        "notice",
        opinion.email,
        "vi",
        f"{MAIL}:{opinion.id}:{job['why']}",
        name=opinion.agency,
        headline=Text(f"Đề nghị cho ý kiến về hồ sơ {number}", f"Your opinion on case {number}")
        if is_first
        else Text(f"Nhắc: cho ý kiến về hồ sơ {number}", f"Reminder: your opinion on case {number}"),
        happened=Text(
            f"Cơ quan thụ lý đề nghị quý cơ quan cho ý kiến về “{title}”.",
            f"The agency in charge asks for your opinion on “{title}”.",
        ),
        todo=_ANSWER if (path := _path(opinion)) else _WRITE,
        due=opinion.due_on,
        clock=None,
        link=settings().public_url + path,
    )
    await ports().mailer.send(mail)


@handler(WATCH)
async def watch_opinions(_payload: dict[str, Any]) -> None:
    """Ask for reminders two days before, and end what is overdue. Done twice, it asks for the same."""
    for opinion in await queries.open_until(today() + REMIND_BEFORE):
        if opinion.due_on < today():
            await enqueue(LAPSE, {"opinion": opinion.id}, dedupe=f"{LAPSE}:{opinion.id}")
        else:
            await enqueue(MAIL, {"opinion": opinion.id, "why": "due"}, dedupe=f"{MAIL}:{opinion.id}:due")


every(WATCH, timedelta(days=1))


@handler(LAPSE)
async def lapse(job: dict[str, Any]) -> None:
    """Record the silence of one agency."""
    opinion = await queries.find_opinion(UUID(job["opinion"]))
    if opinion is not None and opinion.is_open:
        await lapse_opinion(None, opinion.id)


def _path(opinion: Opinion) -> str:
    """Where the agency answers: signed in, by its personal link, or on paper alone."""
    if opinion.account_id is not None:
        return f"/opinions/{opinion.id}"
    if settings_of(pinned(opinion.pin)).by_link:
        return f"/opinions/answer/{link_token(opinion)}"
    return ""


_ANSWER = Text("Đọc nội dung và trả lời trên trang.", "Read the question and answer on the page.")
_WRITE = Text("Trả lời bằng văn bản.", "Answer in writing.")
