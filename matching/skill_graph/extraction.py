"""Reading skills out of Vietnamese, English and mixed text."""

from collections import Counter
from collections.abc import Sequence
from weakref import WeakKeyDictionary

import msgspec

from matching.skill_graph.graph import Skill, SkillGraph
from matching.text import Token, sentences, tokens

_SHORT_ACRONYM = 5


class Hit(msgspec.Struct, frozen=True):
    """``text[start:end]`` names the skill ``key``; ``sentence`` is the sentence around it."""

    key: str
    start: int
    end: int
    sentence: str


class _Name(msgspec.Struct, frozen=True):
    """How a skill may be written: ``exact`` words with marks, ``folded`` without; ``upper`` for acronyms."""

    key: str
    exact: tuple[str, ...]
    folded: tuple[str, ...]
    upper: bool


class _Place(msgspec.Struct, frozen=True):
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
        self._by_first: dict[str, list[_Name]] = {}
        for skill in graph:
            for name in _names(skill):
                for first in {name.exact[0], name.folded[0]}:
                    self._by_first.setdefault(first, []).append(name)
        for names in self._by_first.values():
            names.sort(key=lambda n: (-len(n.exact), n.key))

    def places(self, text: str, words: Sequence[Token]) -> list[_Place]:
        plain = [t.word.marked for t in words]
        found = []
        at = 0
        while at < len(words):
            place = self._longest(text, words, plain, at)
            if place:
                found.append(place)
            at = place.last if place else at + 1
        return found

    def _longest(self, text: str, words: Sequence[Token], plain: list[str], at: int) -> _Place | None:
        names = self._by_first.get(plain[at])
        if not names:
            return None
        for marked in (True, False):
            fitting = [n for n in names if _fits(n, text, words, plain, at, marked)]
            if fitting:
                length = len(fitting[0].exact)
                keys = tuple(dict.fromkeys(n.key for n in fitting if len(n.exact) == length))
                return _Place(at, at + length, keys)
        return None

    def counts(self, text: str, words: Sequence[Token]) -> Counter[str]:
        """How often each skill is named."""
        return Counter(self._choose(self.places(text, words)))

    def hits(self, text: str) -> list[Hit]:
        words = tokens(text)
        places = self.places(text, words)
        spans = sentences(text)
        found = []
        for place, key in zip(places, self._choose(places), strict=True):
            start, end = words[place.first].start, words[place.last - 1].end
            around = next(text[a:b] for a, b in spans if a <= start < b)
            found.append(Hit(key, start, end, around))
        return found

    def _choose(self, places: list[_Place]) -> list[str]:
        """One key for each place; where a name is shared, the skill with more neighbours among the sure
        ones."""
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


def _names(skill: Skill) -> list[_Name]:
    names = []
    for name in skill.names:
        words = tokens(name)
        upper = len(words) == 1 and len(name) <= _SHORT_ACRONYM and name.isupper()
        exact = tuple(t.word.marked for t in words)
        names.append(_Name(skill.key, exact, tuple(t.word.folded for t in words), upper))
    return names


def _fits(name: _Name, text: str, words: Sequence[Token], plain: list[str], at: int, marked: bool) -> bool:
    size = len(name.exact)
    if at + size > len(words):
        return False
    wanted = name.exact if marked else name.folded
    if tuple(plain[at : at + size]) != wanted:
        return False
    return not name.upper or text[words[at].start : words[at].end].isupper()
