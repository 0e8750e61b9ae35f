"""Shared topics: words that keep company in the offers' own texts (latent semantic analysis)."""

from functools import cached_property
from typing import Self

import numpy as np
from scipy import sparse

from matching.corpus import Corpus
from matching.rankers.base import Ranker
from matching.rankers.svd import leading_directions
from matching.reading import Query
from matching.skill_graph.names import Flags, Ints
from matching.vectorizers import Floats, Rows, unit, with_columns

Columns = np.ndarray[tuple[int], np.dtype[np.intp]]
AnyInts = np.ndarray[tuple[int], np.dtype[np.signedinteger]]
MOST_TOPICS = 96
FEWEST_USES = 3
ITEMS_PER_TOPIC = 4
FEWEST_ITEMS = 100
MOST_FITTED = 20_000
LEADING = 16
_ITEMS_AT_ONCE = 16_384
ROUNDING = np.float32(1e-5)
"""More than single precision loses in a product of two vectors of length one."""


class Topics(Ranker):
    """max(0, cos) in the space of the leading singular vectors of the offers' TF-IDF matrix.

    Deerwester et al. 1990. One topic for every four items up to 96, fitted on at most 20,000 evenly spread
    items. With fewer than 100 items there is too little company to learn from: ``is_fitted`` is False, all
    scores are 0.
    """

    name = "topics"
    has_bounds = True

    @property
    def is_fitted(self) -> bool:
        return len(self.columns) > 0

    def fit(self, corpus: Corpus) -> Self:
        words = corpus.words
        frequency = np.bincount(words.indices, minlength=words.shape[1])
        self.columns, self.by_term = learn_topics(
            words[:: step_of(words.shape[0])], frequency, words.shape[0]
        )
        return self.restore(corpus, self.columns, self.by_term, self.vectors_of(words))

    def vectors_of(self, words: sparse.csr_array) -> Floats:
        """(items, topics): rows of TF-IDF weights in the space of the topics, of length one."""
        if not self.is_fitted:
            return np.zeros((words.shape[0], 0), np.float32)
        at, known = self._at(words.indices)
        return unit(with_columns(words, np.where(known, at, -1), len(self.columns)) @ self.by_term)

    def _at(self, terms: AnyInts) -> tuple[Columns, Flags]:
        """Where terms are among those in use, and whether they are."""
        at = np.minimum(np.searchsorted(self.columns, terms), len(self.columns) - 1)
        return at, self.columns[at] == terms

    def restore(self, corpus: Corpus, columns: Columns, by_term: Floats, vectors: Floats) -> Self:
        """The ranker as fitted earlier on the same corpus.

        ``columns`` (used,) are the terms in use, ``by_term`` (used, topics) their weights, ``vectors``
        (items, topics) the items, rows of length one.
        """
        self.corpus, self.columns, self.by_term, self.vectors = corpus, columns, by_term, vectors
        return self

    @cached_property
    def leading(self) -> tuple[Floats, Floats]:
        """(16, items) the first coordinates of the items and (items,) the length of the others."""
        first = np.ascontiguousarray(self.vectors[:, :LEADING].T)
        return first, np.linalg.norm(self.vectors[:, LEADING:], axis=1)

    def item_scores(self, query: Query) -> Floats:
        if not self.is_fitted:
            return np.zeros(len(self.corpus.items), np.float32)
        return _cosines(self.vectors, self._need(query))

    def some_scores(self, query: Query, items: Rows) -> Floats:
        if not self.is_fitted:
            return np.zeros(len(items), np.float32)
        return _cosines(self.vectors[items], self._need(query))

    def bounds(self, query: Query) -> Floats:
        """By the inequality of Cauchy and Schwarz on all but the first coordinates."""
        if not self.is_fitted:
            return np.zeros(len(self.corpus.items), np.float32)
        need = self._need(query)
        if not need.any():
            return np.zeros(len(self.corpus.items), np.float32)
        first, rest = self.leading
        bounds = rest * np.linalg.norm(need[LEADING:]) + ROUNDING
        for start in range(0, len(bounds), _ITEMS_AT_ONCE):  # few enough to stay near the processor
            some = slice(start, start + _ITEMS_AT_ONCE)
            bounds[some] += np.einsum("i,ij->j", need[:LEADING], first[:, some])
        return np.asarray(np.clip(bounds, 0, 1, out=bounds), np.float32)

    def _need(self, query: Query) -> Floats:
        """(topics,) of length one, or zero."""
        need = self.corpus.term_vectors.project(query.terms, query.repeats)
        at, known = self._at(need.indices)
        found = np.einsum("i,ij->j", need.data[known], self.by_term[at[known]])
        return np.asarray(unit(found[None])[0], np.float32)


def _cosines(vectors: Floats, need: Floats) -> Floats:
    """Each row is added up by itself, so that it scores the same beside any others."""
    return np.asarray(np.clip(np.einsum("ij,j->i", vectors, need), 0, 1), np.float32)


def step_of(items: int) -> int:
    """Of so many items every which one is looked at, from the first on."""
    return max(-(-items // MOST_FITTED), 1)


def learn_topics(sample: sparse.csr_array, frequency: Ints, items: int) -> tuple[Columns, Floats]:
    """The terms in use and (used, topics) their weights, from every `step_of`-th of so many items and the
    number of items that have each term. Terms the sample lacks could have no weight. Without topics when
    there is too little to learn from."""
    is_there = np.bincount(sample.indices, minlength=sample.shape[1]) > 0
    usual = np.flatnonzero((frequency >= FEWEST_USES) & is_there)
    size = min(MOST_TOPICS, items // ITEMS_PER_TOPIC, len(usual) - 1)
    if items < FEWEST_ITEMS or size < 1:
        return usual[:0], np.zeros((0, 0), np.float32)
    return usual, leading_directions(sample[:, usual], size)
