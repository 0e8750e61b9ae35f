"""The exact best of all profiles for one need.

First every profile that the need's postings reach gets a rough score, whose error is bounded; then the
declared score is computed for those that can still be among the best.
"""

import numpy as np

from matching.index.generation import Generation
from matching.index.reach import MOST, Levels, Postings, Reach
from matching.index.vectors import Columns, Doubles, Floats, Rows

_BLOCKS = 256
_MANY = 2_000
"""Rows whose declared scores take as long as a look at all rows."""


def best_rows(
    generation: Generation, columns: Columns, weights: Floats, dead: Rows, k: int
) -> tuple[Rows, Doubles]:
    """The ``k`` best rows and their declared scores, best first, ties by row; never a row of ``dead`` nor one
    that shares no column with the need."""
    rows = _worth_scoring(generation.postings, columns, weights, dead, k)
    scores = generation.scores(rows, columns, weights)
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]


def _worth_scoring(postings: Postings, columns: Columns, weights: Floats, dead: Rows, k: int) -> Rows:
    """By levels if that leaves few."""
    used = postings.steps[columns] > 0
    asked = columns[used], weights[used]
    if 0 < len(asked[0]) <= MOST:
        rows = _contenders(postings.by_levels(*asked), dead, k)
        if len(rows) <= _MANY:
            return rows
    return _contenders(postings.by_floats(*asked), dead, k)


def _contenders(reach: Reach, dead: Rows, k: int) -> Rows:
    """All rows that can be among the ``k`` best, and few others."""
    reach.scores[dead] = 0
    rows = _over_bar(reach, k)
    if len(rows) > 4 * k:
        scores = reach.scores[rows]
        rows = rows[scores >= reach.bar(_greatest(scores, k))]
    return rows


def _over_bar(reach: Reach, k: int) -> Rows:
    """As `_contenders`, with more others, but quickly.

    The greatest of each of many blocks belong to different rows, so the ``k`` greatest of them set a bar.
    That takes one pass over the scores; to partition a million that are mostly equal takes twenty.
    """
    scores = reach.scores
    size = len(scores) // _BLOCKS
    if size < 2 * k:
        return np.flatnonzero(scores)
    blocks = scores[: size * _BLOCKS].reshape(_BLOCKS, size)
    tops = blocks.max(axis=0)
    # in the kind of the scores, so that no million of them is converted
    bar = scores.dtype.type(max(reach.bar(_greatest(tops, k)), 0))
    if not bar:
        return np.flatnonzero(scores)
    high = np.flatnonzero(tops >= bar)
    if len(high) > size // 4:
        return np.flatnonzero(scores >= bar)
    places = np.flatnonzero(blocks[:, high] >= bar)
    remainder = size * _BLOCKS + np.flatnonzero(scores[size * _BLOCKS :] >= bar)
    return np.concatenate([places // len(high) * size + high[places % len(high)], remainder])


def _greatest(values: Floats | Levels, k: int) -> float:
    """The ``k``-th greatest."""
    return float(np.partition(values, len(values) - k)[len(values) - k])
