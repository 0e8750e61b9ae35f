"""What a worker does. Each task can be done again anywhere: its input is a file all workers see, or the
outcome of another task."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
from scipy import sparse

from matching.artefact import load, save
from matching.block import Block, read_block
from matching.corpus import Corpus
from matching.errors import UnknownOffer
from matching.explain import Explanation, explain
from matching.filters import passing
from matching.fitting import RANGES, Counts, Pairs, Vocabulary, pieces_of, weigh
from matching.matcher import Match, Matcher
from matching.profiles import Need, Offer
from matching.rankers import Topics
from matching.rankers.topics import Columns, learn_topics, step_of
from matching.skill_graph.graph import SkillGraph
from matching.vectorizers import Floats


@lru_cache(maxsize=1)
def graph() -> SkillGraph:
    """The curated graph, read once by each worker."""
    return SkillGraph.load()


def read(file: str) -> Block:
    """A block of offers (JSON Lines)."""
    decoder = msgspec.json.Decoder(Offer)
    return read_block([decoder.decode(line) for line in Path(file).read_bytes().splitlines()], graph())


def size(block: Block) -> int:
    """The number of items."""
    return len(block.items)


def cut(block: Block, counts: Counts) -> list[Pairs]:
    """The pairs of a block, range by range."""
    return pieces_of(block, counts.stems, RANGES)


def piece(pieces: Sequence[Pairs], part: int) -> Pairs:
    return pieces[part]


def sample(block: Block, vocabulary: Vocabulary, before: int) -> sparse.csr_array:
    """The words of the items of a block that topics are learnt from; ``before`` items come before it."""
    step = step_of(vocabulary.size)
    return weigh(block, vocabulary).words[-before % step :: step]


def topics(samples: Sequence[sparse.csr_array], vocabulary: Vocabulary) -> tuple[Columns, Floats]:
    words = sparse.csr_array(sparse.vstack(samples, "csr"))
    return learn_topics(words, vocabulary.frequency, vocabulary.size)


def make_shard(
    blocks: Sequence[Block], vocabulary: Vocabulary, learnt: tuple[Columns, Floats], folder: str
) -> int:
    """Write the index of some blocks; the number of its offers."""
    corpus = Corpus.of_blocks(blocks, vocabulary, graph())
    ranker = Topics()
    ranker.columns, ranker.by_term = learnt
    ranker.restore(corpus, *learnt, ranker.vectors_of(corpus.words))
    try:
        save(Matcher(corpus, graph(), ranker), Path(folder))
    except FileExistsError:
        load(Path(folder), graph())  # another worker was as quick: it wrote the same, whole
    return len(corpus.offers)


@lru_cache(maxsize=4)
def shard(folder: str) -> Matcher:
    """An index, opened once by each worker. Raises BadArtefact."""
    return load(Path(folder), graph())


def match(folder: str, needs: Sequence[Need], k: int, among: frozenset[str] | None) -> list[list[Match]]:
    """The best offers of a shard for each need."""
    return [shard(folder).match(need, k, among) for need in needs]


def match_within_limits(folder: str, needs: Sequence[Need], k: int) -> list[list[Match]]:
    """The best offers of a shard that pass the limits of each need."""
    matcher = shard(folder)
    return [matcher.match(need, k, passing(need, matcher.corpus.offers)) for need in needs]


def score(folder: str, need: Need, offer_id: str) -> float | None:
    """``None`` when the shard has no such offer."""
    try:
        return shard(folder).score(need, offer_id)
    except UnknownOffer:
        return None


def explained(folder: str, need: Need, offer_id: str) -> Explanation | None:
    """``None`` when the shard has no such offer."""
    try:
        return explain(shard(folder), need, offer_id)
    except UnknownOffer:
        return None
