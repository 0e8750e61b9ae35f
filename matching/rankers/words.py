"""Shared words: TF-IDF over evidence items."""

from typing import Self

import numpy as np

from matching.corpus import Corpus
from matching.rankers.base import Ranker
from matching.reading import Query
from matching.vectorizers import Floats


class Words(Ranker):
    """cos(need, item) on stems and pairs of stems, sublinear counts, stop words left out."""

    name = "words"

    def fit(self, corpus: Corpus) -> Self:
        self.corpus = corpus
        return self

    def item_scores(self, query: Query) -> Floats:
        need = self.corpus.term_vectors.project(query.terms, query.repeats)
        return np.minimum(self.corpus.by_word.dot(need), 1)
