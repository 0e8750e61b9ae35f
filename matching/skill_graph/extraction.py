"""Reading skills out of Vietnamese, English and mixed text."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from weakref import WeakKeyDictionary

import msgspec
import numpy as np

from matching.glossary import Marks
from matching.skill_graph.graph import SkillGraph
from matching.skill_graph.loose_names import LooseNames, LoosePlace
from matching.skill_graph.names import Flags, Ints, NameTree
from matching.text import Token, sentences, tokens

_SHORT_ACRONYM = 5
_Found = tuple[int, int, str]
"""From which word to which (exclusive) a text names which skill."""


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
    tích*. Acronyms of up to five capitals (ALD, PV) must be capitals in the text too. `hits` and `named` also
    find names in other words (`LooseNames`); `places` and `counts` do not: they read a hundred thousand items
    of evidence as quickly as a few needs.
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

    @cached_property
    def _loose(self) -> LooseNames:
        return LooseNames(self._graph)

    @cached_property
    def _marks(self) -> Marks:
        names = chain.from_iterable((skill.vi, *skill.aliases.vi) for skill in self._graph)
        return Marks(tuple(t.word.marked for t in tokens(name)) for name in names)

    def with_marks(self, text: str) -> str:
        """A Vietnamese text that was typed without marks, with those that its words have in the glossary and
        in the names of skills; any other text as it is. Every sign keeps its place (`Marks.given_back`)."""
        return self._marks.given_back(text)

    def known(self, marked: str) -> int:
        """The place of a word (`Word.marked`) in the vocabulary of all names, -1 when no name has it."""
        return self._vocabulary.get(marked, -1)

    def places(self, known: Ints, capitals: Flags) -> list[Place]:
        """Where names stand as they are, in order and without overlap.

        Parameters
        ----------
        known : (words,) int64, `known` of each word, with a -1 between two texts
        capitals : (words,) bool, which words are in capitals
        """
        found: list[Place] = []
        end = 0
        for first, size, keys in self._names.find(known, capitals):
            if first >= end:
                end = first + size
                found.append(Place(first, end, keys))
        return found

    def counts(self, text: str, words: Sequence[Token]) -> Counter[str]:
        """How often each skill is named word by word."""
        return Counter(self.choose(self._places(text, words)))

    def named(self, text: str) -> Counter[str]:
        """How often each skill is named, also in other words, in a text as it stands (see `with_marks`)."""
        return Counter(key for _, _, key in self._all_places(text, tokens(text)))

    def hits(self, text: str) -> list[Hit]:
        """The skills named in a text, also in other words, in reading order and without overlap."""
        whole = self.with_marks(text)
        words = tokens(whole)
        spans = sentences(text)
        found = []
        for first, last, key in self._all_places(whole, words):
            start, end = words[first].start, words[last - 1].end
            around = next(text[a:b] for a, b in spans if a <= start < b)
            found.append(Hit(key, start, end, around))
        return found

    def _all_places(self, text: str, words: Sequence[Token]) -> list[_Found]:
        places = self._places(text, words)
        exact = [(p.first, p.last, key) for p, key in zip(places, self.choose(places), strict=True)]
        return sorted(_joined(exact, self._loose.places(text, words)))

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


def _joined(exact: list[_Found], loose: list[LoosePlace]) -> list[_Found]:
    """Loose places beside the exact ones; a tight one takes the place of a single one that it holds whole."""
    found = dict.fromkeys(exact, True)
    for place in loose:
        over = [(one, was) for one, was in found.items() if one[0] < place.last and place.first < one[1]]
        if over and not (len(over) == 1 and _holds(place, *over[0])):
            continue
        for one, _ in over:
            del found[one]
        found[place.first, place.last, place.key] = False
    return list(found)


def _holds(place: LoosePlace, one: _Found, is_exact: bool) -> bool:
    first, last, key = one
    inside = place.first <= first and last <= place.last and last - first < place.last - place.first
    return place.is_tight and is_exact and inside and key != place.key


_EXTRACTORS: WeakKeyDictionary[SkillGraph, Extractor] = WeakKeyDictionary()


def extractor(graph: SkillGraph) -> Extractor:
    """The extractor of a graph, built once."""
    found = _EXTRACTORS.get(graph)
    if found is None:
        found = _EXTRACTORS[graph] = Extractor(graph)
    return found


def extract(text: str, graph: SkillGraph) -> list[Hit]:
    """The skills named in a text, in reading order and without overlap; see `Extractor`.

    Parameters
    ----------
    text : Vietnamese, English or both, in any normal form
    graph : whose names are looked for; its extractor is built once (0.5 s) and kept

    Returns
    -------
    list of hits with places in ``text`` as it was given, counted in characters
    """
    return extractor(graph).hits(text)
