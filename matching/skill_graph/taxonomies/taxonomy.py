"""A taxonomy as far as the project needs it: things with names, and which is broader."""

from collections import Counter
from collections.abc import Iterable

import msgspec

PREFIXES = {
    "oeo": "https://openenergyplatform.org/ontology/oeo/",
    "openalex": "https://openalex.org/",
    "esco": "http://data.europa.eu/esco/skill/",
    "dr": "http://www.w3id.org/",
}


def address(match: str) -> str:
    """The full address of a match: ``esco:05e5…`` with its prefix written out. Raises KeyError."""
    prefix, _, local = match.partition(":")
    return PREFIXES[prefix] + local


class Concept(msgspec.Struct, frozen=True):
    """``id`` is the full address; ``label`` may be empty; ``kind`` is class, concept, topic, skill …"""

    id: str
    kind: str
    label: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.label, *self.aliases) if name)


class Taxonomy(msgspec.Struct, frozen=True):
    """``broader`` holds (narrower, broader) ids; both ends need not be among the concepts: ESCO's relations,
    for one, are a file of their own."""

    concepts: dict[str, Concept]
    broader: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, concepts: Iterable[Concept], broader: Iterable[tuple[str, str]] = ()) -> "Taxonomy":
        """Concepts of one id become one: the first label, and the other names as aliases."""
        found: dict[str, Concept] = {}
        for concept in concepts:
            known = found.get(concept.id)
            found[concept.id] = _joined(known, concept) if known else concept
        return cls(found, frozenset(broader))

    @classmethod
    def joined(cls, parts: Iterable["Taxonomy"]) -> "Taxonomy":
        """Several files of one taxonomy as a whole."""
        parts = list(parts)
        return cls.of(
            (concept for part in parts for concept in part.concepts.values()),
            (edge for part in parts for edge in part.broader),
        )

    def counts(self) -> dict[str, int]:
        """How many concepts of each kind, by name, then how many broader edges."""
        kinds = Counter(concept.kind for concept in self.concepts.values())
        return {**dict(sorted(kinds.items())), "broader": len(self.broader)}


def _joined(first: Concept, second: Concept) -> Concept:
    label, *others = dict.fromkeys((*first.names, *second.names, ""))
    return Concept(first.id, first.kind, label, tuple(name for name in others if name))
