"""However offers are cut into blocks, what is learnt from them is the same to the last digit."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from benchmarks.matching_data import offers as made
from matching import Evidence, Matcher, Offer, SkillGraph, corpus, fitting
from matching.block import read_block
from matching.corpus import Corpus
from matching.fitting import count, learn_words, merged


@pytest.fixture(scope="module")
def some(graph: SkillGraph) -> Sequence[Offer]:
    return list(made(23, graph))


def arrays(matcher: Matcher) -> list[np.ndarray]:
    found = matcher.corpus
    matrices = [found.words, found.concepts, found.strength, found.by_word.postings, found.shown]
    return [
        *(part for matrix in matrices for part in (matrix.data, matrix.indices, matrix.indptr)),
        found.term_vectors.idf,
        found.skill_vectors.idf,
        matcher.topics.columns,
        matcher.topics.by_term,
        matcher.topics.vectors,
    ]


@pytest.mark.parametrize("block", [1, 5, 22])
def test_the_size_of_blocks_changes_nothing(
    block: int, some: Sequence[Offer], graph: SkillGraph, monkeypatch: pytest.MonkeyPatch
):
    whole = Matcher.fit(some, graph)
    assert whole.topics.is_fitted
    monkeypatch.setattr(corpus, "BLOCK", block)
    cut = Matcher.fit(some, graph)
    assert [*cut.corpus.items] == [*whole.corpus.items]
    assert cut.corpus.offers == whole.corpus.offers
    assert [*cut.corpus.term_vectors.names] == [*whole.corpus.term_vectors.names]
    for one, other in zip(arrays(cut), arrays(whole), strict=True):
        np.testing.assert_array_equal(one, other)


def test_counts_are_merged_in_any_grouping(some: Sequence[Offer], graph: SkillGraph):
    parts = [count(read_block(some[i : i + 4], graph)) for i in range(0, len(some), 4)]
    at_once, in_steps = merged(parts), merged([merged(parts[3:]), merged(parts[:3])])
    assert at_once.items == in_steps.items
    assert at_once.stems == in_steps.stems
    np.testing.assert_array_equal(at_once.stem_items, in_steps.stem_items)
    np.testing.assert_array_equal(at_once.skill_items, in_steps.skill_items)


def test_the_vocabulary_has_every_word_and_the_pairs_two_items_share(graph: SkillGraph):
    blocks = [
        read_block([Offer(id=str(i), evidence=(Evidence(id="p", text=text),))], graph)
        for i, text in enumerate(["zinc alloy", "zinc alloy zinc alloy", "boat zinc"])
    ]
    learnt = learn_words(blocks)
    assert dict(zip(learnt.names, learnt.frequency.tolist(), strict=True)) == {
        "alloy": 2,
        "boat": 1,
        "zinc": 3,
        "zinc alloy": 2,
    }
    assert learnt.size == 3


def test_among_many_items_a_pair_has_to_be_in_one_of_so_many(
    graph: SkillGraph, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fitting, "RAREST_PAIR", 2)
    texts = ["zinc alloy", "zinc alloy", "boat zinc", "boat zinc", "boat zinc"]
    blocks = [
        read_block([Offer(id=str(i), evidence=(Evidence(id="p", text=text),))], graph)
        for i, text in enumerate(texts)
    ]
    assert [*learn_words(blocks).names] == ["alloy", "boat", "zinc", "boat zinc"]
    assert [*learn_words(blocks[:4]).names] == ["alloy", "boat", "zinc", "boat zinc", "zinc alloy"]


def test_a_part_is_weighed_by_what_all_say(some: Sequence[Offer], graph: SkillGraph):
    blocks = [read_block(some[:9], graph), read_block(some[9:], graph)]
    vocabulary = learn_words(blocks)
    whole, part = Corpus.of_blocks(blocks, vocabulary, graph), Corpus.of_blocks(blocks[1:], vocabulary, graph)
    first = int(whole.starts[9])
    np.testing.assert_array_equal(part.words.toarray(), whole.words[first:].toarray())
    assert part.items[0] == msgspec.structs.replace(whole.items[first], offer=0)
    assert part.offers == whole.offers[9:]
