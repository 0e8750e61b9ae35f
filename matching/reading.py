"""From a text to counted terms and skills, item by item. Many offers are read by `matching.block`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

import msgspec

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

    The same need is read once, so what follows from it can be kept with it.
    """

    terms: Counter[str]
    skills: tuple[SubQuery, ...]
    declared: bool
    text: str = ""


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

    The labels of all skills join the words of the need in both languages, so that a Vietnamese need also
    speaks to English evidence.
    """
    cut = next((end for _, end in sentences(need.text)), 0)
    first, rest = need.text[:cut], need.text[cut:]
    reading = read_evidence(Evidence(id=need.id, title=first, text=rest), graph)
    declared = [s for s in need.skills if s.key in graph]
    wanted = declared or [SubNeed(key=key) for key in reading.skills]
    words = reading.terms + _words_of_skills([s.key for s in need.skills] or reading.skills, graph)
    return Query(words, tuple(SubQuery(s.key, s.importance) for s in wanted), bool(declared), need.text)


def names_of_skills(keys: Iterable[str], graph: SkillGraph) -> Iterator[str]:
    """The labels in both languages; of a key the graph does not know, the key itself."""
    for key in keys:
        names = (graph[key].vi, graph[key].en) if key in graph else (key,)
        yield from dict.fromkeys(names)


def _words_of_skills(keys: Iterable[str], graph: SkillGraph) -> Counter[str]:
    counted: Counter[str] = Counter()
    for name in names_of_skills(keys, graph):
        counted.update(terms_of(tokens(name)))
    return counted
