"""Who covers which needed skill, and what nobody covers."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from matching.corpus import Corpus
from matching.profiles import Need, Offer
from matching.reading import Query, read_need
from matching.skill_graph.graph import SkillGraph
from matching.vectorizers import Floats

COVERED = 0.3


class CoverageMatrix(msgspec.Struct, frozen=True):
    """``values[i][j]`` in [0, 1]: how far offer ``offers[j]`` covers the needed skill ``skills[i]``."""

    skills: tuple[str, ...]
    importances: tuple[float, ...]
    offers: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]


class Coverage:
    """σ = reach(needed, offered) · strength(offered), the best over all skills and items of an offer."""

    def __init__(self, corpus: Corpus, graph: SkillGraph) -> None:
        self._graph = graph
        self._size = len(corpus.offers)
        self._corpus = corpus

    def of_skill(self, key: str) -> Floats:
        """(offers,) float32 in [0, 1]."""
        best = np.zeros(self._size, np.float32)
        reach, postings = self._graph.reach, self._corpus.shown
        row = self._graph.index[key]
        near = slice(reach.indptr[row], reach.indptr[row + 1])
        starts, ends = postings.indptr[reach.indices[near]], postings.indptr[reach.indices[near] + 1]
        shown = ends > starts
        for start, end, share in zip(starts[shown], ends[shown], reach.data[near][shown], strict=True):
            who = postings.indices[start:end]
            best[who] = np.maximum(best[who], share * postings.data[start:end])
        return best

    def of_query(self, query: Query) -> Floats:
        """(offers,) the importance-weighted mean over the needed skills; 0 without any."""
        return _mean(query, (self.of_skill(sub.key) for sub in query.skills), self._size)

    def of_offer(self, query: Query, row: int) -> tuple[float, Floats]:
        """`of_query` for one offer, and (needed skills,) `of_skill`, to the last digit."""
        strength, place = self._corpus.strength, self._corpus.items_of(row)
        entries = slice(strength.indptr[place.start], strength.indptr[place.stop])
        needed = np.array([self._graph.index[sub.key] for sub in query.skills], np.intp)
        reach = self._graph.reach_table[needed][:, strength.indices[entries]]
        each = (reach * strength.data[entries]).max(axis=1, initial=0)
        return float(_mean(query, each, 1)[0]), each

    def matrix(self, query: Query, offers: Sequence[str]) -> CoverageMatrix:
        """Needed skills × some offers, by their ids. Raises KeyError."""
        rows = [self._corpus.row[offer] for offer in offers]
        return CoverageMatrix(
            tuple(sub.key for sub in query.skills),
            tuple(sub.importance for sub in query.skills),
            tuple(offers),
            tuple(tuple(self.of_skill(sub.key)[rows].tolist()) for sub in query.skills),
        )


def _mean(query: Query, covered: Iterable[Floats | np.float32], size: int) -> Floats:
    total = sum(sub.importance for sub in query.skills)
    mean = np.zeros(size, np.float32)
    for sub, one in zip(query.skills, covered, strict=True):
        mean += np.float32(sub.importance / total) * one
    return np.minimum(mean, 1)


def coverage_matrix(need: Need, offers: Sequence[Offer], graph: SkillGraph | None = None) -> CoverageMatrix:
    """Needed skills × offers."""
    graph = graph or SkillGraph.load()
    coverage = Coverage(Corpus.read(offers, graph), graph)
    return coverage.matrix(read_need(need, graph), [offer.id for offer in offers])


def uncovered(need: Need, offers: Sequence[Offer], graph: SkillGraph | None = None) -> tuple[str, ...]:
    """The needed skills nobody covers by at least 0.3, the most important first."""
    matrix = coverage_matrix(need, offers, graph)
    open_rows = [i for i, row in enumerate(matrix.values) if max(row, default=0) < COVERED]
    return tuple(matrix.skills[i] for i in sorted(open_rows, key=lambda i: -matrix.importances[i]))
