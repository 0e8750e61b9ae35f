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
RAREST_PAIR = 100_000
"""A pair is in at least one of so many items: however many items there are, each adds as many entries, so no
more than so many times the pairs of a middling item are kept."""
RANGES = 16
"""Pairs are counted range by range: it takes less room."""


class Counts(msgspec.Struct, frozen=True):
    """In how many of the ``items`` each stem and each skill is; stems in order."""

    items: int
    stems: list[str]
    stem_items: Ints
    skill_items: Ints


class Pairs(msgspec.Struct, frozen=True):
    """In how many items pairs of stems are, ascending; coded as in `Block`."""

    codes: Ints
    items: Ints


class Vocabulary(msgspec.Struct, frozen=True):
    """What blocks are weighed by: every stem, and every pair that enough items share. ``size`` items were
    counted, ``frequency`` of them have a term."""

    names: TermNames
    frequency: Ints
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
    named = np.bincount(block.skills.indices, minlength=block.skills.shape[1])
    return Counts(len(block.items), block.stems, used[: len(block.stems)], named)


def merged(parts: Sequence[Counts]) -> Counts:
    """The counts of all parts together, whatever their order or grouping. At least one part."""
    stems = sorted({stem for part in parts for stem in part.stems})
    place = {stem: i for i, stem in enumerate(stems)}
    stem_items = np.zeros(len(stems), np.int64)
    for part in parts:
        stem_items[_places(part.stems, place)] += part.stem_items
    skill_items = np.sum([part.skill_items for part in parts], axis=0)
    return Counts(sum(part.items for part in parts), stems, stem_items, skill_items)


def pieces_of(block: Block, stems: Sequence[str], parts: int) -> list[Pairs]:
    """The pairs of a block in another numbering of stems, cut into so many ranges of codes."""
    place = {stem: i for i, stem in enumerate(stems)}
    codes = _coded(block.pairs, _places(block.stems, place), len(block.stems), len(stems))
    items = np.bincount(block.terms.indices, minlength=block.terms.shape[1])[len(block.stems) :]
    cuts = np.searchsorted(codes, [len(stems) ** 2 * part // parts for part in range(1, parts)])
    return [Pairs(*piece) for piece in zip(np.split(codes, cuts), np.split(items, cuts), strict=True)]


def shared(pieces: Sequence[Pairs], counts: Counts) -> Pairs:
    """The pairs that enough items share, of the same range of codes in all blocks."""
    codes = np.concatenate([piece.codes for piece in pieces])
    order = np.argsort(codes, kind="stable")
    codes, items = codes[order], np.concatenate([piece.items for piece in pieces])[order]
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    items = np.add.reduceat(items, starts) if starts.size else items
    kept = items >= max(FEWEST_PAIR_USES, counts.items / RAREST_PAIR)
    return Pairs(codes[starts][kept], items[kept])


def vocabulary_of(counts: Counts, ranges: Sequence[Pairs]) -> Vocabulary:
    """``ranges``: the shared pairs, range after range."""
    names = TermNames(counts.stems, np.concatenate([pairs.codes for pairs in ranges]))
    frequency = np.concatenate([counts.stem_items, *(pairs.items for pairs in ranges)])
    idf, skill_idf = idf_of(frequency, counts.items), idf_of(counts.skill_items, counts.items)
    return Vocabulary(names, frequency, idf, skill_idf, counts.items)


def learn_words(blocks: Sequence[Block]) -> Vocabulary:
    """The vocabulary of all blocks, of which there is at least one."""
    counts = merged([count(block) for block in blocks])
    pieces = [pieces_of(block, counts.stems, RANGES) for block in blocks]
    return vocabulary_of(counts, [shared(one, counts) for one in zip(*pieces, strict=True)])


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
