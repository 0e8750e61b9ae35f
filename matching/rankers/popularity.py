"""The floor: whoever shows most, whatever is needed."""

from typing import Self

import numpy as np

from matching.corpus import Corpus
from matching.rankers.base import Ranker
from matching.reading import Query
from matching.vectorizers import Floats


class Popularity(Ranker):
    """ln(1 + items of the offer) / ln(1 + items of the largest offer)."""

    name = "popularity"

    def fit(self, corpus: Corpus) -> Self:
        self.corpus = corpus
        most = max(int(corpus.counts.max(initial=0)), 1)
        self._offers: Floats = np.asarray(np.log1p(corpus.counts) / np.log1p(most), np.float32)
        return self

    def item_scores(self, query: Query) -> Floats:
        return self._offers.repeat(self.corpus.counts)

    def scores(self, query: Query) -> Floats:
        return self._offers.copy()
