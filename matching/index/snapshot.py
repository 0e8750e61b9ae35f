"""An index as it was at one moment."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from matching.index.delta import DeltaView
from matching.index.generation import Generation
from matching.index.search import best_rows
from matching.index.vectors import Columns, Floats, Indices, rows_of, vector


class IndexHit(msgspec.Struct, frozen=True):
    """A profile found. ``score``, above 0: Σ weight of the need · value of the profile over the columns they
    share; both are float32, the sum is float64 and goes by ascending column."""

    id: str
    score: float


@dataclass(frozen=True)
class Snapshot:
    """Answers are always the same, whatever happens to the index meanwhile. For any number of threads."""

    generation: Generation
    delta: DeltaView

    def __len__(self) -> int:
        """Number of profiles."""
        return len(self.generation) - len(self.delta.dead_below) + len(self.delta)

    def search(self, indices: Indices, values: ArrayLike, k: int = 20) -> list[IndexHit]:
        """The best profiles for one need: exactly what scoring every profile would give.

        Rough scores with a bounded error (`matching.index.reach`) choose who is scored exactly, as in the
        threshold algorithms (Fagin, Lotem and Naor 2003).

        Parameters
        ----------
        indices : (n,) columns, each once, in any order
        values : (n,) their weights, 0 or in [1e-12, 1e12]
        k : how many profiles, from 1

        Returns
        -------
        at most ``k`` hits with a score above 0, best first, ties by id

        Raises
        ------
        BadVector : for a column or a weight
        ValueError : for k < 1
        """
        return self._search(*vector(indices, values, self.generation.width), k)

    def search_many(self, needs: sparse.csr_array, k: int = 20, workers: int = 1) -> list[list[IndexHit]]:
        """`search` for many needs.

        Parameters
        ----------
        needs : (needs, columns) weights, 0 or in [1e-12, 1e12]
        k : how many profiles for each need, from 1
        workers : threads

        Returns
        -------
        for each need what `search` gives

        Raises
        ------
        BadVector : for a weight
        ValueError : when ``needs`` has another width than the index, or for k < 1
        """
        rows = rows_of(needs)
        if rows.shape[1] != self.generation.width:
            raise ValueError(f"needs have {rows.shape[1]} columns, the index {self.generation.width}")
        starts = rows.indptr.tolist()
        parts = [slice(a, b) for a, b in pairwise(starts)]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(lambda part: self._search(rows.indices[part], rows.data[part], k), parts))

    def _search(self, columns: Columns, weights: Floats, k: int) -> list[IndexHit]:
        if k < 1:
            raise ValueError("k counts from 1")
        rows, scores = best_rows(self.generation, columns, weights, self.delta.dead_below, k)
        found = list(zip(self.generation.ids.pick(rows.tolist()), scores.tolist(), strict=True))
        found += self.delta.best(columns, weights, k)
        found.sort(key=lambda hit: (-hit[1], hit[0]))
        return [IndexHit(*hit) for hit in found[:k]]

    def merged(self) -> tuple[list[str], sparse.csr_array]:
        """The ids in ascending order and their profiles, without what was replaced or removed."""
        below, above = self.generation.profiles, self.delta.matrix().astype(np.float32)
        ids = [*self.generation.ids, *self.delta.ids[: above.shape[0]]]
        gone = np.concatenate([self.delta.dead_below, len(self.generation) + self.delta.dead])
        there = np.ones(len(ids), bool)
        there[gone] = False
        order = sorted(np.flatnonzero(there).tolist(), key=ids.__getitem__)
        return [ids[row] for row in order], sparse.csr_array(sparse.vstack([below, above], "csr")[order])
