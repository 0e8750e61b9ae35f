"""Which regimes cover a trial, why, and what to ask next."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import sandbox_rules
from sandbox_rules import Programmes, load, route

DAY = date(2026, 6, 1)
ELSEWHERE = sorted((Path(sandbox_rules.__file__).parent / "elsewhere").iterdir())
HARBOUR = {
    "plan.in_hai_phong": True, "solution.new": True, "solution.not_covered_by_law": True,
    "solution.uses_ai": False,
    "solution.finance_service": "none", "solution.digital_industry": False, "solution.data_product": False,
}  # fmt: skip
AI = HARBOUR | {"solution.uses_ai": True, "plan.one_province": True, "ai.sensitive": False}


def _outcomes(programmes: Programmes, facts: dict[str, object], on: date = DAY) -> dict[str, str]:
    return {one.key: one.outcome for one in route(programmes, facts, on).routes}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "covers", "referred"),
    [
        (HARBOUR, {"vn-hp-248"}, set()),
        (AI, {"vn-hp-248", "vn-ai-142"}, set()),
        (AI | {"ai.sensitive": True}, {"vn-hp-248"}, {"vn-ai-142"}),
        (AI | {"plan.one_province": False}, {"vn-hp-248"}, {"vn-ai-142"}),
        (HARBOUR | {"solution.finance_service": "peer_lending"}, {"vn-hp-248"}, {"vn-fin-94"}),
        (HARBOUR | {"solution.digital_industry": True}, {"vn-hp-248"}, {"vn-dti-353"}),
        (HARBOUR | {"plan.in_hai_phong": False}, set(), set()),
    ],
    ids=["one regime", "two at once", "level 3", "two provinces", "bank", "digital industry", "elsewhere"],
)
def test_regimes_that_cover_a_trial(
    programmes: Programmes, facts: dict[str, object], covers: set[str], referred: set[str]
) -> None:
    outcomes = _outcomes(programmes, facts)
    assert {key for key, outcome in outcomes.items() if outcome == "covers"} == covers
    assert {key for key, outcome in outcomes.items() if outcome == "referred"} == referred
    assert {outcome for key, outcome in outcomes.items() if key not in covers | referred} == {"excluded"}


def test_a_referral_says_to_whom_and_why(programmes: Programmes) -> None:
    (ai,) = route(programmes, AI | {"ai.sensitive": True}, DAY).with_outcome("referred")
    assert ai.referred_to is not None
    assert ai.referred_to.en == "The Ministry of Public Security: a trial of level 3"
    assert [(one.key, one.fact, one.value, one.source.key) for one in ai.reasons] == [
        ("not_level_3", "ai.sensitive", True, "nd_142_23")
    ]


def test_an_exclusion_outweighs_a_referral(programmes: Programmes) -> None:
    facts = AI | {"ai.sensitive": True, "plan.in_hai_phong": False}
    (ai,) = [one for one in route(programmes, facts, DAY).routes if one.key == "vn-ai-142"]
    assert (ai.outcome, ai.referred_to) == ("excluded", None)
    assert [one.key for one in ai.reasons] == ["in_city", "not_level_3"]


def test_unknown_excludes_nothing_and_is_asked(programmes: Programmes) -> None:
    routing = route(programmes, {}, DAY)
    assert {one.outcome for one in routing.routes} == {"open"}
    assert routing.needed == "unknown"
    assert routing.ask[0].key == "solution.not_covered_by_law"
    assert routing.ask[1].key == "plan.in_hai_phong"


def test_only_open_regimes_are_asked_about(programmes: Programmes) -> None:
    facts = {key: value for key, value in AI.items() if key != "plan.one_province"} | {"solution.new": False}
    assert [one.key for one in route(programmes, facts, DAY).ask] == ["plan.one_province"]


@pytest.mark.parametrize(("answer", "needed"), [(True, "met"), (False, "not_met")])
def test_whether_a_sandbox_is_needed_at_all(programmes: Programmes, answer: bool, needed: str) -> None:
    routing = route(programmes, HARBOUR | {"solution.not_covered_by_law": answer}, DAY)
    assert routing.needed == needed
    if not answer:
        assert {one.outcome for one in routing.routes} == {"excluded"}


def test_a_sandbox_may_be_needed_although_no_regime_covers_the_trial(programmes: Programmes) -> None:
    routing = route(programmes, HARBOUR | {"plan.in_hai_phong": False}, DAY)
    assert (routing.needed, {one.outcome for one in routing.routes}) == ("met", {"excluded"})


def test_a_regime_not_yet_in_force_is_not_routed_to(programmes: Programmes) -> None:
    assert "vn-ai-142" not in _outcomes(programmes, AI, date(2026, 4, 30))


def test_asking_the_best_question_first_ends_within_the_questions_there_are(programmes: Programmes) -> None:
    facts: dict[str, object] = {}
    asked = []
    while ask := route(programmes, facts, DAY).ask:  # type: ignore[arg-type]
        asked.append(ask[0].key)
        facts[ask[0].key] = AI[ask[0].key]
    assert len(asked) == len(set(asked)) <= len(AI)
    assert _outcomes(programmes, facts) == _outcomes(programmes, AI)


@pytest.mark.parametrize("folder", ELSEWHERE, ids=[one.name for one in ELSEWHERE])
def test_another_city_is_another_folder(folder: Path) -> None:
    (programme,) = load(folder).all()
    fact = programme.scope["in_city"].fact
    facts = {fact: True, "solution.new": True, "solution.not_covered_by_law": True}
    assert [one.outcome for one in route(load(folder), facts, DAY).routes] == ["covers"]
    assert "Hải Phòng" not in str(
        [programme.title, programme.authority, programme.sections, programme.sources]
    )
