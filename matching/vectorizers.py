"""Counted terms and skills of items become sparse matrices; what they need is fitted on the offers alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import overload

import numpy as np
from scipy import sparse

from matching.skill_graph.names import Ints

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Rows = np.ndarray[tuple[int], np.dtype[np.intp]]
FEW = 200
"""Items that are scored one by one rather than by postings, which would have to be made first."""


class TermNames(Sequence[str]):
    """Stems in order and, after them, pairs of stems: ``first · stems + second``, ascending."""

    def __init__(self, stems: Sequence[str], pairs: Ints) -> None:
        self.stems, self.pairs = list(stems), pairs
        self.places = {stem: i for i, stem in enumerate(self.stems)}

    def __len__(self) -> int:
        return len(self.stems) + len(self.pairs)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        at %= len(self)
        if at < len(self.stems):
            return self.stems[at]
        first, second = divmod(int(self.pairs[at - len(self.stems)]), len(self.stems))
        return f"{self.stems[first]} {self.stems[second]}"

    def place(self, name: str) -> int | None:
        """The column of a name."""
        first, _, second = name.partition(" ")
        if not second:
            return self.places.get(name)
        if first not in self.places or second not in self.places:
            return None
        pair = self.places[first] * len(self.stems) + self.places[second]
        at = int(np.searchsorted(self.pairs, pair))
        found = at < len(self.pairs) and self.pairs[at] == pair
        return len(self.stems) + at if found else None


class SparseVectors:
    """Rows of (1 + ln count) · idf, of length one.

    A need is only projected: words the offers never used add to its length and find nothing.
    """

    def __init__(self, names: Sequence[str], idf: Floats, size: int) -> None:
        self.names, self.idf, self.size = names, idf, size
        self._idf_of_strangers = np.log(1 + size) + 1
        self._place: Callable[[str], int | None]
        if isinstance(names, TermNames):
            self._place = names.place
        else:
            self._place = {name: i for i, name in enumerate(names)}.get

    def transform(self, items: Sequence[Mapping[str, float]]) -> sparse.csr_array:
        """(items, names) float32; rows have length one, or zero where nothing is known."""
        rows = [self._known(item) for item in items]
        counts = np.array([count for row in rows for count in row.values()], np.float32)
        columns = np.array([column for row in rows for column in row], np.int32)
        indptr = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int32)
        shape = (len(items), len(self.names))
        return weighed(sparse.csr_array((counts, columns, indptr), shape=shape), self.idf)

    def project(self, need: Mapping[str, float]) -> sparse.csr_array:
        """(1, names) float32 of length one, or shorter by the single words that no item ever used.

        So a need that is mostly about other things stays far from everyone, and needs can be compared.
        """
        known = self._known(need)
        strange = [count for name, count in need.items() if " " not in name and self._place(name) is None]
        inside = dampened(_floats(known.values())) * self.idf[list(known)]
        outside = dampened(_floats(strange)) * np.float32(self._idf_of_strangers)
        length = np.hypot(np.linalg.norm(inside), np.linalg.norm(outside))
        shrink = np.float32(np.linalg.norm(inside) / length if length else 0)
        return sparse.csr_array(self.transform([need]) * shrink)

    def _known(self, item: Mapping[str, float]) -> dict[int, float]:
        """Counts by column, in the order of the columns."""
        found = {
            column: count
            for name, count in item.items()
            if count > 0 and (column := self._place(name)) is not None
        }
        return dict(sorted(found.items()))


def idf_of(frequency: Ints, size: int) -> Floats:
    """ln((1 + n) / (1 + df)) + 1 over the n fitted items (Salton & Buckley 1988)."""
    return (np.log((1 + size) / (1 + frequency)) + 1).astype(np.float32)


def weighed(counts: sparse.csr_array, idf: Floats) -> sparse.csr_array:
    """(1 + ln count) · idf, the rows of length one, or zero where nothing is known.

    A row depends on itself alone, to the last digit, whatever rows stand beside it.
    """
    data = dampened(counts.data) * idf[counts.indices]
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    lengths = np.sqrt(np.bincount(row, np.square(data, dtype=np.float64), counts.shape[0]))
    data = (data / lengths[row]).astype(np.float32)
    return sparse.csr_array((data, counts.indices, counts.indptr), shape=counts.shape)


def dampened(counts: Floats) -> Floats:
    """1 + ln c above one; below (levels, importances) the value itself, so the curve is continuous."""
    return np.where(counts > 1, 1 + np.log(np.maximum(counts, 1)), counts).astype(np.float32)


def _floats(values: Iterable[float]) -> Floats:
    return np.array(list(values), np.float32)


def with_columns(matrix: sparse.csr_array, columns: Ints, size: int) -> sparse.csr_array:
    """The matrix with its entries in other columns, in the same order; entries in column -1 are left out."""
    kept = columns >= 0
    kind = matrix.indices.dtype
    indptr = np.concatenate(([0], np.cumsum(kept)))[matrix.indptr].astype(kind)
    return sparse.csr_array(
        (matrix.data[kept], columns[kept].astype(kind), indptr), shape=(matrix.shape[0], size)
    )


class ItemVectors:
    """Sparse vectors of items as ``rows`` (items, columns) and, once asked for, as ``postings`` (columns,
    items)."""

    def __init__(self, rows: sparse.csr_array) -> None:
        self.rows = rows

    @cached_property
    def postings(self) -> sparse.csr_array:
        return sparse.csr_array(self.rows.T)

    def dot(self, need: sparse.csr_array, items: Rows | None = None) -> Floats:
        """(items,) float32: the products of a need (1, columns) with all items, or with these.

        To the last digit the same for an item, whatever others are asked for: both ways add up in single
        precision in the order of the columns.
        """
        if items is not None:
            return _dot_rows(self.rows[items], need)
        return _dot_rows(self.rows, need) if self.rows.shape[0] <= FEW else _dot_postings(self.postings, need)


def _dot_rows(rows: sparse.csr_array, need: sparse.csr_array) -> Floats:
    at = np.searchsorted(need.indices, rows.indices)
    is_needed = np.append(need.indices, -1)[at] == rows.indices
    return np.asarray(with_columns(rows, np.where(is_needed, at, -1), need.nnz) @ need.data, np.float32)


def _dot_postings(postings: sparse.csr_array, need: sparse.csr_array) -> Floats:
    places = [slice(*postings.indptr[column : column + 2]) for column in need.indices.tolist()]
    items = np.concatenate([np.zeros(0, np.int32), *(postings.indices[place] for place in places)])
    weights = np.concatenate([np.zeros(0, np.float32), *(postings.data[place] for place in places)])
    ends = np.cumsum([0, *(place.stop - place.start for place in places)]).astype(items.dtype)
    found = sparse.csc_array((weights, items, ends), shape=(postings.shape[1], need.nnz))
    return np.asarray(found @ need.data, np.float32)


def unit(rows: Floats) -> Floats:
    """The rows of a dense matrix divided by their lengths; zero stays zero."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)
