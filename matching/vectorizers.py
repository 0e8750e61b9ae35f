"""Counted terms and skills of items become sparse matrices; what they need is fitted on the offers alone."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import overload

import numpy as np
from scipy import sparse

from matching.postings import dot
from matching.skill_graph.names import Flags, Ints

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Rows = np.ndarray[tuple[int], np.dtype[np.intp]]
Columns = np.ndarray[tuple[int], np.dtype[np.int32]]
FEW = 200
"""Items that are scored one by one rather than by postings, which would have to be made first."""
COMMON = 0.1
"""A column that more than this share of the items have is left out of bounds: reading it takes long and tells
little."""


class TermNames(Sequence[str]):
    """Stems in order and, after them, pairs of stems: ``first · stems + second``, ascending."""

    def __init__(self, stems: Sequence[str], pairs: Ints) -> None:
        self.stems, self.pairs = list(stems), pairs
        self.places = {stem: i for i, stem in enumerate(self.stems)}

    def __reduce__(self) -> tuple[type["TermNames"], tuple[list[str], Ints]]:
        return TermNames, (self.stems, self.pairs)

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

    def columns(self, names: Sequence[str]) -> Ints:
        """(names,) their columns, -1 for those that are not there."""
        parts = [name.partition(" ") for name in names]
        first = _places(self.places, [one for one, _, _ in parts])
        second = _places(self.places, [other for _, _, other in parts])
        is_pair = np.array([bool(space) for _, space, _ in parts], bool)
        pair = np.where((first >= 0) & (second >= 0), first * len(self.stems) + second, -1)
        at = np.searchsorted(self.pairs, pair)
        is_found = at < len(self.pairs)
        is_found[is_found] = self.pairs[at[is_found]] == pair[is_found]
        return np.where(is_pair, np.where(is_found, len(self.stems) + at, -1), first)


class SparseVectors:
    """Rows of (1 + ln count) · idf, of length one.

    A need is only projected: words the offers never used add to its length and find nothing.
    """

    def __init__(self, names: Sequence[str], idf: Floats, size: int) -> None:
        self.names, self.idf, self.size = names, idf, size
        self._idf_of_strangers = np.log(1 + size) + 1
        self._listed = {} if isinstance(names, TermNames) else {name: i for i, name in enumerate(names)}
        self._last: tuple[Mapping[str, float], sparse.csr_array] | None = None

    def transform(self, items: Sequence[Mapping[str, float]]) -> sparse.csr_array:
        """(items, names) float32; rows have length one, or zero where nothing is known."""
        rows = [self._read(item) for item in items]
        columns = np.concatenate([np.zeros(0, np.int32), *(at for at, _, _ in rows)])
        counts = np.concatenate([np.zeros(0, np.float32), *(known for _, known, _ in rows)])
        indptr = np.cumsum([0, *(len(at) for at, _, _ in rows)], dtype=np.int32)
        shape = (len(items), len(self.names))
        return weighed(sparse.csr_array((counts, columns, indptr), shape=shape), self.idf)

    def project(self, need: Mapping[str, float], repeats: Collection[str] = frozenset()) -> sparse.csr_array:
        """(1, names) float32 of length one, or shorter by the single words that no item ever used.

        So a need that is mostly about other things stays far from everyone, and needs can be compared.
        ``repeats`` are words that no item has to use. Several signals ask for the same need: the last one is
        kept.
        """
        if self._last is None or self._last[0] is not need:
            self._last = need, self._project(need, repeats)
        return self._last[1]

    def _project(self, need: Mapping[str, float], repeats: Collection[str]) -> sparse.csr_array:
        columns, counts, strange = self._read(need, repeats)
        inside = dampened(counts) * self.idf[columns]
        outside = dampened(strange) * np.float32(self._idf_of_strangers)
        length = np.hypot(np.linalg.norm(inside), np.linalg.norm(outside))
        row = (inside / length if length else inside).astype(np.float32)
        return sparse.csr_array((row, columns, [0, len(columns)]), shape=(1, len(self.names)))

    def _read(
        self, item: Mapping[str, float], repeats: Collection[str] = frozenset()
    ) -> tuple[Columns, Floats, Floats]:
        """Ascending columns and counts of what is known; counts of single words that are not, but should."""
        names = [name for name, count in item.items() if count > 0]
        counts = np.array([item[name] for name in names], np.float32)
        columns = (
            self.names.columns(names) if isinstance(self.names, TermNames) else _places(self._listed, names)
        )
        order = np.argsort(columns, kind="stable")
        order = order[columns[order] >= 0]
        is_strange = (columns < 0) & np.array(
            [" " not in name and name not in repeats for name in names], bool
        )
        return columns[order].astype(np.int32), counts[order], counts[is_strange]


def _places(places: Mapping[str, int], names: Sequence[str]) -> Ints:
    return np.array([places.get(name, -1) for name in names], np.int64)


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
        self._last: tuple[sparse.csr_array, Floats] | None = None

    @cached_property
    def postings(self) -> sparse.csr_array:
        return sparse.csr_array(self.rows.T)

    def dot(self, need: sparse.csr_array, items: Rows | None = None) -> Floats:
        """(items,) float32: the products of a need (1, columns) with all items, or with these.

        To the last digit the same for an item, whatever others are asked for: both ways add up in single
        precision from the last column to the first.
        """
        if items is not None:
            return _dot_rows(self.rows[items], self._weights(need))
        if self.rows.shape[0] <= FEW:
            return _dot_rows(self.rows, self._weights(need))
        return dot(self.postings, self.postings.data, need.indices, need.data)

    def bounds(self, need: sparse.csr_array) -> Floats:
        """(items,) float32 nowhere below `dot`, for weights that are not negative: common columns count by
        the inequality of Cauchy and Schwarz."""
        if self.rows.shape[0] <= FEW:
            return self.dot(need)
        is_common, lengths = self._common
        left_out = is_common[need.indices]
        columns, weights = need.indices[~left_out], need.data[~left_out]
        most = dot(self.postings, self.postings.data, columns, weights)
        if left_out.any():
            most += lengths * np.linalg.norm(need.data[left_out])
            most *= np.float32(1 + (need.nnz + 8) * 2.0**-22)  # more than single precision loses either way
        return most

    def _weights(self, need: sparse.csr_array) -> Floats:
        """(columns,) the need written out; the last one is kept, as it is asked for offer by offer."""
        if self._last is None or self._last[0] is not need:
            weights = np.zeros(self.rows.shape[1], np.float32)
            weights[need.indices] = need.data
            self._last = need, weights
        return self._last[1]

    @cached_property
    def _common(self) -> tuple[Flags, Floats]:
        """(columns,) which are common, and (items,) the length of an item in them."""
        starts, squares = self.postings.indptr, np.zeros(self.rows.shape[0])
        is_common = np.diff(starts) > COMMON * self.rows.shape[0]
        for column in np.flatnonzero(is_common).tolist():
            entries = slice(starts[column], starts[column + 1])
            values = self.postings.data[entries].astype(np.float64)
            squares[self.postings.indices[entries]] += values**2
        return is_common, np.sqrt(squares).astype(np.float32)


def _dot_rows(rows: sparse.csr_array, weights: Floats) -> Floats:
    """What is not needed adds zero, which changes no digit."""
    # backwards: the last row first, and in it the last column
    turned = (rows.data[::-1], rows.indices[::-1], rows.indptr[-1] - rows.indptr[::-1])
    return np.asarray(sparse.csr_array(turned, shape=rows.shape) @ weights, np.float32)[::-1]


def unit(rows: Floats) -> Floats:
    """The rows of a dense matrix divided by their lengths; zero stays zero."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)
