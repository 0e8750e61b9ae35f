"""Shared skills: the need's skills, weakly spread over the graph, against the skills an item shows."""

from functools import lru_cache
from typing import Self

import numpy as np
from scipy import sparse

from matching.corpus import Corpus
from matching.rankers.base import Ranker
from matching.reading import Query
from matching.skill_graph.graph import SkillGraph
from matching.vectorizers import Floats, Rows, SparseVectors


class Concepts(Ranker):
    """cos(q S, item): only the need is diffused (S, see `diffusion_matrix`)."""

    name = "concepts"

    def __init__(self, graph: SkillGraph) -> None:
        self.graph = graph

    def fit(self, corpus: Corpus) -> Self:
        self.corpus = corpus
        return self

    def spread(self, query: Query) -> sparse.csr_array:
        """(sub-needs, skills) float32: what each sub-need looks for; the rows add up to a vector of length
        one."""
        return _spread(query, self.graph, self.corpus.skill_vectors)

    def item_scores(self, query: Query) -> Floats:
        if not query.skills:
            return np.zeros(len(self.corpus.items), np.float32)
        return np.minimum(self.corpus.by_concept.dot(self._need(query)), 1)

    def some_scores(self, query: Query, items: Rows) -> Floats:
        if not query.skills:
            return np.zeros(len(items), np.float32)
        return np.minimum(self.corpus.by_concept.dot(self._need(query), items), 1)

    def _need(self, query: Query) -> sparse.csr_array:
        return _added(query, self.graph, self.corpus.skill_vectors)


@lru_cache(maxsize=64)
def _added(query: Query, graph: SkillGraph, skills: SparseVectors) -> sparse.csr_array:
    return sparse.csr_array(_spread(query, graph, skills).sum(axis=0)[None, :])


@lru_cache(maxsize=64)
def _spread(query: Query, graph: SkillGraph, skills: SparseVectors) -> sparse.csr_array:
    columns = [graph.index[s.key] for s in query.skills]
    weights = np.array([s.importance for s in query.skills], np.float32) * skills.idf[columns]
    wide = sparse.csr_array(sparse.diags_array(weights) @ graph.diffusion[columns])
    length = np.linalg.norm(np.asarray(wide.sum(axis=0)))
    return (wide / length).astype(np.float32) if length else wide
