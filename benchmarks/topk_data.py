"""Profiles and needs for `benchmarks.topk`: words drawn by Zipf's law, weighed by BM25."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

SKILLS = 1_200
EXPONENT = 0.8
SHORTEST, LONGEST = 8, 30
K1, B = 1.2, 0.75


@dataclass(frozen=True)
class Profiles:
    """``counts`` (profiles, skills): how often each skill is named; ``weights``: the same as BM25."""

    counts: sparse.csr_array
    weights: sparse.csr_array

    @property
    def ids(self) -> list[str]:
        return [f"profile-{row:07}" for row in range(self.counts.shape[0])]


def popularity() -> NDArray[np.float64]:
    """Shares of the skills; the first is named by every fifth profile and more."""
    shares = 1 / np.arange(1, SKILLS + 1) ** EXPONENT
    return np.asarray(shares / shares.sum())


def profiles(count: int, seed: int = 0) -> Profiles:
    """8 to 30 mentions of skills each: up to 40 tantivy knows the length of a text exactly, so that all
    compute one and the same function."""
    draw = np.random.default_rng(seed)
    lengths = draw.integers(SHORTEST, LONGEST + 1, count)
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    named = np.searchsorted(np.cumsum(popularity()), draw.random(starts[-1]))
    columns = np.minimum(named, SKILLS - 1).astype(np.int32)
    counts = sparse.csr_array((np.ones(len(columns), np.float32), columns, starts), shape=(count, SKILLS))
    counts.sum_duplicates()
    counts.indices, counts.indptr = counts.indices.astype(np.int32), counts.indptr.astype(np.int32)
    return Profiles(counts, _bm25(counts, lengths))


def needs(count: int, seed: int = 1) -> list[NDArray[np.int32]]:
    """5 to 12 different skills each, drawn as often as they are named; all weigh 1, as bm25s has no other."""
    draw = np.random.default_rng(seed)
    shares = popularity()
    return [
        np.sort(draw.choice(SKILLS, int(draw.integers(5, 13)), replace=False, p=shares)).astype(np.int32)
        for _ in range(count)
    ]


def _bm25(counts: sparse.csr_array, lengths: NDArray[np.int64]) -> sparse.csr_array:
    """Robertson & Zaragoza 2009, with the idf of Lucene and tantivy."""
    frequency = np.bincount(counts.indices, minlength=SKILLS)
    idf = np.log(1 + (counts.shape[0] - frequency + 0.5) / (frequency + 0.5))
    norms = np.repeat(K1 * (1 - B + B * lengths / lengths.mean()), np.diff(counts.indptr))
    weights = idf[counts.indices] * (K1 + 1) * counts.data / (counts.data + norms)
    return sparse.csr_array((weights.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape)
