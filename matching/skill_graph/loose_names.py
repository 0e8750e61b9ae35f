"""Names of two words or more in other words: put into English, turned, with words between."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from matching.glossary import Term, in_english, put_into_english
from matching.skill_graph.graph import Skill
from matching.text import Token, tokens, word_of, written_words

MOST_BETWEEN = 2
# Words that join others; a name is the same with and without them.
_LINKING = frozenset([
    "a", "an", "by", "for", "from", "in", "of", "on", "the", "to", "with",
    "bằng", "bị", "cho", "có", "của", "các", "do", "khi", "là", "những", "theo", "trên", "trong",
    "từ", "với", "được", "ở",
])  # fmt: skip
Stems = tuple[str, ...]


class LooseName(msgspec.Struct, frozen=True):
    """``stems`` in English order; ``any_order``: no other skill has a name of the same words."""

    stems: Stems
    key: str
    any_order: bool


class LoosePlace(msgspec.Struct, frozen=True):
    """A name of ``size`` stems in the words ``first`` to ``last`` (exclusive); ``is_tight``: no other word
    between."""

    first: int
    last: int
    key: str
    size: int
    is_tight: bool


class LooseNames:
    """Finds names by the stems of their English words, at most two other words between them.

    A Vietnamese name or sentence is read word for word in English order (`matching.glossary`). An English
    sentence may turn a name (*recovery of waste heat*); a Vietnamese one, whose order was turned already, may
    not. A name that two skills share says nothing here.
    """

    def __init__(self, skills: Iterable[Skill]) -> None:
        owners: defaultdict[Stems, set[str]] = defaultdict(set)
        alike: defaultdict[frozenset[str], set[str]] = defaultdict(set)
        for skill in skills:
            for stems in _names_in_english(skill):
                if len(stems) > 1 and len(set(stems)) == len(stems):
                    owners[stems].add(skill.key)
                    alike[frozenset(stems)].add(skill.key)
        common = Counter(stem for stems in owners for stem in stems)
        self._by_rarest: defaultdict[str, list[LooseName]] = defaultdict(list)
        for stems, keys in owners.items():
            if len(keys) == 1:
                name = LooseName(stems, min(keys), len(alike[frozenset(stems)]) == 1)
                self._by_rarest[min(stems, key=common.__getitem__)].append(name)

    def places(self, text: str, words: Sequence[Token]) -> list[LoosePlace]:
        """Where names stand in other words; the places may overlap.

        Parameters
        ----------
        text : Vietnamese, English or both
        words : its `tokens`

        Returns
        -------
        list of places, the names of most words first, then the shortest places, then the first
        """
        found = []
        for clause in in_english(text, words):
            terms = [term for term in clause.terms if term.word.lower() not in _LINKING]
            stems = [_stem_of(term.word) for term in terms]
            for name in self._possible(stems, clause.translated):
                for start, end in _windows(name.stems, stems, clause.translated):
                    place = _place(name, terms[start:end])
                    if not _is_other_name(place, name.stems, stems[start:end], clause.translated):
                        found.append(place)
        return sorted(found, key=lambda p: (-p.size, p.last - p.first, p.first, p.key))

    def _possible(self, stems: Sequence[str], translated: bool) -> Iterator[LooseName]:
        """The names whose stems are all there."""
        present = set(stems)
        for stem in present:
            for name in self._by_rarest.get(stem, ()):
                if present.issuperset(name.stems) and (translated or name.any_order):
                    yield name


def _place(name: LooseName, terms: Sequence[Term]) -> LoosePlace:
    first, last = min(term.first for term in terms), max(term.last for term in terms)
    return LoosePlace(first, last, name.key, len(name.stems), len(terms) == len(name.stems))


def _is_other_name(place: LoosePlace, name: Stems, stems: Sequence[str], translated: bool) -> bool:
    """Whether English words side by side stand in another order: a *life cycle* is no *cycle life*."""
    return not translated and place.last - place.first == place.size and tuple(stems) != name


def _names_in_english(skill: Skill) -> Iterator[Stems]:
    """The stems of all names; a Vietnamese name with a word that the glossary lacks is left out."""
    for names, translated in (((skill.vi, *skill.aliases.vi), True), ((skill.en, *skill.aliases.en), False)):
        for name in names:
            terms = put_into_english(tokens(name), written_words(name), 0, translated)
            said = [term.word for term in terms if term.word.lower() not in _LINKING]
            if not translated or all(word.isascii() for word in said):
                yield tuple(map(_stem_of, said))


def _stem_of(word: str) -> str:
    known = word_of(word)
    return known.stem or known.marked


def _windows(name: Stems, stems: Sequence[str], in_order: bool) -> Iterator[tuple[int, int]]:
    """From where to where (exclusive) the stems of a sentence hold a name."""
    for start, first in enumerate(stems):
        if first == name[0] or (not in_order and first in name):
            end = _end_of(name, stems, start, in_order)
            if end:
                yield start, end


def _end_of(name: Stems, stems: Sequence[str], start: int, in_order: bool) -> int:
    """The end of a name that begins here; 0 when it does not."""
    missing = list(name)
    for at in range(start, min(start + len(name) + MOST_BETWEEN, len(stems))):
        if stems[at] in (missing[:1] if in_order else missing):
            missing.remove(stems[at])
            if not missing:
                return at + 1
    return 0
