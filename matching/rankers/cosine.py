"""The plain baseline: the skills asked for against the skills shown, as they stand."""

from typing import Self

import numpy as np

from matching.corpus import Corpus
from matching.rankers.base import Ranker
from matching.reading import Query
from matching.vectorizers import Floats


class Cosine(Ranker):
    """cos(q, item) over the skills declared or read: no graph, no words (compare `Concepts`)."""

    name = "cosine"

    def fit(self, corpus: Corpus) -> Self:
        self.corpus = corpus
        return self

    def item_scores(self, query: Query) -> Floats:
        need = self.corpus.skill_vectors.transform([{s.key: s.importance for s in query.skills}])
        return np.minimum(self.corpus.by_concept.dot(need), 1)
