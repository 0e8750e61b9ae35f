"""Answers: how to mend them, what facts they give, what is missing."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from sandbox_rules import (
    Comparison,
    Field,
    Programme,
    Text,
    check_answers,
    check_eligibility,
    facts_of,
    is_required,
    missing_items,
)
from sandbox_rules.answers import parse

WHOLE = Text("Nhập một số nguyên, ví dụ 1500.", "Enter a whole number, for example 1500.")
DECIMAL = Text(
    "Nhập một số, tối đa 3 chữ số thập phân, ví dụ 1,5.",
    "Enter a number with up to 3 decimals, for example 1.5.",
)
DATE = Text(
    "Nhập một ngày có thật theo dạng ngày/tháng/năm, ví dụ 15/01/2026.",
    "Enter a real date as day/month/year, for example 15/01/2026.",
)


@pytest.mark.parametrize(
    ("key", "answer", "value"),
    [
        ("plan_users", "1500", 1500),
        ("plan_users", "1.500", 1500),
        ("plan_users", "1,500,000", 1_500_000),
        ("plan_users", "1 500", 1500),
        ("plan_users", 12, 12),
        ("plan_users", "1.5", WHOLE),
        ("plan_users", 1.5, WHOLE),
        ("plan_users", True, WHOLE),
        ("plan_users", "many", WHOLE),
        ("plan_users", "9" * 40, 10**40 - 1),
        ("plan_users", "9" * 5000, WHOLE),
        ("plan_users", 10**400, WHOLE),
        ("plan_users", float("nan"), WHOLE),
        ("plan_area_km2", float("inf"), DECIMAL),
        ("plan_area_km2", "9" * 400, DECIMAL),
        ("plan_area_km2", "1,5", 1.5),
        ("plan_area_km2", "1.5", 1.5),
        ("plan_area_km2", 1.5, 1.5),
        ("plan_area_km2", "1.5000", DECIMAL),
        ("plan_from", "1/3/2026", date(2026, 3, 1)),
        ("plan_from", "2026-03-01", date(2026, 3, 1)),
        ("plan_from", date(2026, 3, 1), date(2026, 3, 1)),
        ("plan_from", "31/02/2026", DATE),
        ("plan_from", "soon", DATE),
        ("solution_new", "yes", True),
        ("solution_new", False, False),
        ("solution_new", "Không", False),
        ("solution_new", "perhaps", Text("Chọn Có hoặc Không.", "Choose yes or no.")),
        ("solution_field", "drone", "drone"),
        (
            "solution_field",
            "magic",
            Text("Chọn một trong các mục đã cho.", "Choose one of the given options."),
        ),
        ("team", "  Ba kỹ sư ", "Ba kỹ sư"),
        ("team", 3, Text("Nhập chữ.", "Enter text.")),
    ],
)
def test_an_answer_becomes_a_value_or_says_how_to_mend_it(
    hp: Programme, key: str, answer: object, value: object
) -> None:
    assert parse(hp.fields[key], answer) == value


def test_bad_answers_are_told_by_field_and_empty_ones_are_not(hp: Programme) -> None:
    answers = {
        "solution_name": "x" * 163, "plan_users": "-1", "plan_area_km2": "4000", "plan_from": "01/04/2026",
        "plan_until": "31/03/2026", "team": "  ", "contact_phone": None, "solution_new": "yes",
        "plan_value_vnd": "0",
    }  # fmt: skip
    assert check_answers(hp, answers) == {
        "solution_name": Text("Rút ngắn 3 ký tự: tối đa 160 ký tự.", "Shorten by 3 characters: at most 160."),
        "plan_users": Text("Nhập số từ 0 trở lên.", "Enter a number of at least 0."),
        "plan_area_km2": Text("Nhập số không quá 3.200.", "Enter a number of at most 3,200."),
        "plan_until": Text(
            "Chọn ngày không sớm hơn “Ngày bắt đầu” (01/04/2026).",
            "Choose a day not before “First day” (01/04/2026).",
        ),
    }


def test_a_last_day_is_not_judged_while_the_first_is_unknown(hp: Programme) -> None:
    assert check_answers(hp, {"plan_until": "31/03/2026"}) == {}
    assert check_answers(hp, {"plan_from": "?", "plan_until": "31/03/2026"}) == {"plan_from": DATE}


def test_facts_are_typed_and_bad_answers_stay_unknown(hp: Programme) -> None:
    answers = {
        "plan_from": "01/04/2026", "plan_until": "30/06/2026", "plan_users": "many", "solution_new": "no",
        "solution_name": "feeds no fact",
    }  # fmt: skip
    assert facts_of(hp, answers) == {
        "plan.from": date(2026, 4, 1), "plan.until": date(2026, 6, 30), "plan.days": 90,
        "solution.new": False,
    }  # fmt: skip


def test_missing_items_name_section_label_and_mend(hp: Programme) -> None:
    answers = dict.fromkeys(hp.fields, "yes") | {"team": " "}
    filled = set(hp.documents) - {"trial_plan"}
    items = missing_items(hp, answers, filled)
    assert [(one.kind, one.key, one.section, one.mend.en) for one in items] == [
        ("field", "team", "team", "Answer “Team”."),
        ("document", "trial_plan", None, "Upload “Trial plan” (PDF, DOCX)."),
    ]


def test_a_field_may_be_required_only_by_a_fact(hp: Programme) -> None:
    def asked(rule_in_the_way: str) -> bool:
        items = missing_items(hp, {"rule_in_the_way": rule_in_the_way}, [])
        return "exemption_asked" in {one.key for one in items}

    assert [asked(answer) for answer in ("yes", "no", "")] == [True, False, False]


def test_a_waiver_counts_only_when_it_is_known_to_hold(hp: Programme) -> None:
    few = Comparison(fact="plan.users", op="at_most", value=10)
    slot = msgspec.structs.replace(hp.documents["trial_plan"], waived_when=few)
    waived = [is_required(slot, facts) for facts in ({}, {"plan.users": 11}, {"plan.users": 10})]
    assert waived == [True, True, False]


@pytest.mark.parametrize(
    ("op", "value", "given", "outcome"),
    [
        ("is", 5, 5, "met"), ("is", 5, 6, "not_met"),
        ("is_not", 5, 6, "met"), ("is_not", 5, 5, "not_met"),
        ("at_least", 5, 5, "met"), ("at_least", 5, 4, "not_met"),
        ("at_most", 5, 5, "met"), ("at_most", 5, 6, "not_met"),
        ("one_of", [4, 5], 5, "met"), ("one_of", [4, 5], 6, "not_met"),
        ("none_of", [4, 5], 6, "met"), ("none_of", [4, 5], 5, "not_met"),
        ("at_most", 5, None, "unknown"),
    ],
)  # fmt: skip
def test_a_criterion_compares_as_it_says(
    hp: Programme, op: str, value: object, given: int | None, outcome: str
) -> None:
    rule = msgspec.structs.replace(hp.eligibility["duration"], op=op, value=value)
    programme = msgspec.structs.replace(hp, eligibility={"duration": rule})
    facts = {} if given is None else {"plan.days": given}
    (finding,) = check_eligibility(programme, facts)
    assert (finding.outcome, finding.value, finding.source) == (outcome, given, hp.sources["qd_248_body"])


def test_public_fields_are_those_marked_public(hp: Programme) -> None:
    fields: dict[str, Field] = hp.public_fields
    assert set(fields) == {
        "solution_name", "solution_summary", "solution_field", "plan_goal", "plan_place", "plan_from",
        "plan_until", "plan_users", "plan_area_km2", "safeguards",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("least", "vi", "en"),
    [(0.5, "0,5", "0.5"), (1_500.25, "1.500,25", "1,500.25"), (1_000.0, "1.000", "1,000")],
)
def test_a_bound_is_written_as_people_write_numbers(
    hp: Programme, monkeypatch: pytest.MonkeyPatch, least: float, vi: str, en: str
) -> None:
    (section,) = (one for one in hp.sections.values() if "plan_area_km2" in one.fields)
    field = msgspec.structs.replace(section.fields["plan_area_km2"], minimum=least)
    monkeypatch.setitem(section.fields, "plan_area_km2", field)  # type: ignore[arg-type]
    assert check_answers(hp, {"plan_area_km2": "0.1"}) == {
        "plan_area_km2": Text(f"Nhập số từ {vi} trở lên.", f"Enter a number of at least {en}.")
    }
