"""Reading skills out of Vietnamese, English and mixed text."""

from collections import Counter
from collections.abc import Sequence
from weakref import WeakKeyDictionary

import msgspec
import numpy as np

from matching.skill_graph.graph import SkillGraph
from matching.skill_graph.names import Flags, Ints, NameTree
from matching.text import Token, sentences, tokens

_SHORT_ACRONYM = 5


class Hit(msgspec.Struct, frozen=True):
    """``text[start:end]`` names the skill ``key``; ``sentence`` is the sentence around it."""

    key: str
    start: int
    end: int
    sentence: str


class Place(msgspec.Struct, frozen=True):
    """Candidates for the words ``first`` to ``last`` (exclusive) of a text."""

    first: int
    last: int
    keys: tuple[str, ...]


class Extractor:
    """Finds the names of a graph's skills: the longest match wins, marks first, folded second.

    A folded match counts only where the text itself was typed without marks, so *diện tích* is never *điện
    tích*. Acronyms of up to five capitals (ALD, PV) must be capitals in the text too.
    """

    def __init__(self, graph: SkillGraph) -> None:
        self._graph = graph
        self._vocabulary: dict[str, int] = {}
        self._names = NameTree()
        for skill in graph:
            for name in skill.names:
                words = [t.word for t in tokens(name)]
                acronym = len(words) == 1 and len(name) <= _SHORT_ACRONYM and name.isupper()
                for folded in (False, True):
                    written = [word.folded if folded else word.marked for word in words]
                    ids = [self._vocabulary.setdefault(word, len(self._vocabulary)) for word in written]
                    self._names.add(ids, skill.key, folded, acronym)
        self._names.finish(len(self._vocabulary))

    def known(self, marked: str) -> int:
        """The place of a word (`Word.marked`) in the vocabulary of all names, -1 when no name has it."""
        return self._vocabulary.get(marked, -1)

    def places(self, known: Ints, capitals: Flags) -> list[Place]:
        """Where names stand, in order and without overlap.

        ``known`` (words,) is `known` of each word, with a -1 between two texts; ``capitals`` says which words
        are in capitals.
        """
        found: list[Place] = []
        end = 0
        for first, size, keys in self._names.find(known, capitals):
            if first >= end:
                end = first + size
                found.append(Place(first, end, keys))
        return found

    def counts(self, text: str, words: Sequence[Token]) -> Counter[str]:
        """How often each skill is named."""
        return Counter(self.choose(self._places(text, words)))

    def hits(self, text: str) -> list[Hit]:
        words = tokens(text)
        places = self._places(text, words)
        spans = sentences(text)
        found = []
        for place, key in zip(places, self.choose(places), strict=True):
            start, end = words[place.first].start, words[place.last - 1].end
            around = next(text[a:b] for a, b in spans if a <= start < b)
            found.append(Hit(key, start, end, around))
        return found

    def _places(self, text: str, words: Sequence[Token]) -> list[Place]:
        known = [self.known(t.word.marked) for t in words]
        capitals = [text[t.start : t.end].isupper() for t in words]
        return self.places(np.array(known, np.int64), np.array(capitals, bool))

    def choose(self, places: Sequence[Place]) -> list[str]:
        """One key for each place of a text; where a name is shared, the skill with more neighbours among the
        sure ones."""
        sure = {p.keys[0] for p in places if len(p.keys) == 1}
        return [
            p.keys[0] if len(p.keys) == 1 else max(p.keys, key=lambda k: self._company(k, sure))
            for p in places
        ]

    def _company(self, key: str, sure: set[str]) -> int:
        return (key in sure) * 100 + sum(n.key in sure for n in self._graph.neighbours(key))


_EXTRACTORS: WeakKeyDictionary[SkillGraph, Extractor] = WeakKeyDictionary()


def extractor(graph: SkillGraph) -> Extractor:
    """The extractor of a graph, built once."""
    found = _EXTRACTORS.get(graph)
    if found is None:
        found = _EXTRACTORS[graph] = Extractor(graph)
    return found


def extract(text: str, graph: SkillGraph) -> list[Hit]:
    """The skills named in a text, in reading order, each with its place and sentence."""
    return extractor(graph).hits(text)
