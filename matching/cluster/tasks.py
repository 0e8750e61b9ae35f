"""What a worker does. Each task can be done again anywhere: its input is a file all workers see, or the
outcome of another task."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from scipy import sparse

from matching import sealed
from matching.artefact import FORMAT, load, save
from matching.block import Block, read_block
from matching.corpus import Corpus
from matching.errors import UnknownOffer
from matching.explain import Explanation, explain
from matching.filters import passing
from matching.fitting import RANGES, Counts, Pairs, Vocabulary, pieces_of, weigh
from matching.matcher import Match, Matcher
from matching.profiles import Need, Offer
from matching.rankers import Semantic, Topics
from matching.rankers.semantic import Halves
from matching.rankers.topics import Columns, learn_topics, step_of
from matching.semantic import Encoder, open_encoder
from matching.skill_graph.graph import SkillGraph
from matching.vectorizers import Floats


class Ranked(msgspec.Struct, frozen=True):
    """What the offers are ranked by: a sentence model, or none; weights, or the fixed ones."""

    encoder: str | None
    weights: Mapping[str, float] | None


@lru_cache(maxsize=1)
def graph() -> SkillGraph:
    """The curated graph, read once by each worker."""
    return SkillGraph.load()


@lru_cache(maxsize=1)
def opened(name: str) -> Encoder:
    """A sentence model, loaded once by each worker. Raises SemanticMissing."""
    return open_encoder(name)


def offers_of(file: str) -> list[Offer]:
    """The offers of a block (JSON Lines)."""
    decoder = msgspec.json.Decoder(Offer)
    return [decoder.decode(line) for line in Path(file).read_bytes().splitlines()]


def read(file: str) -> Block:
    """What the offers of a block say."""
    return read_block(offers_of(file), graph())


def encoded(file: str, encoder: str | None) -> Halves | None:
    """What a sentence model makes of the items of a block. Raises SemanticMissing."""
    return Semantic.read(offers_of(file), graph(), opened(encoder)).vectors if encoder else None


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
    blocks: Sequence[Block],
    meant: Sequence[Halves | None],
    vocabulary: Vocabulary,
    learnt: tuple[Columns, Floats],
    ranked: Ranked,
    folder: str,
) -> int:
    """Write the index of some blocks; the number of its offers. Raises BadWeights."""
    corpus = Corpus.of_blocks(blocks, vocabulary, graph())
    ranker = Topics()
    ranker.columns, ranker.by_term = learnt
    ranker.restore(corpus, *learnt, ranker.vectors_of(corpus.words))
    semantic = None
    if ranked.encoder:
        vectors = np.concatenate([part for part in meant if part is not None])
        semantic = Semantic(opened(ranked.encoder), graph(), vectors).fit(corpus)
    try:
        save(Matcher(corpus, graph(), ranker, semantic, ranked.weights), Path(folder))
    except FileExistsError:
        sealed.check(Path(folder), FORMAT)  # another worker was as quick: it wrote the same, whole
    return len(corpus.offers)


class Shard(NamedTuple):
    """A part of an index: its folder, the sentence model to open it with or none, the weights to rank by or
    those it was made with."""

    folder: str
    encoder: str | None
    weights: tuple[tuple[str, float], ...] | None


@lru_cache(maxsize=4)
def matcher(shard: Shard) -> Matcher:
    """What a shard holds, opened once by each worker. Raises BadArtefact, SemanticMissing, BadWeights."""
    encoder = opened(shard.encoder) if shard.encoder else None
    found = load(Path(shard.folder), graph(), encoder, without_model=not encoder)
    return found.with_weights(dict(shard.weights)) if shard.weights else found


def signals(shard: Shard) -> dict[str, float]:
    """`Matcher.signals` of a shard."""
    return matcher(shard).signals


def match(shard: Shard, needs: Sequence[Need], k: int, among: frozenset[str] | None) -> list[list[Match]]:
    """The best offers of a shard for each need."""
    return [matcher(shard).match(need, k, among) for need in needs]


def match_within_limits(shard: Shard, needs: Sequence[Need], k: int) -> list[list[Match]]:
    """The best offers of a shard that pass the limits of each need."""
    found = matcher(shard)
    return [found.match(need, k, passing(need, found.corpus.offers)) for need in needs]


def score(shard: Shard, need: Need, offer_id: str) -> float | None:
    """``None`` when the shard has no such offer."""
    try:
        return matcher(shard).score(need, offer_id)
    except UnknownOffer:
        return None


def explained(shard: Shard, need: Need, offer_id: str) -> Explanation | None:
    """``None`` when the shard has no such offer."""
    try:
        return explain(matcher(shard), need, offer_id)
    except UnknownOffer:
        return None
