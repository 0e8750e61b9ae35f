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
    reached = generation.reached(columns, weights)
    reached[dead] = 0
    # at least four times the rounding of both the score that sets the bar and the one that is compared
    rows = _contenders(reached, k, (len(columns) + 4) * 2.0**-21)
    scores = generation.scores(rows, columns, weights)
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]


def _contenders(reached: Floats, k: int, slack: float) -> Rows:
    """All rows that can be among the ``k`` best, and few others, when scores are known up to ``slack``."""
    rows = _over_bar(reached, k, slack)
    if len(rows) > 4 * k:
        rows = rows[reached[rows] >= _greatest(reached[rows], k) * (1 - slack)]
    return rows


def _over_bar(reached: Floats, k: int, slack: float) -> Rows:
    """As `_contenders`, with more others, but quickly.

    The greatest of each of many blocks belong to different rows, so the ``k`` greatest of them set a bar.
    That takes one pass over the scores; to partition a million that are mostly equal takes twenty.
    """
    size = len(reached) // _BLOCKS
    if size < 2 * k:
        return np.flatnonzero(reached)
    blocks = reached[: size * _BLOCKS].reshape(_BLOCKS, size)
    tops: Floats = blocks.max(axis=0)
    bar = _greatest(tops, k) * (1 - slack)
    if bar <= 0:
        return np.flatnonzero(reached)
    high = np.flatnonzero(tops >= bar)
    if len(high) > size // 4:
        return np.flatnonzero(reached >= bar)
    places = np.flatnonzero(blocks[:, high] >= bar)
    remainder = size * _BLOCKS + np.flatnonzero(reached[size * _BLOCKS :] >= bar)
    return np.concatenate([places // len(high) * size + high[places % len(high)], remainder])


def _greatest(values: Floats, k: int) -> float:
    """The ``k``-th greatest."""
    return float(np.partition(values, len(values) - k)[len(values) - k])
