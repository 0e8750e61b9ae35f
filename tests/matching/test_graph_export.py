import json

import pytest

from matching import SkillGraph
from matching.skill_graph.export import SCHEME, to_jsonld, to_turtle
from matching.skill_graph.taxonomies import address
from matching.skill_graph.taxonomies.turtle import SKOS, Literal, triples

SKILL = f"{SCHEME}:"


@pytest.fixture(scope="module")
def jsonld(graph: SkillGraph) -> dict[str, object]:
    return json.loads(to_jsonld(graph))  # type: ignore[no-any-return]


def facts(graph: SkillGraph) -> set[tuple[str, str, object]]:
    """What SKOS must say of the graph, written from the graph itself."""
    found: set[tuple[str, str, object]] = set()
    for skill in graph:
        at = SKILL + skill.key
        for lang in ("vi", "en"):
            label = getattr(skill, lang)
            found.add((at, SKOS + "prefLabel", Literal(label, lang)))
            found.add((at, SKOS + "scopeNote", Literal(getattr(skill.scope, lang), lang)))
            aliases = getattr(skill.aliases, lang)
            assert label not in aliases
            found |= {(at, SKOS + "altLabel", Literal(alias, lang)) for alias in aliases}
        found |= {(at, SKOS + "broader", SKILL + key) for key in skill.broader}
        found |= {(at, SKOS + "related", SKILL + key) for key in skill.related}
        found |= {(SKILL + key, SKOS + "related", at) for key in skill.related}
        found |= {(at, SKILL + "usedIn", SKILL + key) for key in skill.used_in}
        found |= {(at, SKOS + "exactMatch", address(match)) for match in skill.exact_match}
        found |= {(at, SKOS + "closeMatch", address(match)) for match in skill.close_match}
        if not skill.broader:
            found.add((at, SKOS + "topConceptOf", SCHEME))
    return found


def test_turtle_says_all_of_the_graph_and_nothing_else(graph: SkillGraph):
    statements = {(s, v, o) for s, v, o in triples(to_turtle(graph)) if s != SCHEME}
    rest = statements - facts(graph)
    assert facts(graph) - statements == set()
    assert {verb.rpartition("#")[2] for _, verb, _ in rest} == {"type", "inScheme"}
    assert len(rest) == 2 * len(graph)


def test_the_export_carries_title_and_version(graph: SkillGraph, jsonld: dict[str, list[dict[str, object]]]):
    about = {verb: thing for s, verb, thing in triples(to_turtle(graph)) if s == SCHEME}
    assert about["http://www.w3.org/2002/07/owl#versionInfo"] == Literal(graph.version)
    assert jsonld["@graph"][0]["owl:versionInfo"] == graph.version
    assert jsonld["@graph"][0]["@id"] == SCHEME


def test_jsonld_says_the_same_as_turtle(graph: SkillGraph, jsonld: dict[str, list[dict[str, object]]]):
    context: dict[str, str] = jsonld["@context"]  # type: ignore[assignment]

    def whole(name: str) -> str:
        prefix, _, local = name.partition(":")
        return context[prefix] + local if prefix in context else name

    found = set()
    for concept in jsonld["@graph"][1:]:
        for verb, things in concept.items():
            if verb.startswith("@") or verb == "skos:inScheme":
                continue
            for thing in things if isinstance(things, list) else [things]:
                assert isinstance(thing, dict)
                value = (
                    whole(thing["@id"]) if "@id" in thing else Literal(thing["@value"], thing["@language"])
                )
                found.add((whole(str(concept["@id"])), whole(verb), value))
    assert found == facts(graph)
