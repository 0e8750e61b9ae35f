import numpy as np
import pytest

from matching import Evidence, Matcher, Need, Offer, SkillGraph, SkillLevel, SubNeed
from matching.errors import UnknownOffer
from matching.matcher import band_of
from matching.reading import read_need


@pytest.fixture(scope="module")
def matcher(offers: tuple[Offer, ...], graph: SkillGraph) -> Matcher:
    return Matcher.fit(offers, graph)


def test_match_ranks_those_who_have_to_do_with_the_need(matcher: Matcher, need: Need):
    assert [m.offer for m in matcher.match(need)] == ["etcher", "teacher", "sailor"]


def test_zero_asks_for_everyone(matcher: Matcher, need: Need):
    assert [m.offer for m in matcher.match(need, k=0)] == ["etcher", "teacher", "sailor", "newcomer"]


def test_k_cuts_after_the_best(matcher: Matcher, need: Need):
    assert matcher.match(need, k=1) == matcher.match(need, k=0)[:1]


def test_ties_go_by_id(graph: SkillGraph, need: Need):
    paper = (Evidence(id="p", title="Plasma etching of SiC"),)
    matcher = Matcher.fit([Offer(id=i, evidence=paper) for i in "cab"], graph)
    assert [m.offer for m in matcher.match(need, k=2)] == ["a", "b"]


def test_score_is_that_of_the_match(matcher: Matcher, need: Need):
    assert [(m.offer, matcher.score(need, m.offer)) for m in matcher.match(need, 0)] == [
        (m.offer, m.score) for m in matcher.match(need, 0)
    ]


def test_an_unknown_offer_is_named(matcher: Matcher, need: Need):
    with pytest.raises(UnknownOffer) as caught:
        matcher.score(need, "nobody")
    assert "nobody" in caught.value.text.vi


def test_scores_and_coverage_stay_between_0_and_1(matcher: Matcher, need: Need):
    for match in matcher.match(need, 0):
        assert 0 <= match.score <= 1
        assert match.coverage is not None
        assert 0 <= match.coverage <= 1


def test_coverage_is_the_weighted_share_of_the_needed_skills(matcher: Matcher, need: Need):
    """etcher shows plasma etching in a title (1 - ½²) and SiC in title and text (1 - ½³); a wish counts
    half."""
    best = matcher.match(need)[0]
    assert best.coverage == pytest.approx((2 * 0.75 + 1 * 0.875 + 0.5 * 0) / 3.5)
    assert [(p.path.start, p.evidence) for p in best.paths] == [
        ("plasma-etching", "p1"),
        ("sic-devices", "p1"),
    ]
    assert [p.covered for p in best.paths] == pytest.approx([0.75, 0.875])


def test_a_score_is_the_blend_times_half_plus_half_the_coverage(matcher: Matcher, need: Need):
    query = read_need(need, matcher.graph)
    blend = matcher.ranker.scores(query)[matcher.row("etcher")]
    best = matcher.match(need)[0]
    assert best.coverage is not None
    assert best.score == pytest.approx(blend * (0.5 + 0.5 * best.coverage))


def test_skills_read_from_the_text_do_not_dampen_the_score(matcher: Matcher):
    told = Need(id="t", text="Cần chuyên gia HVDC và ăn mòn plasma")
    match = matcher.match(told)[0]
    assert (match.offer, match.coverage) == ("teacher", 0.5)
    assert match.score == pytest.approx(matcher.ranker.scores(read_need(told, matcher.graph)).max())


def test_without_any_skill_there_is_no_coverage(matcher: Matcher):
    assert [m.coverage for m in matcher.match(Need(id="n", text="trenches"), 0)] == [None] * 4


def test_a_need_may_be_empty(matcher: Matcher):
    assert matcher.match(Need(id="n")) == []
    assert [m.score for m in matcher.match(Need(id="n"), 0)] == [0.0] * 4


def test_a_vietnamese_need_finds_english_evidence_and_the_other_way_round(
    offers: tuple[Offer, ...], graph: SkillGraph
):
    matcher = Matcher.fit([offer for offer in offers if offer.evidence], graph)
    assert matcher.match(Need(id="n", text="Tìm người biết ăn mòn plasma"))[0].offer == "etcher"
    assert (
        matcher.match(Need(id="n", text="We look for mooring systems in floating wind"))[0].offer == "sailor"
    )


def test_a_key_the_graph_does_not_know_is_looked_for_as_words(graph: SkillGraph):
    matcher = Matcher.fit(
        [Offer(id="a", evidence=(Evidence(id="p", title="Quantum poetry"),)), Offer(id="b")], graph
    )
    need = Need(id="n", skills=(SubNeed("quantum-poetry"),))
    assert [(m.offer, m.coverage) for m in matcher.match(need)] == [("a", None)]


def test_an_unknown_declared_key_is_words_too(graph: SkillGraph):
    matcher = Matcher.fit([Offer(id="a", skills=(SkillLevel("quantum-poetry"),)), Offer(id="b")], graph)
    assert [m.offer for m in matcher.match(Need(id="n", text="quantum poetry"))] == ["a"]


def test_signals_in_use_are_stated_and_add_up_to_one(matcher: Matcher):
    assert set(matcher.signals) == {"words", "concepts"}
    assert sum(matcher.signals.values()) == pytest.approx(1)


def test_topics_join_when_there_is_enough_to_learn_from(graph: SkillGraph):
    evidence = tuple(Evidence(id=str(i), text=f"subject {i % 7} etch{i % 9}") for i in range(120))
    assert set(Matcher.fit([Offer(id="a", evidence=evidence)], graph).signals) == {
        "words",
        "concepts",
        "topics",
    }


def test_fit_reports_its_progress(offers: tuple[Offer, ...], graph: SkillGraph):
    seen: list[tuple[int, int]] = []
    Matcher.fit(offers, graph, lambda done, total: seen.append((done, total)))
    assert seen == [(4, 4)]


def test_the_curated_graph_is_the_default(offers: tuple[Offer, ...], matcher: Matcher):
    assert Matcher.fit(offers).graph.keys == matcher.graph.keys


def test_more_evidence_on_the_subject_never_ranks_below_none(graph: SkillGraph):
    matcher = Matcher.fit(
        [
            Offer(id="two", evidence=(Evidence(id="1", text="etching"), Evidence(id="2", text="etching"))),
            Offer(id="none", evidence=(Evidence(id="1", text="boats"), Evidence(id="2", text="rivers"))),
        ],
        graph,
    )
    scores = {m.offer: m.score for m in matcher.match(Need(id="n", text="etching"), 0)}
    assert scores["two"] > scores["none"] == 0


def test_bands():
    assert [band_of(score) for score in np.array([0.0, 0.0999, 0.1, 0.2, 1.0])] == [
        "weak",
        "weak",
        "possible",
        "strong",
        "strong",
    ]


def test_only_some_offers_may_be_asked_for(matcher: Matcher, need: Need):
    everyone = [match.offer for match in matcher.match(need, 0)]
    assert len(everyone) > 2
    kept = {everyone[0], everyone[2], "nobody"}
    assert [match.offer for match in matcher.match(need, 0, kept)] == [everyone[0], everyone[2]]
    assert matcher.match(need, 5, ()) == []
