"""Okapi BM25 over single stems: what most search engines rank by."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.corpus import Corpus
from matching.rankers.base import Ranker
from matching.reading import Query
from matching.vectorizers import Floats

SATURATION = 1.2
LENGTH_SHARE = 0.75


class Bm25(Ranker):
    """Σ idf · tf / (tf + k₁ (1 − b + b · length / mean length)), k₁ = 1.2, b = 0.75.

    Robertson & Zaragoza 2009, *The Probabilistic Relevance Framework: BM25 and Beyond*, with idf = ln(1 +
    (n − df + ½) / (df + ½)), which is never negative. Divided by the most the need could reach, words no
    offer uses included: hence in [0, 1] and comparable across needs.
    """

    name = "bm25"

    def fit(self, corpus: Corpus) -> Self:
        self.corpus = corpus
        names = corpus.term_vectors.names
        self._single = np.flatnonzero([" " not in name for name in names])
        self._column = {names[at]: i for i, at in enumerate(self._single.tolist())}
        counts = _counts(corpus)[:, self._single]
        items = counts.shape[0]
        frequency = np.bincount(counts.indices, minlength=len(self._single))
        self._idf = _idf(items, frequency)
        self._idf_of_strangers = float(_idf(items, np.zeros(1, np.int64))[0])
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        mean = float(lengths.mean()) if lengths.any() else 1.0
        damping = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * lengths / mean)
        counts.data = counts.data / (counts.data + damping.repeat(np.diff(counts.indptr)))
        self._postings = sparse.csr_array(counts.T)
        return self

    def item_scores(self, query: Query) -> Floats:
        weights = {
            name: count * self._idf_of(name)
            for name, count in query.terms.items()
            if " " not in name and (name in self._column or name not in query.repeats)
        }
        known = [name for name in weights if name in self._column]
        if not known:
            return np.zeros(len(self.corpus.items), np.float32)
        shares = np.array([weights[name] for name in known]) / sum(weights.values())
        found = shares @ self._postings[[self._column[name] for name in known]]
        return np.asarray(found, np.float32)

    def _idf_of(self, name: str) -> float:
        return float(self._idf[self._column[name]]) if name in self._column else self._idf_of_strangers


def _idf(items: int, frequency: NDArray[np.int64]) -> Floats:
    return np.asarray(np.log1p((items - frequency + 0.5) / (frequency + 0.5)), np.float32)


def _counts(corpus: Corpus) -> sparse.csr_array:
    """(items, terms) how often each item uses each term, taken back from its TF-IDF weights.

    A row is (1 + ln count) · idf over a length; the least of a row without idf stands for a term used once.
    (Where every term is used twice, in an item that is all title, the counts come out halved.)
    """
    words = corpus.words
    dampened = words.data / np.asarray(corpus.term_vectors.idf)[words.indices]
    full = np.flatnonzero(np.diff(words.indptr))
    least = np.minimum.reduceat(dampened, words.indptr[full]) if full.size else dampened
    relative = dampened / least.repeat(np.diff(words.indptr)[full])
    counts = np.exp(relative - 1).astype(np.float32)
    return sparse.csr_array((counts, words.indices, words.indptr), shape=words.shape)
