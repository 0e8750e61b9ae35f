"""Shared topics: words that keep company in the offers' own texts (latent semantic analysis)."""

from typing import Self

import numpy as np
from scipy import sparse

from matching.corpus import Corpus
from matching.rankers.base import Ranker
from matching.rankers.svd import leading_directions
from matching.reading import Query
from matching.vectorizers import Floats, unit

Columns = np.ndarray[tuple[int], np.dtype[np.intp]]
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

    @property
    def is_fitted(self) -> bool:
        return len(self.columns) > 0

    def fit(self, corpus: Corpus) -> Self:
        words = corpus.words
        usual = np.flatnonzero(np.bincount(words.indices, minlength=words.shape[1]) >= FEWEST_USES)
        size = min(MOST_TOPICS, words.shape[0] // ITEMS_PER_TOPIC, len(usual) - 1)
        if words.shape[0] < FEWEST_ITEMS or size < 1:
            empty = np.zeros((0, 0), np.float32)
            return self.restore(corpus, usual[:0], empty, np.zeros((words.shape[0], 0), np.float32))
        counted = words[:, usual]
        step = -(-words.shape[0] // MOST_FITTED)
        by_term = leading_directions(counted[::step], size)
        self.columns, self.by_term = usual, by_term
        return self.restore(corpus, usual, by_term, self.vectors_of(words))

    def vectors_of(self, words: sparse.csr_array) -> Floats:
        """(items, topics): rows of TF-IDF weights in the space of the topics, of length one."""
        return unit(words[:, self.columns] @ self.by_term)

    def restore(self, corpus: Corpus, columns: Columns, by_term: Floats, vectors: Floats) -> Self:
        """The ranker as fitted earlier on the same corpus.

        ``columns`` (used,) are the terms in use, ``by_term`` (used, topics) their weights, ``vectors``
        (items, topics) the items, rows of length one.
        """
        self.corpus, self.columns, self.by_term, self.vectors = corpus, columns, by_term, vectors
        return self

    def item_scores(self, query: Query) -> Floats:
        if not self.is_fitted:
            return np.zeros(len(self.corpus.items), np.float32)
        need = self.corpus.term_vectors.project(query.terms)
        at = np.minimum(np.searchsorted(self.columns, need.indices), len(self.columns) - 1)
        known = self.columns[at] == need.indices
        topics = need.data[known] @ self.by_term[at[known]]
        return np.asarray(np.clip(self.vectors @ unit(topics[None])[0], 0, 1), np.float32)
