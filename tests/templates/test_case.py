"""Clocks, holder, timeline and sources: whose turn, how long, why, by which law."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from sandbox_rules.clocks import Clock, Stop
from sandbox_rules.schema import Source
from sandbox_rules.text import Text as RuleText
from tests.templates.conftest import Show, Shown, words

AT = datetime(2026, 11, 20, 3, 42, tzinfo=UTC)  # 10:42 in Hải Phòng
SOURCE = Source(
    key="nd142", title=RuleText("NĐ 142/2026, Điều 23", "Decree 142/2026, Art. 23"), secondhand=True
)
RUNNING = Clock(
    key="appraise",
    round=1,
    label=RuleText("Thẩm định", "Appraisal"),
    source=SOURCE,
    owner="officer",
    unit="working_day",
    limit=10,
    started_at=AT,
    started_on=date(2026, 11, 16),
    due_on=date(2026, 11, 30),
    due_at=AT,
    used=4,
    left=6,
    state="running",
    ended_at=None,
    stops=(),
    agency_days=4,
    applicant_days=0,
    service_left=None,
    provisional=False,
    calendar="2026",
)
OPEN_STOP = Stop(AT, None, "request_supplement", "applicant", 3)
STOPPED = replace(RUNNING, state="stopped", due_on=None, due_at=None, stops=(OPEN_STOP,))
OVERDUE = replace(RUNNING, state="missed", used=13, left=-3)
LATE = replace(OVERDUE, ended_at=AT)
MET = replace(RUNNING, state="met", ended_at=AT)


def facts(shown: Shown) -> dict[str, str]:
    return dict(zip(map(words, shown.all(".//dt")), map(words, shown.all(".//dd")), strict=True))


@pytest.mark.parametrize(
    ("clock", "tag", "big"),
    [
        (RUNNING, "đang chạy", "6 ngày làm việc còn lại"),
        (STOPPED, "tạm dừng tính thời hạn", "6 ngày làm việc còn lại"),
        (OVERDUE, "quá hạn", "3 ngày làm việc quá hạn"),
        (LATE, "xong, trễ hạn", "3 ngày làm việc quá hạn"),
        (MET, "đúng hạn", "4 ngày làm việc đã dùng"),
        (replace(RUNNING, unit="hour", limit=72, used=20, left=52), "đang chạy", "52 giờ còn lại"),
        (replace(RUNNING, unit="day", left=0, used=10), "đang chạy", "0 ngày còn lại"),
    ],
)
def test_a_clock_says_its_state_and_what_is_left(show: Show, clock: Clock, tag: str, big: str) -> None:
    shown = show("{{ c.clock_card(clock) }}", clock=clock)
    assert shown.says(".//strong") == tag
    assert shown.says(".//p[@class='app-clock__big']") == big


def test_a_clock_gives_its_facts_and_its_law(show: Show) -> None:
    shown = show("{{ c.clock_card(clock) }}", clock=RUNNING)
    assert facts(shown) == {
        "Đã dùng": "4 trong 10 ngày làm việc",
        "Bắt đầu": "16/11/2026",
        "Hạn cuối": "30/11/2026",
    }
    assert (
        shown.says(".//p[@class='app-clock__law']") == "NĐ 142/2026, Điều 23 cần xác nhận: theo bản tóm lược"
    )


def test_a_clock_speaks_english_with_singular_and_plural(show: Show) -> None:
    shown = show("{{ c.clock_card(clock) }}", "en", clock=replace(RUNNING, used=9, left=1))
    assert shown.says(".//p[@class='app-clock__big']") == "1 working day left"
    assert facts(shown)["Used"] == "9 of 10 working days"


def test_a_stopped_clock_says_since_when_for_whom_and_that_its_due_day_is_open(show: Show) -> None:
    shown = show("{{ c.clock_card(clock) }}", clock=STOPPED)
    assert shown.says(".//p[@class='app-clock__why']") == "Tạm dừng từ 20/11/2026: đang chờ tổ chức đề nghị"
    assert facts(shown)["Hạn cuối"] == "tính lại khi chạy tiếp"
    assert facts(shown)["Đã tạm dừng"] == "1 lần, 3 ngày làm việc"


def test_a_reason_given_is_said_instead_of_the_holder(show: Show) -> None:
    shown = show('{{ c.clock_card(clock, why="chờ bảo hiểm") }}', clock=STOPPED)
    assert shown.says(".//p[@class='app-clock__why']") == "Tạm dừng từ 20/11/2026: chờ bảo hiểm"


def test_a_case_that_closed_waits_for_nobody(show: Show) -> None:
    shown = show("{{ c.clock_card(clock) }}", clock=replace(STOPPED, ended_at=AT))
    assert shown.all(".//p[@class='app-clock__why']") == []
    assert facts(shown)["Hạn cuối"] == "đã đóng"


def test_a_due_day_from_a_forecast_calendar_is_provisional(show: Show) -> None:
    shown = show("{{ c.clock_card(clock) }}", clock=replace(RUNNING, provisional=True))
    assert facts(shown)["Hạn cuối"] == "30/11/2026 (tạm tính)"


@pytest.mark.parametrize(
    ("clock", "vi", "en"),
    [
        (RUNNING, "còn 6 ngày làm việc", "6 working days left"),
        (replace(RUNNING, left=1), "còn 1 ngày làm việc", "1 working day left"),
        (replace(RUNNING, unit="day"), "còn 6 ngày", "6 days left"),
        (replace(RUNNING, unit="hour", left=1), "còn 1 giờ", "1 hour left"),
        (OVERDUE, "quá 3 ngày làm việc", "3 working days late"),
        (replace(OVERDUE, left=-1, unit="day"), "quá 1 ngày", "1 day late"),
        (replace(OVERDUE, unit="hour"), "quá 3 giờ", "3 hours late"),
        (STOPPED, "tạm dừng, còn 6 ngày làm việc", "stopped, 6 working days left"),
        (MET, "đúng hạn", "met"),
    ],
)
def test_the_line_of_a_clock_in_a_list(show: Show, clock: Clock, vi: str, en: str) -> None:
    for lang, text in (("vi", vi), ("en", en)):
        assert show("{{ c.clock_line(clock) }}", lang, clock=clock).says(".//span") == text


@pytest.mark.parametrize(
    ("clock", "colour"),
    [
        (RUNNING, "app-svg__fill"),
        (replace(RUNNING, used=8, left=2), "app-svg__fill app-svg__fill--soon"),
        (STOPPED, "app-svg__fill app-svg__fill--stopped"),
        (OVERDUE, "app-svg__fill app-svg__fill--late"),
        (replace(MET, used=9, left=1), "app-svg__fill"),
    ],
)
def test_the_bar_warns_of_a_running_clock_and_is_calm_about_a_met_one(
    show: Show, clock: Clock, colour: str
) -> None:
    shown = show("{{ c.clock_bar(clock) }}", clock=clock)
    assert shown.all(".//{*}path")[0].get("class") == colour
    assert shown.says(".//{*}title") == f"Đã dùng {clock.used} trong 10"


def test_the_holder_line_says_who_since_when_and_whether_it_is_the_readers_turn(show: Show) -> None:
    shown = show('{{ c.holder("Sở Khoa học và Công nghệ", at, yours=true) }}{{ c.holder("bạn") }}', at=AT)
    assert [words(p) for p in shown.all(".//p")] == [
        "Hồ sơ đang ở: Sở Khoa học và Công nghệ đến lượt bạn từ 20/11/2026 10:42",
        "Hồ sơ đang ở: bạn",
    ]


def test_every_role_of_the_rules_has_its_words(show: Show) -> None:
    from typing import get_args

    from sandbox_rules.schema import Role

    spoken = [words(show("{{ c.role(role) }}", role=role).root) for role in get_args(Role)]
    assert len(set(spoken)) == len(get_args(Role))


def test_the_timeline_keeps_its_order_with_moments_for_machines(show: Show) -> None:
    events: list[dict[str, Any]] = [
        {
            "title": "Yêu cầu bổ sung",
            "at": AT,
            "who": "Bình",
            "text": "Bảo hiểm",
            "tone": "stop",
            "href": "/z",
        },
        {"title": "Đã nộp", "at": AT},
    ]
    shown = show("{{ c.timeline(events) }}", events=events)
    assert [words(e) for e in shown.all(".//ol/li")] == [
        "Yêu cầu bổ sung 20/11/2026 10:42 · Bình Bảo hiểm",
        "Đã nộp 20/11/2026 10:42",
    ]
    assert [e.get("datetime") for e in shown.all(".//time")] == ["2026-11-20T03:42:00+00:00"] * 2
    assert [e.get("class") for e in shown.all(".//li")] == [
        "app-timeline__item app-timeline__item--stop",
        "app-timeline__item",
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (replace(SOURCE, checked_on=date(2026, 11, 1)), "NĐ 142/2026, Điều 23 đã đối chiếu 01/11/2026"),
        (SOURCE, "NĐ 142/2026, Điều 23 cần xác nhận: theo bản tóm lược"),
        (replace(SOURCE, secondhand=False), "NĐ 142/2026, Điều 23 cần xác nhận"),
    ],
)
def test_a_source_of_law_always_says_whether_anybody_read_it(show: Show, source: Source, text: str) -> None:
    assert words(show("{{ law.source(source) }}", source=source).root) == text


def test_a_source_with_an_address_is_a_link_and_none_is_nothing(show: Show) -> None:
    shown = show("{{ law.source(source) }}", source=replace(SOURCE, url="https://vbpl.vn/x"))
    assert [a.get("href") for a in shown.all(".//a")] == ["https://vbpl.vn/x"]
    assert show("{{ law.source(none) }}").html == ""
