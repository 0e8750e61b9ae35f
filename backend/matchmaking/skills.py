"""The skill graph as this service uses it: loaded once, searched without marks, read out of texts."""

from __future__ import annotations

from functools import cache, lru_cache

from markupsafe import Markup
from msgspec import Struct

from backend.kit.errors import NotFound
from backend.kit.text import Lang, Text, fold
from backend.matchmaking.schemas import Found
from matching import Neighbour, Skill, SkillGraph, extract, neighbourhood_svg
from matching.phrases import PhraseIndex

MOST_FOUND, MOST_DRAWN = 30, 40
NEAR = 0.15  # below, phrases share no more than some letters
EDGES = {
    "broader": Text("Thuộc về", "Belongs to"),
    "narrower": Text("Bao gồm", "Includes"),
    "related": Text("Liên quan", "Related to"),
    "uses": Text("Cần dùng", "Makes use of"),
    "used_in": Text("Được dùng trong", "Used in"),
}


@cache
def graph() -> SkillGraph:
    """The one graph of this process."""
    return SkillGraph.load()


@cache
def _phrases() -> PhraseIndex:
    return PhraseIndex.of_graph(graph())


@cache
def _names() -> dict[str, tuple[str, ...]]:
    return {skill.key: tuple(fold(name) for name in skill.names) for skill in graph()}


@cache
def _by_name() -> dict[str, str]:
    """Labels and aliases, with marks and without, to keys; a label is stronger than an alias."""
    known: dict[str, str] = {}
    for spelled in (str.casefold, fold):
        for skill in graph():
            for name in (skill.vi, skill.en):
                known.setdefault(spelled(name), skill.key)
        for skill in graph():
            for name in skill.names:
                known.setdefault(spelled(name), skill.key)
    return known


def label_of(key: str) -> Text:
    """The name of a skill; a key the graph no longer knows is its own name."""
    return Text(graph()[key].vi, graph()[key].en) if key in graph() else Text(key, key)


def get_skill(key: str) -> Skill:
    """One skill. Raises NotFound."""
    if key not in graph():
        raise NotFound
    return graph()[key]


def search_skills(words: str) -> list[Skill]:
    """The skills with all these words in one of their names, without regard to marks; else the most similar.

    Names that begin with the words come first.
    """
    folded = fold(words)
    asked = folded.split()
    if not asked:
        return []
    hits = [
        (not any(name.startswith(folded) for name in names), min(map(len, names)), key)
        for key, names in _names().items()
        if any(all(word in name for word in asked) for name in names)
    ]
    keys = [key for _, _, key in sorted(hits)] or nearest(words)
    return [graph()[key] for key in keys[:MOST_FOUND]]


def nearest(words: str, most: int = 5) -> list[str]:
    """The keys of the skills most similar to a loose phrase."""
    scores = _phrases().scores(words)
    return [graph().keys[at] for at in _phrases().nearest(words, most) if scores[at] >= NEAR]


def key_of(name: str) -> str | None:
    """The skill with this name in either language, with or without marks."""
    return _by_name().get(name.casefold().strip()) or _by_name().get(fold(name))


def all_names() -> list[Text]:
    """The names of all skills, for a field that proposes them."""
    return [Text(skill.vi, skill.en) for skill in graph()]


def read_skills(text: str) -> list[Found]:
    """The skills named in a text, each once, in reading order, with the sentence around it."""
    found: dict[str, Found] = {}
    for hit in extract(text, graph()):
        if hit.key not in found:
            start = text.rfind(hit.sentence, 0, hit.start + len(hit.sentence))
            found[hit.key] = Found(
                key=hit.key,
                label=label_of(hit.key),
                before=text[start : hit.start],
                words=text[hit.start : hit.end],
                after=text[hit.end : start + len(hit.sentence)],
            )
    return list(found.values())


class Branch(Struct, frozen=True, kw_only=True):
    """A field at the top of the graph: how many skills it holds, and those directly below."""

    skill: Skill
    size: int
    below: list[Skill]


@cache
def branches() -> list[Branch]:
    """The fields of the graph, the largest first."""
    tops = [graph().branch(key) for key in graph().keys]
    found = [
        Branch(skill=graph()[top], size=tops.count(top), below=[graph()[k] for k in graph().narrower(top)])
        for top in graph().roots
    ]
    return sorted(found, key=lambda one: -one.size)


def neighbours_of(key: str, lang: Lang) -> dict[str, list[Skill]]:
    """The neighbours of a skill by kind of edge, in the order of the picture."""
    around: list[Neighbour] = graph().neighbours(key, lang)
    grouped = {edge: [graph()[n.key] for n in around if n.edge == edge] for edge in EDGES}
    return {edge: members for edge, members in grouped.items() if members}


@lru_cache(maxsize=1000)
def picture_of(key: str, lang: Lang) -> Markup:
    """The neighbourhood of a skill, at most 40 nodes, each a link to its page."""
    drawn = neighbourhood_svg(graph(), key, lang, MOST_DRAWN, lambda other: f"/skills/{other}")
    return Markup(drawn)  # noqa: S704 - the engine escapes
