"""Shared topics: words that keep company in the offers' own texts (latent semantic analysis)."""

from typing import Self

import numpy as np
from sklearn.decomposition import TruncatedSVD

from matching.corpus import Corpus
from matching.rankers.base import Ranker
from matching.reading import Query
from matching.vectorizers import Floats

MOST_TOPICS = 96
FEWEST_USES = 3
ITEMS_PER_TOPIC = 4
FEWEST_ITEMS = 100
MOST_FITTED = 20_000


class Topics(Ranker):
    """max(0, cos) in the space of the leading singular vectors of the offers' TF-IDF matrix.

    Deerwester et al. 1990. One topic for every four items up to 96, fitted on at most 20,000 evenly spread
    items. With fewer than 100 items there is too little company to learn from: ``is_fitted`` is False, all
    scores are 0.
    """

    name = "topics"
    components: Floats
    vectors: Floats

    @property
    def is_fitted(self) -> bool:
        return self.components.shape[0] > 0

    def fit(self, corpus: Corpus) -> Self:
        self.corpus = corpus
        words = corpus.words
        usual = np.flatnonzero(np.bincount(words.indices, minlength=words.shape[1]) >= FEWEST_USES)
        size = min(MOST_TOPICS, words.shape[0] // ITEMS_PER_TOPIC, len(usual) - 1)
        if words.shape[0] < FEWEST_ITEMS or size < 1:
            return self.restore(corpus, np.zeros((0, words.shape[1]), np.float32))
        step = -(-words.shape[0] // MOST_FITTED)
        svd = TruncatedSVD(size, n_iter=4, random_state=0).fit(words[::step][:, usual])
        components = np.zeros((size, words.shape[1]), np.float32)
        components[:, usual] = svd.components_
        return self.restore(corpus, components)

    def restore(self, corpus: Corpus, components: Floats) -> Self:
        """The ranker with (topics, terms) ``components`` fitted earlier on the same corpus."""
        self.corpus, self.components = corpus, components
        self.vectors = _unit(corpus.words @ components.T)
        return self

    def item_scores(self, query: Query) -> Floats:
        need = self.corpus.term_vectors.project(query.terms) @ self.components.T
        return np.asarray(np.clip(self.vectors @ _unit(need)[0], 0, 1), np.float32)


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)
