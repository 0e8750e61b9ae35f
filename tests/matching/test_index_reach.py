"""Rough scores never lose one who is among the best."""

import numpy as np
import pytest
from scipy import sparse

from matching.index.reach import HIGHEST, MOST, Postings, Reach
from matching.index.vectors import Doubles

ROWS = 4_000


def profiles(values: str, width: int, draw: np.random.Generator) -> sparse.csr_array:
    made = sparse.random_array((ROWS, width), density=0.4, format="csr", rng=draw, dtype=np.float32)
    if values == "ties":
        made.data = np.ceil(made.data * 2)
    elif values == "nearly equal":
        made.data = (1 + made.data * 1e-6).astype(np.float32)
    elif values == "far apart":
        made.data = (10 ** (24 * made.data - 12)).clip(1e-12, 1e12).astype(np.float32)
    return made


def lost(reach: Reach, true: Doubles) -> int:
    """How many pairs of neighbours in the rough order the bar tells apart the wrong way."""
    order = np.argsort(reach.scores, kind="stable")
    rough, most = reach.scores[order].astype(np.float64), np.maximum.accumulate(true[order])
    below = np.searchsorted(rough, [reach.bar(score) for score in rough])
    return int(np.sum(most[below[below > 0] - 1] >= true[order][below > 0]))


@pytest.mark.parametrize("size", [1, 2, 5, 12, MOST])
@pytest.mark.parametrize("values", ["ties", "all different", "nearly equal", "far apart"])
@pytest.mark.parametrize("weighed", ["alike", "each its own", "far apart"])
def test_who_is_below_the_bar_scores_less(values: str, weighed: str, size: int):
    draw = np.random.default_rng(size)
    matrix = profiles(values, size, draw)
    postings, columns = Postings.of(matrix), np.arange(size, dtype=np.int32)
    weights = {
        "alike": np.ones(size),
        "each its own": draw.random(size) + 0.1,
        "far apart": 10 ** np.linspace(-12, 12, size),
    }[weighed].astype(np.float32)
    true = matrix.astype(np.float64) @ weights.astype(np.float64)
    for reach in (postings.by_floats(columns, weights), postings.by_levels(columns, weights)):
        assert ((reach.scores > 0) == (true > 0)).all()
        assert lost(reach, true) == 0


def test_levels_tell_most_profiles_apart():
    """The bar is not so low that everyone is above it."""
    draw = np.random.default_rng(5)
    matrix = profiles("all different", 8, draw)
    reach = Postings.of(matrix).by_levels(np.arange(8, dtype=np.int32), np.ones(8, np.float32))
    twentieth = float(np.sort(reach.scores)[-20])
    assert 20 <= np.sum(reach.scores >= reach.bar(twentieth)) < 120
    assert reach.scores.max() < 2**16 - 2 * HIGHEST


def test_a_column_nobody_has_is_no_step():
    postings = Postings.of(sparse.csr_array(np.array([[2, 0], [4, 0]], np.float32)))
    assert postings.steps.tolist() == [4 / HIGHEST, 0]
    assert postings.levels.tolist() == [HIGHEST / 2, HIGHEST]
