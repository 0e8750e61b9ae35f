"""The exact best of all profiles for one need.

First every profile reached by the need's postings gets a score in float32, whose error is bounded; then the
declared score is computed for those that can still be among the best.
"""

import numpy as np

from matching.index.generation import Generation
from matching.index.vectors import Columns, Doubles, Floats, Rows

_BLOCKS = 256


def best_rows(
    generation: Generation, columns: Columns, weights: Floats, dead: Rows, k: int
) -> tuple[Rows, Doubles]:
    """The ``k`` best rows and their declared scores, best first, ties by row; never a row of ``dead`` nor one
    that shares no column with the need."""
    postings = generation.postings[columns]
    reached = np.asarray(postings.T @ weights)
    reached[dead] = 0
    # each product and each sum rounds by at most 2^-24 of itself; four times that covers both sides
    rows = _contenders(reached, k, (len(columns) + 4) * 2.0**-22)
    scores = generation.scores(rows, columns, weights)
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]


def _contenders(reached: Floats, k: int, slack: float) -> Rows:
    """All rows that can be among the ``k`` best, and few others, when scores are known up to ``slack``."""
    least = _bar(reached, k) * (1 - slack)
    rows = np.flatnonzero(reached >= least) if least > 0 else np.flatnonzero(reached)
    if len(rows) > 2 * k:
        rows = rows[reached[rows] >= _greatest(reached[rows], k) * (1 - slack)]
    return rows


def _bar(reached: Floats, k: int) -> float:
    """A score that at least ``k`` rows reach, 0 if it is not worth the search.

    The greatest of each of many blocks belong to different rows. That costs one pass; to partition a million
    scores that are mostly equal costs twenty.
    """
    size = len(reached) // _BLOCKS
    if size < 2 * k:
        return 0.0
    tops = reached[: size * _BLOCKS].reshape(_BLOCKS, size).max(axis=0)
    return _greatest(tops, k)


def _greatest(values: Floats, k: int) -> float:
    """The ``k``-th greatest."""
    return float(np.partition(values, len(values) - k)[len(values) - k])
