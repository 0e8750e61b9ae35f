"""The plain baseline: the skills asked for against the skills shown, as they stand."""

from typing import Self

import numpy as np
from scipy import sparse

from matching.corpus import Corpus
from matching.rankers.base import Ranker
from matching.reading import Query
from matching.vectorizers import Floats


class Cosine(Ranker):
    """cos(q, item) over the skills declared or read: no graph, no words (compare `Concepts`)."""

    name = "cosine"

    def fit(self, corpus: Corpus) -> Self:
        self.corpus = corpus
        self._postings = sparse.csr_array(corpus.concepts.T)
        return self

    def item_scores(self, query: Query) -> Floats:
        need = self.corpus.skill_vectors.transform([{s.key: s.importance for s in query.skills}])
        return np.minimum((need @ self._postings).toarray().ravel(), 1)
