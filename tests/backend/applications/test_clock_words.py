"""The clocks of a case as the mails about it tell them."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import structs

from backend.applications import domain, gate
from backend.applications.clock_words import clocks_in_words, most_urgent
from backend.kit.clock import Frozen
from backend.kit.text import Text
from backend.notifications import domain as notifications
from tests.factories.applications import Cast, a_request, make_submitted

READ = Text("Quyết định 248/2025/QĐ-UBND, phần nội dung", "Decision 248/2025/QĐ-UBND, its body")
SOURCE = Text(f"{READ.vi}, cần xác nhận", f"{READ.en}, to confirm")


async def told_last(cast: Cast) -> Text | None:
    """What the latest news of a member says of the clocks."""
    return (await notifications.list_news(cast.hoa)).items[0].news.clock


async def test_news_of_a_new_state_tell_the_clock_of_the_agency_that_counts(cast: Cast) -> None:
    await make_submitted(cast)
    assert await told_last(cast) == Text(
        "Thời hạn của cơ quan “Kiểm tra thành phần hồ sơ”: đã dùng 0/3 ngày làm việc, hạn cuối 27/11/2026 "
        f"(căn cứ: {SOURCE.vi}).",
        "The agency's time limit “Check the dossier”: 0/3 working days used, due 27/11/2026 "
        f"(source: {SOURCE.en}).",
    )


async def test_while_the_agency_waits_its_stopped_clock_and_the_applicants_own_are_told_apart(
    cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    frozen_clock.advance(timedelta(days=2))
    await domain.request_supplement(cast.officer, case.id, a_request(), date(2026, 11, 30))
    frozen_clock.advance(timedelta(seconds=1))
    assert await told_last(cast) == Text(
        "Thời hạn của cơ quan “Kiểm tra thành phần hồ sơ”: đã dùng 1/3 ngày làm việc, đang tạm dừng "
        f"(căn cứ: {SOURCE.vi}). "
        "Thời hạn của bạn theo quy định “Bổ sung hồ sơ”: đã dùng 0/30 ngày, hạn cuối 25/12/2026 "
        f"(căn cứ: {SOURCE.vi}).",
        "The agency's time limit “Check the dossier”: 1/3 working days used, stopped for now "
        f"(source: {SOURCE.en}). "
        "Your time limit by the rules “Supplement the dossier”: 0/30 days used, due 25/12/2026 "
        f"(source: {SOURCE.en}).",
    )


async def test_a_closed_case_has_no_clock_to_tell(cast: Cast, frozen_clock: Frozen) -> None:
    case = await make_submitted(cast)
    frozen_clock.advance(timedelta(seconds=1))
    await domain.move_application(cast.hoa, case.id, "withdraw")
    assert await told_last(cast) is None


async def test_a_clock_that_was_missed_says_when_it_was_due_and_a_source_that_was_read_has_no_mark(
    cast: Cast, frozen_clock: Frozen
) -> None:
    case = await make_submitted(cast)
    frozen_clock.advance(timedelta(days=7))
    late = most_urgent(await gate.clocks_of(case))
    assert late is not None
    read = structs.replace(late.source, checked_on=date(2026, 11, 1))
    assert clocks_in_words([structs.replace(late, source=read)]) == Text(
        "Thời hạn của cơ quan “Kiểm tra thành phần hồ sơ”: đã dùng 4/3 ngày làm việc, đã quá hạn 27/11/2026 "
        f"(căn cứ: {READ.vi}).",
        "The agency's time limit “Check the dossier”: 4/3 working days used, was due 27/11/2026 "
        f"(source: {READ.en}).",
    )
