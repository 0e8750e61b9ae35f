"""Questions to the agency before an application, and an answer kept from the public."""

from __future__ import annotations

from backend.applications import domain as applications
from backend.applications import enquiries
from backend.applications.enquiry_schemas import NewAnswer, NewEnquiry
from backend.demo import data
from backend.demo.cast import Cast
from backend.demo.plan import DEMO_COMPANY
from backend.demo.stage import Pace, Story

OFFICER = "officer@benthu.test"
ANSWERED = NewEnquiry(
    programme_key="vn-hp-248",
    title="Thử nghiệm trên sông có cần phép của cảng vụ không?",
    question="Chúng tôi dự định thử thuyền không người lái trên sông Cấm trong ba tháng. Ngoài hồ sơ này, "
    "có phải xin phép cơ quan nào khác không?",
)
ANSWER = (
    "Việc có cần phép của cảng vụ tùy khu vực và thời gian thử. Hãy trả lời “Có” ở mục giấy phép khác và nêu "
    "khu vực dự kiến; cơ quan sẽ lấy ý kiến cảng vụ khi thẩm định."
)
OPEN = NewEnquiry(
    programme_key="vn-hp-248",
    title="Một hồ sơ có thể gồm hai địa điểm không?",
    question="Chúng tôi muốn thử cùng một giải pháp ở hai bến. Nên nộp một hồ sơ hay hai?",
)
SECRET, WHY = "safeguards", "Quy trình giám sát từ xa là bí quyết của chúng tôi."


async def tell_questions(cast: Cast, pace: Pace) -> Story:
    """The company of the demonstration asks twice; one question is answered, the other still open."""
    yield pace.now
    company = next(one for one in data.organisations() if one.key == DEMO_COMPANY)
    startup, _ = await cast.applicant(company)
    first = await enquiries.ask(startup, ANSWERED)
    yield pace.after(3)
    await enquiries.answer(cast[OFFICER], first.id, NewAnswer(answer=ANSWER))
    yield pace.after(3)
    await enquiries.ask(startup, OPEN)
    drafts = [one for one in await applications.list_mine(startup) if one.number is None]
    for draft in drafts[:1]:
        await applications.mark_secret(startup, draft.id, SECRET, WHY)
