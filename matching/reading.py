"""From a text to counted terms and skills, item by item. Many offers are read by `matching.block`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

import msgspec

from matching.glossary import word_for_word
from matching.profiles import Evidence, Need, Offer, SubNeed
from matching.skill_graph.extraction import extractor
from matching.skill_graph.graph import SkillGraph
from matching.text import sentences, terms_of, tokens
from matching.vectorizers import Floats

TITLE_COUNTS = 2
BEST_LEVEL = 5
DECLARED = "declared"
Counts = TypeVar("Counts", float, Floats)


class Reading(msgspec.Struct):
    """What one item says: how often each term and each skill; ``strength`` in (0, 1] per skill shown."""

    terms: Counter[str]
    skills: dict[str, float]
    strength: dict[str, float]


class Item(msgspec.Struct, frozen=True):
    """Where a piece of evidence came from; ``offer`` is the row of its owner."""

    offer: int
    id: str
    kind: str
    title: str
    year: int | None


class SubQuery(msgspec.Struct, frozen=True):
    """A skill to cover and how important it is (> 0)."""

    key: str
    importance: float


class Query(msgspec.Struct, frozen=True, eq=False):
    """A need as read: counted terms and the skills to cover; ``declared`` if a person named the skills.

    ``repeats`` are the terms that say something once more in the other language: an offer that uses only one
    of the two lacks nothing. The same need is read once, so what follows from it can be kept with it.
    """

    terms: Counter[str]
    skills: tuple[SubQuery, ...]
    declared: bool
    text: str = ""
    repeats: frozenset[str] = frozenset()


def read_evidence(evidence: Evidence, graph: SkillGraph) -> Reading:
    """A title counts twice."""
    counted: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for text, times in ((evidence.title, TITLE_COUNTS), (evidence.text, 1)):
        words = tokens(text)
        for term in terms_of(words):
            counted[term] += times
        for key, count in extractor(graph).counts(text, words).items():
            named[key] += times * count
    return Reading(counted, dict(named), {key: strength_of(count) for key, count in named.items()})


def read_declared(offer: Offer, graph: SkillGraph) -> Reading:
    """The skills an offer declares, as one item: words of their labels, weights by level."""
    known = known_levels(offer, graph)
    return Reading(_words_of_skills((s.key for s in offer.skills), graph), known, known)


def known_levels(offer: Offer, graph: SkillGraph) -> dict[str, float]:
    """How far, in (0, 1], an offer declares each skill of the graph."""
    return {s.key: s.level / BEST_LEVEL for s in offer.skills if s.key in graph}


def declared_item(row: int) -> Item:
    """The declared skills of an offer: its first item if it declares any."""
    return Item(row, DECLARED, DECLARED, "", None)


def read_offer(row: int, offer: Offer, graph: SkillGraph) -> list[tuple[Item, Reading]]:
    """All items of an offer: its declared skills, if any, then its evidence, the latest first."""
    found = [(declared_item(row), read_declared(offer, graph))] if offer.skills else []
    return found + [
        (Item(row, e.id, e.kind, e.title, e.year), read_evidence(e, graph)) for e in latest_first(offer)
    ]


def latest_first(offer: Offer) -> list[Evidence]:
    """The evidence of an offer in the order of its items."""
    return sorted(offer.evidence, key=lambda e: -(e.year or 0))


def strength_of(mentions: Counts) -> Counts:
    """One mention shows a skill by half, each further one halves what is left."""
    found: Counts = 1 - 0.5**mentions
    return found


@lru_cache(maxsize=64)
def read_need(need: Need, graph: SkillGraph) -> Query:
    """The first sentence counts twice, as a title does; skills that nobody declared are read from the text.
    Vietnamese typed without marks gets them back first; that is the ``text`` of the query.

    What a Vietnamese need says, put into English word for word, and the labels of all skills in both
    languages join its words, so that it also speaks to English evidence. Its skills are looked for in other
    words, too.
    """
    reader = extractor(graph)
    whole = reader.with_marks(need.text)
    cut = next((end for _, end in sentences(whole)), 0)
    said, english, named = Counter[str](), Counter[str](), Counter[str]()
    for text, times in ((whole[:cut], TITLE_COUNTS), (whole[cut:], 1)):
        for counted, part in ((said, text), (english, word_for_word(text))):
            for term in terms_of(tokens(part)):
                counted[term] += times
        named.update(reader.named(text))
    declared = [s for s in need.skills if s.key in graph]
    wanted = declared or [SubNeed(key=key) for key in named]
    labels = _words_of_skills([s.key for s in need.skills] or named, graph)
    # a label repeats the text it was read from; of a skill that a person named, only the second language does
    once = _words(graph[s.key].en if s.key in graph else s.key for s in need.skills)
    return Query(
        (said | english) + labels,
        tuple(SubQuery(s.key, s.importance) for s in wanted),
        bool(declared),
        whole,
        _repeats(said, english) | frozenset(labels.keys() - once.keys() - said.keys()),
    )


def _repeats(said: Counter[str], english: Counter[str]) -> frozenset[str]:
    """What stands in only one of two wordings of the same; nothing when there is only one."""
    return frozenset(said.keys() ^ english.keys() if english else ())


def names_of_skills(keys: Iterable[str], graph: SkillGraph) -> Iterator[str]:
    """The labels in both languages; of a key the graph does not know, the key itself."""
    for key in keys:
        names = (graph[key].vi, graph[key].en) if key in graph else (key,)
        yield from dict.fromkeys(names)


def _words_of_skills(keys: Iterable[str], graph: SkillGraph) -> Counter[str]:
    return _words(names_of_skills(keys, graph))


def _words(texts: Iterable[str]) -> Counter[str]:
    return Counter(term for text in texts for term in terms_of(tokens(text)))
