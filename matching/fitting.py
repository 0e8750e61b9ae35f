"""From blocks of offers to vocabulary, idf and weighed rows: the same however the offers are cut.

All that is summed over blocks are whole numbers, and each weighed row depends on itself and on those sums
alone. So one process and many machines fit the same matcher, to the last digit.
"""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from scipy import sparse

from matching.block import Block
from matching.skill_graph.names import Ints
from matching.vectorizers import Floats, TermNames, idf_of, weighed, with_columns

BLOCK = 1_000
"""Offers read at once."""
FEWEST_PAIR_USES = 2


class Counts(msgspec.Struct, frozen=True):
    """In how many of the ``items`` each stem, pair of stems and skill is. Pairs as in `Block`."""

    items: int
    stems: list[str]
    stem_items: Ints
    pairs: Ints
    pair_items: Ints
    skill_items: Ints


class Vocabulary(msgspec.Struct, frozen=True):
    """What blocks are weighed by: every stem, and every pair that two items share. ``size`` items were
    counted."""

    names: TermNames
    idf: Floats
    skill_idf: Floats
    size: int


class Weighed(msgspec.Struct, frozen=True):
    """Rows of a block: terms and skills of length one, and how far an item shows a skill."""

    words: sparse.csr_array
    concepts: sparse.csr_array
    strength: sparse.csr_array


def count(block: Block) -> Counts:
    used = np.bincount(block.terms.indices, minlength=block.terms.shape[1])
    stems = len(block.stems)
    named = np.bincount(block.skills.indices, minlength=block.skills.shape[1])
    return Counts(len(block.items), block.stems, used[:stems], block.pairs, used[stems:], named)


def merged(parts: Sequence[Counts]) -> Counts:
    """The counts of all parts together, whatever their order or grouping. At least one part."""
    stems = sorted({stem for part in parts for stem in part.stems})
    place = {stem: i for i, stem in enumerate(stems)}
    places = [_places(part.stems, place) for part in parts]
    stem_items = np.zeros(len(stems), np.int64)
    for part, at in zip(parts, places, strict=True):
        stem_items[at] += part.stem_items
    coded = [
        _coded(part.pairs, at, len(part.stems), len(stems)) for part, at in zip(parts, places, strict=True)
    ]
    pairs, pair = np.unique(np.concatenate(coded), return_inverse=True)
    pair_items = np.bincount(pair, np.concatenate([part.pair_items for part in parts]), len(pairs))
    return Counts(
        sum(part.items for part in parts),
        stems,
        stem_items,
        pairs,
        pair_items.astype(np.int64),
        np.sum([part.skill_items for part in parts], axis=0),
    )


def vocabulary_of(counts: Counts) -> Vocabulary:
    shared = counts.pair_items >= FEWEST_PAIR_USES
    frequency = np.concatenate((counts.stem_items, counts.pair_items[shared]))
    names = TermNames(counts.stems, counts.pairs[shared])
    return Vocabulary(
        names, idf_of(frequency, counts.items), idf_of(counts.skill_items, counts.items), counts.items
    )


def weigh(block: Block, vocabulary: Vocabulary) -> Weighed:
    names, terms = vocabulary.names, block.terms
    at = _places(block.stems, names.places)
    pairs = _coded(block.pairs, at, len(block.stems), len(names.stems))
    pair = np.searchsorted(names.pairs, pairs)
    is_known = np.append(names.pairs, -1)[pair] == pairs
    columns = np.concatenate((at, np.where(is_known, len(names.stems) + pair, -1)))[terms.indices]
    counted = with_columns(terms, columns, len(names))
    return Weighed(
        weighed(counted, vocabulary.idf), weighed(block.skills, vocabulary.skill_idf), block.strength
    )


def stacked(matrices: Iterable[sparse.csr_array], columns: int) -> sparse.csr_array:
    """Rows of all matrices, one after the other; there may be none."""
    return sparse.csr_array(
        sparse.vstack([sparse.csr_array((0, columns), dtype=np.float32), *matrices], "csr")
    )


def _places(stems: Sequence[str], place: dict[str, int]) -> Ints:
    return np.array([place[stem] for stem in stems], np.int64)


def _coded(pairs: Ints, places: Ints, stems: int, all_stems: int) -> Ints:
    """Pairs of one numbering of stems in another; both are in the order of the stems, so order stays."""
    first, second = np.divmod(pairs, max(stems, 1))
    return places[first] * all_stems + places[second]
