"""How officers arrange their work: who is told of a missed day, shared views, a case handed over."""

from __future__ import annotations

from backend.accounts.schemas import Role
from backend.applications.domain import list_queue
from backend.applications.schemas import QueueFilters
from backend.cases.handover import hand_over
from backend.cases.views import save_view
from backend.demo.cast import ADMIN, Cast
from backend.watch.domain import name_superiors

OFFICER, COLLEAGUE, AUTHORITY = "officer@benthu.test", "officer2@benthu.test", "authority@benthu.test"
VIEWS = (
    ("Đến hạn trong 7 ngày", "clock=soon", True),
    ("Mới nộp, chưa ai kiểm tra", "handler=nobody&state=submitted", True),
    ("Của tôi, đang tạm dừng", "handler=mine&clock=stopped", False),
)
REASON = "Tôi đi công tác từ thứ Hai; hồ sơ đã kiểm tra xong thành phần."


async def arrange_work(cast: Cast) -> None:
    """What the desk of an officer shows beside the cases."""
    superior = cast[AUTHORITY].id
    await name_superiors(cast[ADMIN], {Role.OFFICER: superior, Role.APPRAISER: superior})
    for name, address, is_shared in VIEWS:
        await save_view(cast[OFFICER], name, address, is_shared)
    mine = await list_queue(cast[OFFICER], QueueFilters(handler="mine"))
    if mine.items:
        await hand_over(cast[OFFICER], mine.items[-1].id, cast[COLLEAGUE].id, REASON)
