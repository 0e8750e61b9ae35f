"""What must hold of a skill graph beyond the shape of its files."""

import re
from collections import Counter
from collections.abc import Iterator

import networkx as nx

from matching.skill_graph.graph import Skill, SkillGraph
from matching.skill_graph.taxonomies.taxonomy import PREFIXES
from matching.text import nfc

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def problems(graph: SkillGraph) -> list[str]:
    """Everything that is wrong with a graph, one sentence each; an empty list means it is sound."""
    return [
        *_bad_keys(graph),
        *_bad_texts(graph),
        *_shared_labels(graph),
        *_bad_edges(graph),
        *_bad_matches(graph),
    ]


def _bad_keys(graph: SkillGraph) -> Iterator[str]:
    yield from (
        f"{key}: a key is lower-case ASCII words joined by -" for key in graph.keys if not _KEY.fullmatch(key)
    )


def _bad_texts(graph: SkillGraph) -> Iterator[str]:
    for skill in graph:
        texts = [*skill.names, skill.scope.vi, skill.scope.en]
        if not all(text.strip() == text and text for text in texts):
            yield f"{skill.key}: an empty or padded text"
        if any(nfc(text) != text for text in texts):
            yield f"{skill.key}: a text is not in composed form (NFC)"
        repeated = [name for name, times in Counter(n.lower() for n in skill.names).items() if times > 1]
        if repeated and skill.vi != skill.en:
            yield f"{skill.key}: {repeated[0]} is given twice"


def _shared_labels(graph: SkillGraph) -> Iterator[str]:
    for lang in ("vi", "en"):
        owners = Counter(getattr(skill, lang).lower() for skill in graph)
        yield from (
            f"{label}: two skills have this {lang} label" for label, times in owners.items() if times > 1
        )


def _bad_edges(graph: SkillGraph) -> Iterator[str]:
    tree = nx.DiGraph()
    tree.add_nodes_from(graph.keys)
    tree.add_edges_from((s.key, parent) for s in graph for parent in s.broader)
    if not nx.is_directed_acyclic_graph(tree):
        yield f"broader runs in a circle: {' → '.join(a for a, _ in nx.find_cycle(tree))}"
    order = nx.DiGraph((s.key, user) for s in graph for user in s.used_in if user != s.key)
    if not nx.is_directed_acyclic_graph(order):
        yield f"used_in runs in a circle: {' → '.join(a for a, _ in nx.find_cycle(order))}"
    for skill in graph:
        linked = [*skill.broader, *skill.related, *skill.used_in]
        if skill.key in linked:
            yield f"{skill.key}: an edge to itself"
        if len(set(linked)) < len(linked):
            yield f"{skill.key}: two edges to the same skill"
        if not graph.network.degree(skill.key):
            yield f"{skill.key}: an orphan without any edge"
        yield from _unjustified(skill, graph, tree)


def _unjustified(skill: Skill, graph: SkillGraph, tree: nx.DiGraph) -> Iterator[str]:
    """Edges that say again, or against it, what the hierarchy says (SKOS S27), or what the other end says."""
    above, below = nx.descendants(tree, skill.key), nx.ancestors(tree, skill.key)
    for parent in skill.broader:
        if any(parent in nx.descendants(tree, other) for other in skill.broader if other != parent):
            yield f"{skill.key}: broader {parent} already follows from another broader skill"
    for field in ("related", "used_in"):
        for other in getattr(skill, field):
            if other != skill.key and other in above | below:
                yield f"{skill.key}: {field} {other}, though one belongs to the other"
    for other in skill.related:
        if other < skill.key and skill.key in graph[other].related:
            yield f"{skill.key}: related {other} is written at both ends"


def _bad_matches(graph: SkillGraph) -> Iterator[str]:
    owners = Counter(match for skill in graph for match in skill.exact_match)
    yield from (f"{match}: the exact match of two skills" for match, times in owners.items() if times > 1)
    for skill in graph:
        matches = [*skill.exact_match, *skill.close_match]
        if len(set(matches)) < len(matches):
            yield f"{skill.key}: a match is given twice"
        for match in matches:
            if match.partition(":")[0] not in PREFIXES:
                yield f"{skill.key}: {match} is of no known taxonomy"
