"""OWL in Manchester syntax, as far as taxonomies need it.

Read: prefixes, the frames of classes in the default namespace, their labels and alternative names and the
plain names after ``SubClassOf:``. Not read: restrictions and other class expressions, equivalence,
properties, individuals, imports, and classes of other namespaces (upper ontologies, which appear without
labels).
"""

import re
from collections.abc import Iterator

from matching.skill_graph.taxonomies.taxonomy import Concept, Taxonomy

_PREFIX = re.compile(r"^Prefix:\s*([\w.-]*):\s*<([^>]*)>", re.MULTILINE)
_FRAME = re.compile(
    r"^(Class|ObjectProperty|DataProperty|AnnotationProperty|Datatype|Individual|DisjointClasses|"
    r"DifferentIndividuals|EquivalentClasses|Ontology|Import):[ \t]*(\S*)",
    re.MULTILINE,
)
_SECTION = re.compile(r"^    ([A-Z][A-Za-z]+):", re.MULTILINE)
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NAMES = re.compile(r'([^\s",]+)\s+"((?:[^"\\]|\\.)*)"(@[A-Za-z-]+)?', re.DOTALL)
_PLAIN = re.compile(r"(<[^>]*>|[\w.:-]+)")
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_ALIASES = ("http://purl.obolibrary.org/obo/IAO_0000118", "http://www.w3.org/2004/02/skos/core#altLabel")


def read_manchester(source: str) -> Taxonomy:
    """Classes of the default namespace with their English or unmarked names."""
    prefixes = dict(_PREFIX.findall(source))
    own = prefixes.get("", "")
    # Texts may span lines and hold words that look like frames, so frames are cut where texts are blanked.
    blank = _TEXT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()).replace("\n", " "), source)
    concepts, edges = [], []
    for kind, name, start, end in _frames(blank):
        key = _address(name, prefixes)
        if kind != "Class" or not key.startswith(own):
            continue
        parts = dict(_sections(blank, start, end))
        label, *aliases = _names(source, parts.get("Annotations"), prefixes) or [""]
        concepts.append(Concept(key, "class", label, tuple(aliases)))
        above = _plain(blank, parts.get("SubClassOf"), prefixes)
        edges += [(key, parent) for parent in above if parent.startswith(own)]
    return Taxonomy.of(concepts, edges)


def _frames(blank: str) -> Iterator[tuple[str, str, int, int]]:
    """Kind, name, start and end of every frame."""
    found = list(_FRAME.finditer(blank))
    ends = [match.start() for match in found[1:]] + [len(blank)]
    for match, end in zip(found, ends, strict=False):
        yield match.group(1), match.group(2), match.end(), end


def _sections(blank: str, start: int, end: int) -> Iterator[tuple[str, tuple[int, int]]]:
    found = list(_SECTION.finditer(blank, start, end))
    ends = [match.start() for match in found[1:]] + [end]
    for match, stop in zip(found, ends, strict=False):
        yield match.group(1), (match.end(), stop)


def _names(source: str, place: tuple[int, int] | None, prefixes: dict[str, str]) -> list[str]:
    """The label first, then the alternative names."""
    start, end = place or (0, 0)
    labels, aliases = [], []
    for name, text, lang in _NAMES.findall(source[start:end]):
        verb = _address(name, prefixes)
        if lang not in ("", "@en"):
            continue
        if verb == _LABEL:
            labels.append(text)
        elif verb in _ALIASES:
            aliases.append(text)
    return list(dict.fromkeys(labels + aliases))


def _plain(blank: str, place: tuple[int, int] | None, prefixes: dict[str, str]) -> list[str]:
    """The items of a list that are a name and nothing else."""
    start, end = place or (0, 0)
    items = [item.strip() for item in _outer_commas(blank[start:end])]
    return [_address(item, prefixes) for item in items if _PLAIN.fullmatch(item)]


def _outer_commas(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, sign in enumerate(text):
        depth += (sign in "({") - (sign in ")}")
        if sign == "," and not depth:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _address(name: str, prefixes: dict[str, str]) -> str:
    if name.startswith("<"):
        return name[1:-1]
    prefix, colon, local = name.rpartition(":")
    return prefixes.get(prefix if colon else "", "") + local
