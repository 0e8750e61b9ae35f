"""The leading singular directions of a large sparse matrix."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from matching.vectorizers import Floats

_SPARE = 10
_ROUNDS = 4
_SMALLEST = 1e-8  # of the greatest squared length: below is rounding


def leading_directions(matrix: sparse.csr_array, most: int) -> Floats:
    """(columns, at most ``most``) float32, orthonormal columns, the greatest singular value first.

    Randomised subspace iteration (Halko, Martinsson & Tropp 2011) from a fixed start, on the side of the
    rows; fewer directions when the matrix has no more. The same input gives the same output on machines of
    one kind.
    """
    with threadpool_limits(1):  # the number of cores must not change the last digit
        return _leading(matrix, most)


def _leading(matrix: sparse.csr_array, most: int) -> Floats:
    flipped = sparse.csr_array(matrix.T)
    start = np.random.RandomState(0).standard_normal((matrix.shape[0], most + _SPARE))
    rows = start.astype(np.float32)
    for _ in range(_ROUNDS):
        rows = _orthonormal(matrix @ (flipped @ rows))
    columns = _orthonormal(flipped @ rows)
    image = matrix @ columns
    _, turn = np.linalg.eigh(_gram(image))
    return np.ascontiguousarray(columns @ turn[:, ::-1][:, :most].astype(np.float32))


def _orthonormal(vectors: Floats) -> Floats:
    """An orthonormal basis of the space of the columns."""
    squares, turn = np.linalg.eigh(_gram(vectors))
    kept = squares > _SMALLEST * squares.max(initial=0)
    return np.asarray(vectors @ (turn[:, kept] / np.sqrt(squares[kept])).astype(np.float32), np.float32)


def _gram(vectors: Floats) -> NDArray[np.float64]:
    return np.asarray(vectors.T @ vectors, np.float64)
