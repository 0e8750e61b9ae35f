"""The skill graph for others: SKOS as Turtle or JSON-LD, versioned, in the order of the keys."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from matching.skill_graph.graph import Skill, SkillGraph
from matching.skill_graph.taxonomies.taxonomy import PREFIXES, address
from matching.text import Text

SCHEME = "urn:ben-thu:skills"
_TITLE = Text("Đồ thị kỹ năng bán dẫn và năng lượng tái tạo", "Skill graph of semiconductors and renewables")
_NAMESPACES = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skill": f"{SCHEME}:",
    **PREFIXES,
}
_EDGES = {"broader": "skos:broader", "related": "skos:related", "used_in": "skill:usedIn"}
_MATCHES = {"exact_match": "skos:exactMatch", "close_match": "skos:closeMatch"}


def to_turtle(graph: SkillGraph) -> str:
    """SKOS in Turtle. *Used in* is a property of our own; *related* is given in both directions."""
    lines = [f"@prefix {name}: <{place}> ." for name, place in _NAMESPACES.items()]
    lines += ["", f"<{SCHEME}> a skos:ConceptScheme ;"]
    lines += [f"    dct:title {_quoted(_TITLE.vi)}@vi, {_quoted(_TITLE.en)}@en ;"]
    lines += [f"    owl:versionInfo {_quoted(graph.version)} ."]
    for skill in graph:
        facts = [f"{verb} {thing}" for verb, thing in _facts(skill, graph)]
        lines += ["", f"{_name(skill.key)} a skos:Concept ;", "    " + " ;\n    ".join(facts) + " ."]
    return "\n".join(lines) + "\n"


def to_jsonld(graph: SkillGraph) -> str:
    """The same as JSON-LD 1.1."""
    scheme = {
        "@id": SCHEME,
        "@type": "skos:ConceptScheme",
        "dct:title": [{"@value": _TITLE.of(lang), "@language": lang} for lang in ("vi", "en")],
        "owl:versionInfo": graph.version,
    }
    concepts = [_jsonld(skill, graph) for skill in graph]
    return json.dumps({"@context": _NAMESPACES, "@graph": [scheme, *concepts]}, ensure_ascii=False, indent=1)


FORMATS: dict[str, Callable[[SkillGraph], str]] = {"turtle": to_turtle, "jsonld": to_jsonld}


def _facts(skill: Skill, graph: SkillGraph) -> Iterator[tuple[str, str]]:
    """Verb and thing in Turtle."""
    yield "skos:inScheme", f"<{SCHEME}>"
    for verb, lang, text in _texts(skill):
        yield verb, f"{_quoted(text)}@{lang}"
    if not skill.broader:
        yield "skos:topConceptOf", f"<{SCHEME}>"
    for verb, key in _edges(skill, graph):
        yield verb, _name(key)
    for field, verb in _MATCHES.items():
        for match in getattr(skill, field):
            yield verb, f"<{address(match)}>"


def _jsonld(skill: Skill, graph: SkillGraph) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@id": _name(skill.key),
        "@type": "skos:Concept",
        "skos:inScheme": {"@id": SCHEME},
    }
    for verb, lang, text in _texts(skill):
        found.setdefault(verb, []).append({"@value": text, "@language": lang})
    if not skill.broader:
        found["skos:topConceptOf"] = {"@id": SCHEME}
    for verb, key in _edges(skill, graph):
        found.setdefault(verb, []).append({"@id": _name(key)})
    for field, verb in _MATCHES.items():
        for match in getattr(skill, field):
            found.setdefault(verb, []).append({"@id": address(match)})
    return found


def _texts(skill: Skill) -> Iterator[tuple[str, str, str]]:
    """Verb, language and text."""
    for lang in ("vi", "en"):
        yield "skos:prefLabel", lang, getattr(skill, lang)
        for alias in getattr(skill.aliases, lang):
            yield "skos:altLabel", lang, alias
        yield "skos:scopeNote", lang, getattr(skill.scope, lang)


def _edges(skill: Skill, graph: SkillGraph) -> Iterator[tuple[str, str]]:
    for neighbour in graph.neighbours(skill.key):
        if neighbour.edge in _EDGES:
            yield _EDGES[neighbour.edge], neighbour.key


def _name(key: str) -> str:
    return f"skill:{key}"


def _quoted(text: str) -> str:
    """A text of Turtle: JSON's quoting is a part of it."""
    return json.dumps(text, ensure_ascii=False)
