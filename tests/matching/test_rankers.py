"""One contract for every ranker."""

import numpy as np
import pytest

from matching import Evidence, Need, Offer, SkillGraph, SkillLevel, SubNeed
from matching.corpus import Corpus
from matching.rankers import Blend, Bm25, Concepts, Cosine, Popularity, Ranker, Topics, Words
from matching.rankers.topics import FEWEST_ITEMS
from matching.reading import read_need

SUBJECTS = [
    "plasma etching of silicon",
    "offshore wind turbines",
    "lithium-ion battery ageing",
    "điện mặt trời mái nhà",
]


@pytest.fixture(scope="module")
def corpus(graph: SkillGraph) -> Corpus:
    """40 offers with 3 papers each on one of four subjects, one that only declares, one with nothing."""
    offers = [
        Offer(
            id=f"o{i:02}",
            evidence=tuple(
                Evidence(
                    id=f"{i}-{j}", title=SUBJECTS[i % 4], text=f"{SUBJECTS[i % 4]} method {i} case {j * i}"
                )
                for j in range(3)
            ),
        )
        for i in range(40)
    ]
    offers += [Offer(id="claims", skills=(SkillLevel("plasma-etching", 5),)), Offer(id="void")]
    return Corpus.read(offers, graph)


RANKERS = ["popularity", "cosine", "bm25", "words", "topics", "concepts", "blend"]


def make(name: str, graph: SkillGraph) -> Ranker:
    parts = {"words": Words(), "topics": Topics(), "concepts": Concepts(graph)}
    floors = {"popularity": Popularity(), "cosine": Cosine(), "bm25": Bm25()}
    return {"blend": Blend(parts), **floors, **parts}[name]


@pytest.fixture(params=RANKERS)
def ranker(request: pytest.FixtureRequest, corpus: Corpus, graph: SkillGraph) -> Ranker:
    return make(request.param, graph).fit(corpus)


ETCHING = Need(id="n", text="We look for plasma etching of silicon wafers.")
NEEDS = [
    ETCHING,
    Need(id="e", text=""),
    Need(id="u", text="zzz qqq"),
    Need(id="s", skills=(SubNeed("plasma-etching", 3), SubNeed("offshore-wind", 1, required=False))),
    Need(id="v", text="Cần chuyên gia điện gió ngoài khơi"),
]


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.id)
def test_scores_have_their_shapes_and_lie_between_0_and_1(ranker: Ranker, need: Need, graph: SkillGraph):
    query = read_need(need, graph)
    items, offers = ranker.item_scores(query), ranker.scores(query)
    assert (items.shape, items.dtype) == ((len(ranker.corpus.items),), np.float32)
    assert (offers.shape, offers.dtype) == ((len(ranker.corpus.offers),), np.float32)
    for scores in (items, offers):
        assert np.isfinite(scores).all()
        assert scores.min() >= 0
        assert scores.max() <= 1


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.id)
def test_some_items_score_as_among_all_and_bounds_lie_nowhere_below(
    ranker: Ranker, need: Need, graph: SkillGraph
):
    query = read_need(need, graph)
    every, some = ranker.item_scores(query), np.array([5, 0, 119, 120])
    assert np.array_equal(ranker.some_scores(query, some), every[some])
    assert (ranker.bounds(query) >= every).all()


def test_the_same_need_gets_the_same_scores(ranker: Ranker, corpus: Corpus, graph: SkillGraph):
    query = read_need(ETCHING, graph)
    again = make(ranker.name, graph).fit(corpus)
    assert np.array_equal(ranker.scores(query), ranker.scores(query))
    np.testing.assert_allclose(again.scores(query), ranker.scores(query), atol=1e-6)


def test_an_offer_without_items_scores_nothing(ranker: Ranker, graph: SkillGraph):
    assert ranker.scores(read_need(ETCHING, graph))[ranker.corpus.row["void"]] == 0


@pytest.mark.parametrize("name", [name for name in RANKERS if name != "popularity"])
def test_those_who_work_on_the_subject_come_first(name: str, corpus: Corpus, graph: SkillGraph):
    scores = make(name, graph).fit(corpus).scores(read_need(ETCHING, graph))
    on_subject = [scores[corpus.row[f"o{i:02}"]] for i in range(0, 40, 4)]
    off_subject = [scores[corpus.row[f"o{i:02}"]] for i in range(40) if i % 4]
    assert min(on_subject) > max(off_subject)


def test_popularity_ranks_by_items_whatever_is_needed(corpus: Corpus, graph: SkillGraph):
    ranker = Popularity().fit(corpus)
    scores = ranker.scores(read_need(ETCHING, graph))
    assert np.array_equal(scores, ranker.scores(read_need(NEEDS[4], graph)))
    assert scores[corpus.row["o00"]] == 1
    assert scores[corpus.row["claims"]] == pytest.approx(np.log(2) / np.log(4))


def test_scores_of_one_offer_for_different_needs_do_not_depend_on_the_other_offers_scores(graph: SkillGraph):
    """A need nobody answers well stays low: nothing is stretched to the best of its need."""
    offers = [
        Offer(id=str(i), evidence=(Evidence(id="e", title=subject),)) for i, subject in enumerate(SUBJECTS)
    ]
    words = Words().fit(Corpus.read(offers, graph))
    near = words.scores(read_need(Need(id="a", text="plasma etching of silicon"), graph)).max()
    far = words.scores(
        read_need(Need(id="b", text="silicon in poems about autumn rivers and love"), graph)
    ).max()
    assert near > 2 * far > 0


def test_words_are_cosines_of_tfidf_vectors(graph: SkillGraph):
    """Against the definition, written out for one shared word."""
    offers = [
        Offer(id="a", evidence=(Evidence(id="1", text="etch wafers"),)),
        Offer(id="b", evidence=(Evidence(id="2", text="etch boats"),)),
    ]
    scores = Words().fit(Corpus.read(offers, graph)).scores(read_need(Need(id="n", text="boats"), graph))
    common, rare = np.log(3 / 3) + 1, np.log(3 / 2) + 1
    assert scores == pytest.approx([0, rare / np.hypot(common, rare)], abs=1e-6)


def test_bm25_keeps_to_its_definition(graph: SkillGraph):
    """Against the formula, written out: counts, lengths in single stems and a word nobody uses."""
    offers = [
        Offer(id="a", evidence=(Evidence(id="1", title="boats", text="lamp cups lamp"),)),
        Offer(id="b", evidence=(Evidence(id="2", text="lamp boats cups cups cups"),)),
        Offer(id="c", evidence=(Evidence(id="3", text="rivers"),)),
    ]
    query = read_need(Need(id="n", text="zzz. Lamp boats"), graph)
    scores = Bm25().fit(Corpus.read(offers, graph)).scores(query)
    idf, idf_of_zzz = np.log(1 + 1.5 / 2.5), np.log(1 + 3.5 / 0.5)
    mean = (5 + 5 + 1) / 3

    def saturated(count: float, length: float) -> float:
        return count / (count + 1.2 * (0.25 + 0.75 * length / mean))

    most = 2 * idf + 2 * idf_of_zzz
    assert scores == pytest.approx(
        [idf * (saturated(2, 5) + saturated(2, 5)) / most, idf * 2 * saturated(1, 5) / most, 0], abs=1e-6
    )


def test_cosine_knows_no_neighbours(graph: SkillGraph):
    offers = [
        Offer(id="same", skills=(SkillLevel("plasma-etching", 2), SkillLevel("hvdc", 2))),
        Offer(id="near", skills=(SkillLevel("deep-reactive-ion-etching", 5),)),
    ]
    cosine = Cosine().fit(Corpus.read(offers, graph))
    same, near = cosine.item_scores(read_need(Need(id="n", skills=(SubNeed("plasma-etching"),)), graph))
    assert (same, near) == (pytest.approx(np.sqrt(0.5)), 0)


def test_topics_rest_when_there_is_too_little_to_learn_from(graph: SkillGraph):
    few = Corpus.read([Offer(id="a", evidence=(Evidence(id="1", text="etch wafers"),))], graph)
    assert len(few.items) < FEWEST_ITEMS
    topics = Topics().fit(few)
    assert not topics.is_fitted
    assert topics.scores(read_need(ETCHING, graph)).tolist() == [0]


def test_concepts_reach_a_neighbour_that_shares_no_word(graph: SkillGraph):
    offers = [
        Offer(id="near", skills=(SkillLevel("deep-reactive-ion-etching", 5),)),
        Offer(id="far", skills=(SkillLevel("electricity-markets", 5),)),
    ]
    concepts = Concepts(graph).fit(Corpus.read(offers, graph))
    near, far = concepts.scores(read_need(Need(id="n", skills=(SubNeed("plasma-etching"),)), graph))
    assert near > 0
    assert far == 0


def test_blend_is_the_weighted_sum_of_its_parts(corpus: Corpus, graph: SkillGraph):
    blend = Blend(
        {"words": Words(), "concepts": Concepts(graph)}, {"words": 0.6, "concepts": 0.2, "topics": 0.2}
    )
    blend.fit(corpus)
    query = read_need(ETCHING, graph)
    assert blend.weights == pytest.approx({"words": 0.75, "concepts": 0.25})
    expected = 0.75 * Words().fit(corpus).item_scores(query) + 0.25 * Concepts(graph).fit(corpus).item_scores(
        query
    )
    np.testing.assert_allclose(blend.item_scores(query), expected, atol=1e-6)


def test_an_offer_is_a_third_its_best_item_and_two_thirds_the_mean_of_its_latest_twenty(graph: SkillGraph):
    evidence = tuple(Evidence(id=str(i), text="etch", year=2000 + i) for i in range(25))
    corpus = Corpus.read([Offer(id="a", evidence=evidence)], graph)
    assert corpus.items[0].year == 2024
    scores = np.zeros(25, np.float32)
    scores[0], scores[24] = 0.6, 0.9  # the latest and the oldest
    assert corpus.per_offer(scores) == pytest.approx([0.9 / 3 + 2 / 3 * 0.6 / 20])
    assert (corpus.shares(0, scores) * scores).sum() == pytest.approx(corpus.per_offer(scores)[0])


def test_a_claim_counts_less_than_evidence(graph: SkillGraph):
    corpus = Corpus.read([Offer(id="a", skills=(SkillLevel("hvdc"),))], graph)
    assert corpus.per_offer(np.ones(1, np.float32)) == pytest.approx([0.7])
    assert corpus.shares(0, np.ones(1, np.float32)) == pytest.approx([0.7])


def test_two_offers_may_not_share_an_id(graph: SkillGraph):
    with pytest.raises(ValueError, match="share an id"):
        Corpus.read([Offer(id="a"), Offer(id="a")], graph)


def test_an_empty_corpus_ranks_nobody(graph: SkillGraph):
    corpus = Corpus.read([], graph)
    query = read_need(ETCHING, graph)
    assert [make(name, graph).fit(corpus).scores(query).shape for name in RANKERS] == [(0,)] * len(RANKERS)
