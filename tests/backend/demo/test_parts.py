"""The parts the city is made of."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

import pypdfium2

from backend.demo import data
from backend.demo.cast import tax_code
from backend.demo.paper import write_paper
from backend.demo.partners import inside
from backend.demo.plan import plan_cases
from backend.demo.stage import OfficeDays, Pace, Story, play
from backend.kit.clock import LOCAL, now
from backend.matchmaking.skills import graph
from backend.organisations.tax_codes import normal_tax_code

MONDAY = date(2026, 11, 23)
DAYS = OfficeDays(date(2026, 1, 15), MONDAY)


def test_tax_codes_are_right_different_and_of_no_province() -> None:
    codes = [tax_code(number) for number in range(1, 200)]
    assert [normal_tax_code(code) for code in codes] == codes
    assert len(set(codes)) == 199
    assert {code[:2] for code in codes} == {"99"}


def test_every_solution_names_a_rule_and_fits_the_form() -> None:
    for organisation in data.organisations():
        for one in organisation.solutions:
            assert one.rule in data.rules()
            assert not one.permit or data.rules()[one.rule].permit
            assert len(one.name) <= 140
            assert one.place.rpartition(", ")[2].startswith(("Phường ", "Xã ", "Đặc khu "))


def test_every_skill_is_in_the_graph() -> None:
    market = data.market()
    named = {key for one in market.offers for key in one.skills} | {k for n in market.needs for k in n.skills}
    assert named <= set(graph().keys)


def test_all_texts_are_composed() -> None:
    for file in data.FOLDER.rglob("*.toml"):
        assert unicodedata.is_normalized("NFC", file.read_text("utf-8")), file.name


def test_the_plan_is_the_same_for_the_same_dice() -> None:
    assert plan_cases(DAYS, Random(1)) == plan_cases(DAYS, Random(1))
    assert plan_cases(DAYS, Random(1)) != plan_cases(DAYS, Random(2))


def test_the_plan_begins_after_the_rules_and_ends_before_today() -> None:
    for case in plan_cases(DAYS, Random(1)):
        assert case.first >= -len(DAYS)
        assert case.first + sum(case.gaps.values()) == -case.waiting <= -1


def test_a_second_try_begins_after_the_first_has_ended() -> None:
    cases = plan_cases(DAYS, Random(1))
    tries = Counter(case.solution.name for case in cases)
    repeated = [name for name, times in tries.items() if times == 2]
    assert len(repeated) == 28
    for name in repeated:
        first, second = (case for case in cases if case.solution.name == name)
        assert second.first > -first.waiting


def test_office_days_are_found_from_the_end() -> None:
    assert DAYS[-1] == date(2026, 11, 20)
    assert DAYS.place_of(date(2026, 11, 14)) == -5  # a Saturday: the Monday after it
    assert DAYS.place_of(MONDAY) == 0


def test_a_pace_never_goes_back() -> None:
    pace = Pace(DAYS, -20, Random(1))
    moments = [pace.now, pace.soon(), pace.after(0), pace.after(1), pace.soon(), pace.on(-10), pace.on(-15)]
    assert moments == sorted(moments)
    assert [moment.date() for moment in moments[3:]] == [DAYS[-19], DAYS[-19], DAYS[-10], DAYS[-10]]


async def test_stories_take_turns_by_the_clock() -> None:
    begin, told = datetime(2026, 3, 2, 9, tzinfo=LOCAL), []

    async def story(name: str, *hours: int) -> Story:
        for hour in hours:
            yield begin + timedelta(hours=hour)
            told.append((name, now() - begin))

    assert await play([story("a", 1, 4), story("b", 2, 3), story("c")]) == 4
    assert told == [(name, timedelta(hours=hour)) for name, hour in (("a", 1), ("b", 2), ("b", 3), ("a", 4))]
    assert await play([]) == 0


def test_a_paper_can_be_read_and_is_always_the_same() -> None:
    paper = write_paper("Phương án thử nghiệm", ["Đường nội bộ ≥ 98 % · CO₂"])
    assert paper == write_paper("Phương án thử nghiệm", ["Đường nội bộ ≥ 98 % · CO₂"])
    text = pypdfium2.PdfDocument(paper)[0].get_textpage().get_text_range()
    assert text.splitlines()[:2] == ["Phương án thử nghiệm", "Đường nội bộ ≥ 98 % · CO₂"]
    assert "hư cấu" in text


def test_a_label_within_a_sentence_keeps_its_abbreviations() -> None:
    assert (inside("Gắn chip"), inside("RISC-V"), inside("Đi-ốt")) == ("gắn chip", "RISC-V", "đi-ốt")
