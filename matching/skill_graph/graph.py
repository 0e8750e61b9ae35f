"""The bilingual skill graph: what skills there are and how one leads to another."""

import math
import tomllib
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib import resources
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Literal

import msgspec
import networkx as nx
import numpy as np
from scipy import sparse

from matching.errors import UnknownSkill
from matching.skill_graph.diffusion import diffusion_matrix
from matching.text import Lang, Text, sort_key

Edge = Literal["narrower", "broader", "related", "used_in", "uses"]

EDGE_WORDS: dict[Edge, Text] = {
    "narrower": Text("bao gồm", "includes"),
    "broader": Text("thuộc về", "belongs to"),
    "related": Text("liên quan đến", "is related to"),
    "used_in": Text("được dùng trong", "is used in"),
    "uses": Text("cần dùng", "makes use of"),
}
# How much of a needed skill having its neighbour covers; multiplied along a path.
EDGE_STRENGTH: dict[Edge, float] = {
    "narrower": 0.8,
    "related": 0.4,
    "broader": 0.4,
    "used_in": 0.2,
    "uses": 0.2,
}
WEAKEST_PATH = 0.1
MOST_REACHED = 32
_FARTHEST = -math.log(WEAKEST_PATH) + 1e-9


class Aliases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vi: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Skill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One skill. ``key`` is stable for ever, labels may change; edges name other keys, matches foreign ids
    such as ``oeo:OEO_00000384`` (prefixes: `matching.skill_graph.taxonomies`)."""

    key: str
    vi: str
    en: str
    scope: Text
    aliases: Aliases = Aliases()
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    used_in: tuple[str, ...] = ()
    exact_match: tuple[str, ...] = ()
    close_match: tuple[str, ...] = ()

    @property
    def label(self) -> Text:
        return Text(self.vi, self.en)

    @property
    def names(self) -> tuple[str, ...]:
        """Labels and aliases of both languages."""
        return (self.vi, self.en, *self.aliases.vi, *self.aliases.en)


class Neighbour(msgspec.Struct, frozen=True):
    edge: Edge
    key: str


class SkillPath(msgspec.Struct, frozen=True):
    """A way through the graph from ``start``; ``strength`` in (0, 1] is the product of its edges'
    strengths."""

    start: str
    steps: tuple[Neighbour, ...]
    strength: float

    @property
    def end(self) -> str:
        return self.steps[-1].key if self.steps else self.start

    def say(self, graph: "SkillGraph", lang: Lang) -> str:
        """In words: ``Quang khắc → bao gồm → Quang khắc EUV``."""
        words = [graph[self.start].label.of(lang)]
        for step in self.steps:
            words += [EDGE_WORDS[step.edge].of(lang), graph[step.key].label.of(lang)]
        return " → ".join(words)


class SkillGraph:
    """All skills, in the order of their keys; row and column ``i`` of every matrix is ``keys[i]``."""

    def __init__(self, skills: Iterable[Skill], version: str = "0") -> None:
        ordered = sorted(skills, key=lambda s: s.key)
        self.version = version
        self.keys: tuple[str, ...] = tuple(s.key for s in ordered)
        self.index: dict[str, int] = {key: i for i, key in enumerate(self.keys)}
        if len(self.index) != len(ordered):
            raise ValueError("two skills share a key")
        self._skills = dict(zip(self.keys, ordered, strict=True))
        self.network = _network(ordered)
        self._known_paths: dict[tuple[str, str], SkillPath | None] = {}
        self._known_ways: dict[tuple[str, float | None], dict[str, list[str]]] = {}
        for key in self.network:
            if key not in self._skills:
                raise UnknownSkill(key)

    @classmethod
    def load(cls, folder: FilePath | None = None) -> "SkillGraph":
        """The graph of a folder of TOML files (default: the curated one that comes with the package)."""
        place = folder or resources.files("matching.skill_graph") / "data"
        skills = []
        version = "0"
        for file in sorted(place.iterdir(), key=lambda f: f.name):
            if not file.name.endswith(".toml"):
                continue
            table = tomllib.loads(file.read_text("utf-8"))
            version = table.pop("version", version)
            skills += [msgspec.convert({"key": key, **body}, Skill) for key, body in table.items()]
        return cls(skills, version)

    def __getitem__(self, key: str) -> Skill:
        try:
            return self._skills[key]
        except KeyError:
            raise UnknownSkill(key) from None

    def __contains__(self, key: object) -> bool:
        return key in self._skills

    def __iter__(self) -> Iterator[Skill]:
        return iter(self._skills.values())

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The skills with nothing broader."""
        return tuple(s.key for s in self if not s.broader)

    def branch(self, key: str) -> str:
        """The root above a skill (by its first broader edge)."""
        while self[key].broader:
            key = self[key].broader[0]
        return key

    def neighbours(self, key: str, lang: Lang = "vi") -> list[Neighbour]:
        """Direct neighbours: by kind of edge in the order of ``EDGE_WORDS``, then by label."""
        self[key]
        found = [Neighbour(edge, other) for _, other, edge in self.network.out_edges(key, keys=True)]
        kinds = list(EDGE_WORDS)
        return sorted(found, key=lambda n: (kinds.index(n.edge), sort_key(self[n.key].label.of(lang))))

    def narrower(self, key: str) -> list[str]:
        return [n.key for n in self.neighbours(key) if n.edge == "narrower"]

    def path(self, start: str, end: str) -> SkillPath | None:
        """The strongest path, ``None`` when there is none at all."""
        if (start, end) not in self._known_paths:
            self[end]
            way = self._ways(start, _FARTHEST).get(end) or self._ways(start, None).get(end)
            self._known_paths[start, end] = self._walk(way) if way else None
        return self._known_paths[start, end]

    def _ways(self, start: str, farthest: float | None) -> dict[str, list[str]]:
        """The strongest way from a skill to each it leads to, as far as a cost."""
        if (start, farthest) not in self._known_ways:
            self[start]
            found = nx.single_source_dijkstra_path(self._strongest, start, cutoff=farthest, weight="cost")
            self._known_ways[start, farthest] = found
        return self._known_ways[start, farthest]

    def paths(self, start: str, end: str, most: int = 3) -> list[SkillPath]:
        """The ``most`` strongest simple paths, strongest first."""
        self[start], self[end]
        if start == end:
            return [SkillPath(start, (), 1.0)]
        if not nx.has_path(self._strongest, start, end):
            return []
        ways = nx.shortest_simple_paths(self._strongest, start, end, weight="cost")
        return [self._walk(way) for way, _ in zip(ways, range(most), strict=False)]

    def _walk(self, way: list[str]) -> SkillPath:
        pairs = list(pairwise(way))
        steps = tuple(Neighbour(self._strongest[a][b]["edge"], b) for a, b in pairs)
        strength = math.prod(EDGE_STRENGTH[step.edge] for step in steps)
        return SkillPath(way[0], steps, strength)

    @cached_property
    def _strongest(self) -> nx.DiGraph:
        """One edge per ordered pair: the strongest; cost = -log strength."""
        simple = nx.DiGraph()
        simple.add_nodes_from(self.keys)
        for a, b, edge in sorted(self.network.edges(keys=True), key=lambda e: EDGE_STRENGTH[e[2]]):
            simple.add_edge(a, b, edge=edge, cost=-math.log(EDGE_STRENGTH[edge]))
        return simple

    @cached_property
    def reach(self) -> sparse.csr_array:
        """(n, n) float32: how much of skill ``i`` is covered by having skill ``j``; 1 on the diagonal."""
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for i, key in enumerate(self.keys):
            costs, ways = nx.single_source_dijkstra(self._strongest, key, cutoff=_FARTHEST, weight="cost")
            self._known_ways[key, _FARTHEST] = ways
            for other, cost in sorted(costs.items(), key=lambda pair: (pair[1], pair[0]))[:MOST_REACHED]:
                rows.append(i)
                columns.append(self.index[other])
                values.append(math.exp(-cost))
        shape = (len(self), len(self))
        return sparse.csr_array((np.array(values, np.float32), (rows, columns)), shape=shape)

    @cached_property
    def reach_table(self) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        """`reach` written out, for quick look-ups."""
        return self.reach.toarray()

    @cached_property
    def diffusion(self) -> sparse.csr_array:
        """(n, n) float32: where the weight of a needed skill spreads to; see `diffusion_matrix`."""
        return diffusion_matrix(self.network, self.index)


def _network(skills: list[Skill]) -> nx.MultiDiGraph:
    network = nx.MultiDiGraph()
    network.add_nodes_from(s.key for s in skills)
    both_ways: list[tuple[str, Edge, Edge]] = [
        ("broader", "broader", "narrower"),
        ("related", "related", "related"),
        ("used_in", "used_in", "uses"),
    ]
    for skill in skills:
        for field, there, back in both_ways:
            for other in getattr(skill, field):
                network.add_edge(skill.key, other, key=there)
                network.add_edge(other, skill.key, key=back)
    return network
