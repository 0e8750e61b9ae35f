"""Reminds applicants of open supplement requests, and closes those whose day is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.applications import supplement_queries as rows
from backend.applications.gate import found
from backend.applications.notices import tell_of
from backend.applications.supplements import lapse_supplement
from backend.kit.clock import local, today
from backend.kit.outbox import enqueue, every, handler
from backend.kit.text import Text
from backend.notifications.schemas import News

REMIND_BEFORE = (1, 3, 7)
"""Days before the last one on which a reminder is sent, each once."""
WATCH, LAPSE = "supplements:watch", "supplements:lapse"


@handler(WATCH)
async def watch_supplements(_payload: dict[str, Any]) -> None:
    """Ask for the reminders and the ends that are due today. Done twice, it asks for the same ones."""
    until = today() + timedelta(days=max(REMIND_BEFORE))
    for application_id, request_id, due_on, asked_at in await rows.open_requests(until):
        if due_on < today():
            job = {"application": application_id, "request": request_id, "due_on": due_on}
            await enqueue(LAPSE, job, dedupe=f"{LAPSE}:{request_id}:{due_on}")
        elif days := reminder_due(due_on, asked_at):
            key = f"supplement_due:{request_id}:{due_on}:{days}"
            await tell_of(await found(application_id), _reminder(due_on), due_on, key, kind="deadline")


every(WATCH, timedelta(days=1))


def reminder_due(due_on: date, asked_at: datetime) -> int | None:
    """Which of the reminders is due today: the nearest one, unless less time was given from the start."""
    left, given = (due_on - today()).days, (due_on - local(asked_at).date()).days
    return next((days for days in REMIND_BEFORE if left <= days < given), None)


@handler(LAPSE)
async def lapse(payload: dict[str, Any]) -> None:
    """End one request, and tell the organisation and its case handler."""
    application = await lapse_supplement(UUID(payload["application"]), UUID(payload["request"]))
    if application is None:
        return
    key = f"supplement_lapsed:{payload['request']}"
    await tell_of(application, _lapsed(payload["due_on"]), None, key)
    assert application.handler_id, "whoever asked handles the case"
    await tell_of(application, _BACK, None, key, kind="work", accounts=[application.handler_id])


def _reminder(due_on: date) -> News:
    left = (due_on - today()).days
    vi = f"còn {left} ngày" if left else "hôm nay là ngày cuối"
    en = {0: "today is the last day", 1: "1 day left"}.get(left, f"{left} days left")
    return News(
        headline=Text(f"Yêu cầu bổ sung: {vi}", f"Supplement request: {en}"),
        happened=Text(
            "Cơ quan đang chờ bổ sung hồ sơ. Hết hạn mà chưa nộp, yêu cầu khép lại và cán bộ xem xét hồ sơ "
            "theo những gì đã có.",
            "The authority waits for your supplement. If nothing comes in time, the request is closed and "
            "the officer goes on with the dossier as it is.",
        ),
        todo=Text(
            "Trả lời từng mục được yêu cầu rồi nộp lại.", "Answer each item asked for, then submit again."
        ),
    )


def _lapsed(due_on: str) -> News:
    day = date.fromisoformat(due_on)
    return News(
        headline=Text("Yêu cầu bổ sung đã hết hạn", "The supplement request has lapsed"),
        happened=Text(
            f"Hết ngày {day:%d/%m/%Y} chưa nhận được bổ sung. Hồ sơ trở lại cán bộ thụ lý và được xem xét "
            "theo những gì đã nộp trước đó.",
            f"Nothing was handed in by {day:%d/%m/%Y}. The case is back with its officer, who goes on with "
            "what was handed in before.",
        ),
    )


_BACK = News(
    headline=Text("Hết hạn bổ sung, hồ sơ trở lại với bạn", "No supplement came, the case is back with you"),
    happened=Text(
        "Tổ chức không nộp bổ sung trong hạn. Thời hạn giải quyết chạy tiếp từ hôm nay.",
        "The applicant did not answer in time. The authority's clock runs on from today.",
    ),
    todo=Text(
        "Quyết định trên hồ sơ đang có: tiếp nhận, yêu cầu lại hoặc từ chối tiếp nhận.",
        "Decide on the dossier as it is: accept it, ask again or refuse to receive it.",
    ),
)
