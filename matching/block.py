"""What a block of offers says, as arrays: all texts of a block are read at once.

Nothing here depends on other offers, so blocks can be read anywhere and in any order. It says the same as
`matching.reading`, which reads items one by one.
"""

from array import array
from collections.abc import Sequence

import msgspec
import numpy as np
from scipy import sparse

from matching.profiles import Offer, OfferEntry
from matching.reading import (
    TITLE_COUNTS,
    Item,
    declared_item,
    known_levels,
    latest_first,
    names_of_skills,
    strength_of,
)
from matching.skill_graph.extraction import extractor
from matching.skill_graph.graph import SkillGraph
from matching.skill_graph.names import Ints
from matching.text import word_of, written_words


class Block(msgspec.Struct, frozen=True):
    """Offers, their items (each with its row in the block), stems in order, and pairs of stems as ``first ·
    stems + second``, ascending.

    terms : (items, stems + pairs) float32, how often each is used
    skills, strength : (items, skills) float32, how often each is named (or its declared level / 5), and how
    far that shows the skill
    """

    offers: list[OfferEntry]
    items: list[Item]
    stems: list[str]
    pairs: Ints
    terms: sparse.csr_array
    skills: sparse.csr_array
    strength: sparse.csr_array


class _Texts:
    """The words of all texts one after the other, each text ended by a word that says nothing."""

    def __init__(self) -> None:
        self.written = _Places({"": 0})
        self.words = array("q")
        self.lengths: list[int] = []
        self.items: list[int] = []
        self.times: list[int] = []
        self.evident: list[bool] = []

    def add(self, text: str, item: int, times: int, evident: bool) -> None:
        """``evident``: skills are read out of the text."""
        found = written_words(text)
        self.words.extend(map(self.written.__getitem__, found))
        self.words.append(0)
        self.lengths.append(len(found) + 1)
        self.items.append(item)
        self.times.append(times)
        self.evident.append(evident)


class _Places(dict[str, int]):
    """Numbers new words as they come."""

    def __missing__(self, key: str) -> int:
        self[key] = place = len(self)
        return place


def read_block(offers: Sequence[Offer], graph: SkillGraph) -> Block:
    """Read all texts of some offers."""
    texts, items = _Texts(), list[Item]()
    declared: list[tuple[int, int, float]] = []
    for row, offer in enumerate(offers):
        if offer.skills:
            levels = known_levels(offer, graph).items()
            declared += [(len(items), graph.index[key], level) for key, level in levels]
            for name in names_of_skills((s.key for s in offer.skills), graph):
                texts.add(name, len(items), 1, False)
            items.append(declared_item(row))
        for one in latest_first(offer):
            texts.add(one.title, len(items), TITLE_COUNTS, True)
            texts.add(one.text, len(items), 1, True)
            items.append(Item(row, one.id, one.kind, one.title, one.year))
    words = np.frombuffer(texts.words, np.int64) if texts.words else np.zeros(0, np.int64)
    stems, pairs, terms = _terms(texts, words, len(items))
    skills, strength = _skills(texts, words, declared, (len(items), len(graph)), graph)
    entries = [offer.entry for offer in offers]
    return Block(entries, items, stems, pairs, terms, skills, strength)


def _terms(texts: _Texts, words: Ints, items: int) -> tuple[list[str], Ints, sparse.csr_array]:
    """Stems, pairs of neighbours among the telling words of a text, and how often each item uses them."""
    stem_of_word = [word_of(written).stem for written in texts.written]
    stems = sorted({stem for stem in stem_of_word if stem})
    place = {stem: i for i, stem in enumerate(stems)}
    stem = np.array([place.get(stem, -1) for stem in stem_of_word], np.int64)[words]
    text = np.repeat(np.arange(len(texts.lengths)), texts.lengths)
    telling = stem >= 0
    stem, text = stem[telling], text[telling]
    side_by_side = text[1:] == text[:-1]
    pairs, pair = np.unique((stem[:-1] * len(stems) + stem[1:])[side_by_side], return_inverse=True)
    text = np.concatenate((text, text[1:][side_by_side]))
    columns = np.concatenate((stem, len(stems) + pair))
    used = np.array(texts.times, np.float32)[text]
    rows = np.array(texts.items, np.int64)[text]
    return stems, pairs, _summed(used, rows, columns, (items, len(stems) + len(pairs)))


def _skills(
    texts: _Texts,
    words: Ints,
    declared: list[tuple[int, int, float]],
    shape: tuple[int, int],
    graph: SkillGraph,
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """How often each skill is named and how far that shows it; declared skills are both by their level."""
    reader = extractor(graph)
    ends = np.cumsum(texts.lengths)
    evident = np.repeat(np.array(texts.evident, bool), texts.lengths)
    known = np.array([reader.known(word_of(written).marked) for written in texts.written], np.int64)[words]
    capitals = np.array([written.isupper() for written in texts.written], bool)[words]
    places = reader.places(np.where(evident, known, -1), capitals)
    text_of_place = np.searchsorted(ends, [place.first for place in places], side="right")
    rows, columns, times = list[int](), list[int](), list[float]()
    for text, start, end in _runs(text_of_place):
        keys = reader.choose(places[start:end])
        columns += [graph.index[key] for key in keys]
        rows += [texts.items[text]] * len(keys)
        times += [texts.times[text]] * len(keys)
    named = _summed(np.array(times, np.float32), np.array(rows, np.int64), np.array(columns, np.int64), shape)
    shown = sparse.csr_array((strength_of(named.data), named.indices, named.indptr), shape=shape)
    items, skills, levels = zip(*declared, strict=True) if declared else ((), (), ())
    claimed = sparse.csr_array(
        (np.array(levels, np.float32), (np.array(items, np.int64), np.array(skills, np.int64))), shape=shape
    )
    return named + claimed, shown + claimed


def _runs(values: Ints) -> list[tuple[int, int, int]]:
    """(value, start, end) of each run of equal values."""
    starts = np.flatnonzero(np.diff(values, prepend=-1))
    ends = np.flatnonzero(np.diff(values, append=-1)) + 1
    return list(zip(values[starts].tolist(), starts.tolist(), ends.tolist(), strict=True))


def _summed(
    data: np.ndarray[tuple[int], np.dtype[np.float32]], rows: Ints, columns: Ints, shape: tuple[int, int]
) -> sparse.csr_array:
    matrix = sparse.csr_array((data, (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    return matrix
