"""How far the postings of a need reach every profile, with a bounded error: who can be among the best.

In two precisions. Floats serve every need. Levels are whole numbers of 16 bits (quantised impacts, after Anh
and Moffat 2001): half as much to write and three quarters to read, but wrong by some hundredths, which come
to too much for a need of very many columns or among very many profiles that are nearly alike.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.index.vectors import Columns, Floats
from matching.postings import dot

Levels = NDArray[np.uint16]
HIGHEST = 64
"""The level of the greatest value in a column; others are rounded up."""
MOST = 24
"""Columns of a need that is looked at by levels."""
_ROOM = 65_000  # less than 2^16, as factors are rounded up


class Reach(NamedTuple):
    """``scores`` (rows,) in a unit of their own, 0 where nothing is shared, and how wrong two that are
    compared can be together: a share of the score and an amount."""

    scores: Floats | Levels
    relative: float
    absolute: float

    def bar(self, score: float) -> float:
        """Who scores less than this has a lower true score than who scores ``score``."""
        return score * (1 - self.relative) - self.absolute


class Postings:
    """The profiles by column.

    Attributes
    ----------
    matrix : (width, rows) float32
    levels : (entries,) each value of the matrix in steps of its column, rounded up: 1 to `HIGHEST`
    steps : (width,) float32, 0 for a column without entries
    """

    def __init__(self, matrix: sparse.csr_array, levels: Levels, steps: Floats) -> None:
        self.matrix, self.levels, self.steps = matrix, levels, steps

    @classmethod
    def of(cls, profiles: sparse.csr_array) -> "Postings":
        matrix = sparse.csr_array(profiles.T)
        used = np.diff(matrix.indptr) > 0
        steps = np.zeros(len(used), np.float32)
        steps[used] = np.maximum.reduceat(matrix.data, matrix.indptr[:-1][used]) / HIGHEST
        levels = np.repeat(steps, np.diff(matrix.indptr))
        np.divide(matrix.data, levels, out=levels)
        return cls(matrix, np.ceil(levels, out=levels).clip(1, HIGHEST).astype(np.uint16), steps)

    def by_floats(self, columns: Columns, weights: Floats) -> Reach:
        """Columns ascending, weights above 0."""
        # at least four times the rounding of both the score that sets the bar and the one that is compared
        return Reach(dot(self.matrix, self.matrix.data, columns, weights), (len(columns) + 4) * 2.0**-21, 0)

    def by_levels(self, columns: Columns, weights: Floats) -> Reach:
        """As `by_floats`, of at most `MOST` columns, each with entries.

        Levels and factors are rounded up, so what is true is nowhere above: of a column by less than one step
        and by less than one unit for each of its levels.
        """
        heights = weights.astype(np.float64) * self.steps[columns]
        unit = heights.sum() * HIGHEST / (_ROOM - len(columns) * HIGHEST)
        factors = np.ceil(heights / unit).astype(np.uint16)
        scores = dot(self.matrix, self.levels, columns, factors)
        # as steps are single precision, a level can be one part in 2^22 too low
        return Reach(scores, 2.0**-18, float(heights.sum() / unit) + len(columns) * HIGHEST)
