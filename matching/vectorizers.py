"""Counted terms and skills of items become sparse matrices; what they need is fitted on the offers alone."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy import sparse

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


class SparseVectors:
    """Rows of (1 + ln count) · idf, of length one.

    idf = ln((1 + n) / (1 + df)) + 1 over the n fitted items (Salton & Buckley 1988). A need is only
    projected: words the offers never used add to its length and find nothing.
    """

    def __init__(self, names: Sequence[str], idf: Floats, size: int) -> None:
        self.names = list(names)
        self.idf = idf
        self._idf_of_strangers = np.log(1 + size) + 1
        self._column = {name: i for i, name in enumerate(self.names)}

    @classmethod
    def fit(cls, items: Sequence[Mapping[str, float]], names: Sequence[str] | None = None) -> "SparseVectors":
        """``names`` fixes the columns; else every word, and every pair of words that two items share."""
        found: Counter[str] = Counter()
        for item in items:
            found.update(item.keys())
        if names is None:
            names = sorted(name for name, df in found.items() if df > 1 or " " not in name)
        frequency = np.array([found[name] for name in names], np.float64)
        idf = np.log((1 + len(items)) / (1 + frequency)) + 1
        return cls(names, idf.astype(np.float32), len(items))

    def transform(self, items: Sequence[Mapping[str, float]]) -> sparse.csr_array:
        """(items, names) float32; rows have length one, or zero where nothing is known."""
        indptr = [0]
        columns: list[int] = []
        counts: list[float] = []
        for item in items:
            for name, count in item.items():
                column = self._column.get(name)
                if column is not None and count > 0:
                    columns.append(column)
                    counts.append(count)
            indptr.append(len(columns))
        data = _dampened(np.array(counts, np.float32)) * self.idf[np.array(columns, np.intp)]
        matrix = sparse.csr_array(
            (data, np.array(columns, np.int32), indptr), shape=(len(items), len(self.names))
        )
        matrix.sort_indices()
        return unit_rows(matrix)

    def project(self, need: Mapping[str, float]) -> sparse.csr_array:
        """(1, names) float32 of length one, or shorter by the single words that no item ever used.

        So a need that is mostly about other things stays far from everyone, and needs can be compared.
        """
        known = [
            count * self.idf[self._column[name]] for name, count in self._counts(need) if name in self._column
        ]
        strange = [
            count * self._idf_of_strangers
            for name, count in self._counts(need)
            if name not in self._column and " " not in name
        ]
        length = np.hypot(np.linalg.norm(known), np.linalg.norm(strange))
        shrink = np.float32(np.linalg.norm(known) / length if length else 0)
        return sparse.csr_array(self.transform([need]) * shrink)

    @staticmethod
    def _counts(need: Mapping[str, float]) -> Iterator[tuple[str, float]]:
        names = list(need)
        counts = _dampened(np.array([need[name] for name in names], np.float32))
        return zip(names, counts.tolist(), strict=True)


def _dampened(counts: Floats) -> Floats:
    """1 + ln c above one; below (levels, importances) the value itself, so the curve is continuous."""
    return np.where(counts > 1, 1 + np.log(np.maximum(counts, 1)), counts).astype(np.float32)


def unit_rows(matrix: sparse.csr_array) -> sparse.csr_array:
    """The rows divided by their lengths."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = 1 / np.where(lengths > 0, lengths, 1)
    return sparse.csr_array(sparse.diags_array(scale.astype(np.float32)) @ matrix)
