"""Shared words: TF-IDF over evidence items."""

from typing import Self

import numpy as np
from scipy import sparse

from matching.corpus import Corpus
from matching.rankers.base import Ranker
from matching.reading import Query
from matching.vectorizers import Floats, Rows


class Words(Ranker):
    """cos(need, item) on stems and pairs of stems, sublinear counts, stop words left out."""

    name = "words"
    has_bounds = True

    def fit(self, corpus: Corpus) -> Self:
        self.corpus = corpus
        return self

    def item_scores(self, query: Query) -> Floats:
        return np.minimum(self.corpus.by_word.dot(self._need(query)), 1)

    def bounds(self, query: Query) -> Floats:
        return np.minimum(self.corpus.by_word.bounds(self._need(query)), 1)

    def some_scores(self, query: Query, items: Rows) -> Floats:
        return np.minimum(self.corpus.by_word.dot(self._need(query), items), 1)

    def _need(self, query: Query) -> sparse.csr_array:
        return self.corpus.term_vectors.project(query.terms, query.repeats)
