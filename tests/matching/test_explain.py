import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from matching import Evidence, Matcher, Need, Offer, SkillGraph, SkillLevel, SubNeed, explain
from matching.errors import UnknownOffer
from matching.matcher import FoundPath
from matching.profiles import Limits
from matching.what_if import KINDS, Change, changed
from tests.matching.reread import reread

GRAPH = SkillGraph.load()
WORDS = st.lists(
    st.sampled_from(
        [
            "plasma",
            "etching",
            "SiC",
            "offshore",
            "wind",
            "điện",
            "gió",
            "ngoài",
            "khơi",
            "pin",
            "mặt",
            "trời",
            "boats",
            "rivers",
            "HVDC",
        ]
    ),
    max_size=8,
).map(" ".join)
KEYS = st.lists(
    st.sampled_from(["plasma-etching", "sic-devices", "hvdc", "offshore-wind", "magic"]), unique=True
)
OFFERS = st.lists(
    st.tuples(KEYS, st.lists(st.tuples(WORDS, WORDS), max_size=3)).map(
        lambda made: (
            tuple(SkillLevel(key, 4) for key in made[0]),
            tuple(Evidence(id=f"e{i}", title=a, text=b) for i, (a, b) in enumerate(made[1])),
        )
    ),
    min_size=1,
    max_size=4,
).map(lambda made: [Offer(id=str(i), skills=s, evidence=e) for i, (s, e) in enumerate(made)])
NEEDS = st.builds(
    lambda text, keys: Need(
        id="n", text=text, skills=tuple(SubNeed(k, 1 + i, i % 2 == 0) for i, k in enumerate(keys))
    ),
    WORDS,
    KEYS,
)


@settings(max_examples=60, deadline=None)
@given(OFFERS, NEEDS)
def test_the_contributions_add_up_to_the_score(offers: list[Offer], need: Need):
    matcher = Matcher.fit(offers, GRAPH)
    for match in matcher.match(need, 0):
        explanation = explain(matcher, need, match.offer)
        assert explanation.score == match.score
        assert sum(part.value for part in explanation.contributions) == pytest.approx(match.score, abs=1e-6)


def test_contributions_add_up_with_topics_too(graph: SkillGraph, layers: tuple[Evidence, ...]):
    matcher = Matcher.fit([Offer(id="a", evidence=layers[:60]), Offer(id="b", evidence=layers[60:])], graph)
    explanation = explain(matcher, Need(id="n", text="etching of layer3 in subject ax"), "b")
    assert {part.signal for part in explanation.contributions} == {"words", "topics", "concepts"}
    assert sum(part.value for part in explanation.contributions) == pytest.approx(explanation.score, abs=1e-6)


@pytest.fixture(scope="module")
def matcher(offers: tuple[Offer, ...], graph: SkillGraph) -> Matcher:
    return Matcher.fit(offers, graph)


def test_every_needed_skill_is_answered(matcher: Matcher, need: Need):
    explanation = explain(matcher, need, "etcher")
    assert [(a.skill, a.importance, round(a.covered, 3)) for a in explanation.answers] == [
        ("plasma-etching", 2, 0.75),
        ("sic-devices", 1, 0.875),
        ("hvdc", 0.5, 0.0),
    ]
    assert explanation.uncovered == ("hvdc",)
    paths = [a.path for a in explanation.answers]
    assert isinstance(paths[0], FoundPath)
    assert paths[0].evidence == "p1"
    assert paths[2] is None


def test_the_greatest_contribution_comes_first_and_names_what_is_shared(matcher: Matcher, need: Need):
    first = explain(matcher, need, "etcher").contributions[0]
    assert (first.signal, first.evidence) == ("words", "p1")
    assert "plasma" in first.terms
    values = [part.value for part in explain(matcher, need, "etcher").contributions]
    assert values == sorted(values, reverse=True)


def test_a_concept_contribution_has_its_path(matcher: Matcher):
    need = Need(id="n", skills=(SubNeed("deep-reactive-ion-etching"),))
    part = next(p for p in explain(matcher, need, "etcher").contributions if p.signal == "concepts")
    assert part.path is not None
    assert (part.path.start, part.path.end) == ("deep-reactive-ion-etching", "plasma-etching")


def test_the_reasons_are_said_in_both_languages(matcher: Matcher, need: Need, graph: SkillGraph):
    required = replace(need, skills=(*need.skills[:2], SubNeed("hvdc")))
    explanation = explain(matcher, required, "etcher")
    said = explanation.say(graph, "vi", most=1)
    assert said[:3] == [
        "“Ăn mòn plasma” đạt 75%: Ăn mòn plasma, theo “Plasma etching of silicon carbide”.",
        "“Linh kiện SiC” đạt 88%: Linh kiện SiC, theo “Plasma etching of silicon carbide”.",
        "Chưa có “Truyền tải một chiều cao áp”.",
    ]
    assert said[4] == (
        f"Nếu có minh chứng về “Truyền tải một chiều cao áp”, điểm sẽ là {explanation.would_score:.3f} "
        f"thay vì {explanation.score:.3f}."
    )
    english = explanation.say(graph, "en", most=1)
    assert english[2] == "“HVDC transmission” is not covered."
    assert english[3].startswith(
        f"+{explanation.contributions[0].value:.3f}: “Plasma etching of silicon carbide” "
    )
    assert len(english) == 5


def test_declared_skills_and_paths_are_said(matcher: Matcher, need: Need, graph: SkillGraph):
    said = " ".join(explain(matcher, need, "teacher").say(graph, "en", most=9))
    assert "shown by the declared skills" in said
    assert "the declared skills shares the skill “Plasma etching”" in said


def test_the_counterfactual_is_what_the_changed_offer_scores(
    matcher: Matcher, offers: tuple[Offer, ...], need: Need
):
    before = explain(matcher, need, "teacher")
    assert before.change == Change("sic-devices", "skill")
    taught = replace(offers[2], skills=(*offers[2].skills, SkillLevel("sic-devices", 3)))
    after = reread(matcher, [offers[0], offers[1], taught, offers[3]]).score(need, "teacher")
    assert before.would_score == pytest.approx(after, abs=1e-6)
    assert after > before.score


def test_the_counterfactual_is_the_best_of_those_tried(matcher: Matcher, need: Need):
    found = explain(matcher, need, "newcomer")
    tried = {
        Change(sub.key, kind): changed(matcher, "newcomer", Change(sub.key, kind)).score(need, "newcomer")
        for sub in need.skills
        for kind in KINDS
    }
    assert found.would_score == max(tried.values())
    assert found.change is not None
    assert tried[found.change] == found.would_score


def test_nothing_lacks_where_all_is_covered_or_no_change_helps(matcher: Matcher, graph: SkillGraph):
    whole = explain(matcher, Need(id="n", skills=(SubNeed("plasma-etching"),)), "teacher")
    asked = explain(matcher, Need(id="n", text="zzz"), "teacher")
    papers = tuple(Evidence(id=f"{i}", title="Plasma etching") for i in range(3))
    alone = Matcher.fit([Offer(id="a", evidence=papers)], graph)
    wished = SubNeed("hvdc", 0.01, required=False)
    diluted = explain(alone, Need(id="n", skills=(SubNeed("plasma-etching", 9), wished)), "a")
    assert diluted.uncovered == ("hvdc",)
    assert [(e.change, e.would_score) for e in (whole, asked, diluted)] == [(None, None)] * 3


def test_the_limits_that_apply_are_stated(matcher: Matcher, graph: SkillGraph):
    need = Need(id="n", text="plasma", organisation="o", limits=Limits(languages=("vi",)))
    explanation = explain(matcher, need, "etcher", {"etcher": ["co-author"]})
    assert [(check.rule, check.holds) for check in explanation.checks] == [
        ("consent", True),
        ("own_organisation", True),
        ("conflict", False),
        ("language", False),
    ]
    said = explanation.say(graph, "en", most=0)
    assert said[-3:] == [check.say("en") for check in explanation.checks[1:]]


def test_an_offer_without_anything_has_an_empty_explanation(matcher: Matcher, need: Need):
    explanation = explain(matcher, need, "newcomer")
    assert (explanation.score, explanation.contributions, explanation.band) == (0, (), "weak")
    assert explanation.uncovered == ("plasma-etching", "sic-devices", "hvdc")


def test_the_signals_are_stated(matcher: Matcher, need: Need):
    assert explain(matcher, need, "etcher").signals == matcher.signals


def test_an_unknown_offer_is_named(matcher: Matcher, need: Need):
    with pytest.raises(UnknownOffer):
        explain(matcher, need, "nobody")
