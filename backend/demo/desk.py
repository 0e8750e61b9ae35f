"""How the agency arranges its work: who is told of a missed day, what runs at night, views, a handover."""

from __future__ import annotations

from datetime import datetime, time

from backend.accounts.schemas import Role
from backend.applications import lateness, supplement_watch
from backend.applications.domain import list_queue
from backend.applications.lateness import find_late
from backend.applications.schemas import QueueFilters
from backend.applications.supplement_watch import watch_supplements
from backend.cases.handover import hand_over
from backend.cases.views import save_view
from backend.demo.cast import ADMIN, Cast
from backend.demo.stage import OfficeDays, Story
from backend.kit import clock
from backend.kit.outbox import work_until_empty
from backend.opinions import watch as opinion_watch
from backend.opinions.watch import watch_opinions
from backend.watch.domain import name_superiors, watch_clocks

NIGHT = time(0, 1)
QUICK = (lateness.APOLOGISE, supplement_watch.LAPSE, opinion_watch.LAPSE)
"""Jobs done the moment they are asked for."""
OFFICER, COLLEAGUE, AUTHORITY = "officer@benthu.test", "officer2@benthu.test", "authority@benthu.test"
VIEWS = (
    ("Đến hạn trong 7 ngày", "clock=soon", True),
    ("Mới nộp, chưa ai kiểm tra", "handler=nobody&state=submitted", True),
    ("Của tôi, đang tạm dừng", "handler=mine&clock=stopped", False),
)
REASON = "Tôi đi công tác từ thứ Hai; hồ sơ đã kiểm tra xong thành phần."


async def name_the_superior(cast: Cast) -> None:
    """The one whom missed days are reported to."""
    superior = cast[AUTHORITY].id
    await name_superiors(cast[ADMIN], {Role.OFFICER: superior, Role.APPRAISER: superior})


async def tell_nights(days: OfficeDays) -> Story:
    """What the registry does by itself every day: warn, apologise, remind, end what nobody answered.

    What takes long (files, mails, the index) waits for the worker.
    """
    for day in days:
        yield datetime.combine(day, NIGHT, clock.LOCAL)
        for work in (watch_clocks, find_late, watch_supplements, watch_opinions):
            await work({"from": clock.now()})
        await work_until_empty(QUICK)


async def arrange_work(cast: Cast) -> None:
    """What the desk of an officer shows beside the cases."""
    for name, address, is_shared in VIEWS:
        await save_view(cast[OFFICER], name, address, is_shared)
    mine = await list_queue(cast[OFFICER], QueueFilters(handler="mine"))
    if mine.items:
        await hand_over(cast[OFFICER], mine.items[-1].id, cast[COLLEAGUE].id, REASON)
