"""Weights over the columns of an index: of one profile, of one need or of many."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from matching.index.errors import BadVector
from matching.text import Text

LEAST, MOST = 1e-12, 1e12

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Columns = NDArray[np.int32]
Rows = NDArray[np.intp]
Indices = Sequence[int] | Rows | Columns


def vector(indices: Indices, values: ArrayLike, width: int) -> tuple[Columns, Floats]:
    """Columns in ascending order and their weights as float32; zeros are left out.

    Raises BadVector unless columns are distinct and below ``width`` and weights are 0 or in
    [1e-12, 1e12], where no product of two leaves the range of float32.
    """
    columns, weights = np.asarray(indices, np.int64), np.asarray(values, np.float64)
    if columns.shape != weights.shape or columns.ndim != 1:
        raise BadVector(Text("số cột và số trọng số khác nhau", "there are not as many weights as columns"))
    check_weights(weights)
    # plain numbers: there are few, and a need has to be read in microseconds
    pairs = sorted(zip(columns.tolist(), weights.tolist(), strict=True))
    if pairs and not 0 <= pairs[0][0] <= pairs[-1][0] < width:
        raise BadVector(Text(f"cột phải từ 0 đến {width - 1}", f"columns go from 0 to {width - 1}"))
    if len({column for column, _ in pairs}) < len(pairs):
        raise BadVector(Text("một cột xuất hiện hai lần", "a column occurs twice"))
    used = [(column, weight) for column, weight in pairs if weight]
    return np.array([column for column, _ in used], np.int32), np.array([w for _, w in used], np.float32)


def check_weights(weights: NDArray[Any]) -> None:
    """Raises BadVector, also for what is not a number: no comparison with it holds."""
    least = weights.min(where=weights != 0, initial=MOST)
    if not (least >= LEAST and weights.max(initial=0) <= MOST):
        raise BadVector(
            Text(
                f"trọng số phải bằng 0 hoặc từ {LEAST:g} đến {MOST:g}",
                f"weights are 0 or from {LEAST:g} to {MOST:g}",
            )
        )


def rows_of(matrix: sparse.csr_array) -> sparse.csr_array:
    """The matrix as float32 with columns in ascending order, each once, and without zeros.

    The matrix given is not changed; the result shares memory with it when it is such already. Raises
    BadVector.
    """
    parts = zip((matrix.data, matrix.indices, matrix.indptr), (np.float32, np.int32, np.int32), strict=True)
    rows = sparse.csr_array(tuple(part.astype(kind, copy=False) for part, kind in parts), matrix.shape)
    check_weights(rows.data)
    if not rows.has_canonical_format or not rows.data.all():
        rows = rows.copy()
        rows.sum_duplicates()
        rows.eliminate_zeros()
        check_weights(rows.data)
    return rows
