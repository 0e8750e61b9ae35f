"""The quick way to the best offers gives what scoring every offer gives, to the last digit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.matching_data import needs as made_needs
from benchmarks.matching_data import offers as made
from matching import Evidence, Matcher, Need, Offer, SkillGraph, SubNeed
from matching.rankers import Words
from matching.reading import read_need

GRAPH = SkillGraph.load()


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    """300 people, some of whom are twins of others, and two who show nothing."""
    some = list(made(300, GRAPH))
    twins = [
        Offer(id=f"twin-{i}", skills=some[i].skills, evidence=some[i].evidence) for i in range(0, 300, 7)
    ]
    return Matcher.fit(
        [*some, *twins, Offer(id="void"), Offer(id="empty", evidence=(Evidence(id="p"),))], GRAPH
    )


def plainly(
    matcher: Matcher, need: Need, k: int, among: frozenset[str] | None = None
) -> list[tuple[str, float]]:
    scores = matcher.scores(need).tolist()
    rows = [
        (-score, offer.id) for score, offer in zip(scores, matcher.corpus.offers, strict=True) if score > 0
    ]
    return [(name, -score) for score, name in sorted(rows) if among is None or name in among][:k]


NEEDS = [
    *made_needs(8, GRAPH),
    Need(id="e"),
    Need(id="w", text="mod1 sys7 param0"),
    Need(id="z", text="qqq zzz"),
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NEEDS), st.integers(1, 400), st.integers(0, 2**32))
def test_the_best_are_those_of_plain_scoring(matcher: Matcher, need: Need, k: int, seed: int):
    assert [(m.offer, m.score) for m in matcher.match(need, k)] == plainly(matcher, need, k)
    draw = np.random.default_rng(seed)
    ids = [offer.id for offer in matcher.corpus.offers]
    among = frozenset(draw.choice(ids, draw.integers(len(ids)), replace=False).tolist())
    assert [(m.offer, m.score) for m in matcher.match(need, k, among)] == plainly(matcher, need, k, among)


def test_few_offers_are_scored_exactly(matcher: Matcher, monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []
    exact = Words.some_scores
    monkeypatch.setattr(
        Words,
        "some_scores",
        lambda self, query, items: asked.append(len(items)) or exact(self, query, items),
    )
    matcher.match(NEEDS[0], 5)
    assert 0 < max(asked) < len(matcher.corpus.items) / 4


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.id)
def test_no_score_is_above_its_bound(matcher: Matcher, need: Need):
    query = read_need(need, GRAPH)
    for part in matcher.ranker.parts.values():
        assert (part.bounds(query) >= part.item_scores(query)).all()


@pytest.mark.parametrize("need", NEEDS[:2], ids=lambda need: need.id)
def test_some_items_score_as_they_do_among_all(matcher: Matcher, need: Need):
    query = read_need(need, GRAPH)
    items = np.random.default_rng(0).choice(len(matcher.corpus.items), 50, replace=False)
    for part in matcher.ranker.parts.values():
        np.testing.assert_array_equal(part.some_scores(query, items), part.item_scores(query)[items])


def test_topics_at_rest_bound_nothing():
    few = Matcher.fit([Offer(id="a", evidence=(Evidence(id="p", text="zinc"),))], GRAPH)
    query = read_need(Need(id="n", text="zinc", skills=(SubNeed("hvdc"),)), GRAPH)
    assert few.topics.bounds(query).tolist() == [0]
    assert few.topics.some_scores(query, np.array([0])).tolist() == [0]
    assert few.topics.vectors_of(few.corpus.words).shape == (1, 0)
