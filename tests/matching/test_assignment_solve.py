"""Linear and integer programs without any solution, and the pricing of columns that were left out."""

import numpy as np
import pytest
from scipy import sparse

from matching.assignment.solve import Program, best_whole, relaxed


def program(cost: list[float], row: list[float], lower: float, upper: float) -> Program:
    size = len(cost)
    return Program(
        np.array(cost, np.float64),
        sparse.csc_array(np.array([row], np.float64).reshape(1, size)),
        np.array([lower]),
        np.array([upper]),
        np.ones(size),
        np.ones(size, bool),
    )


def test_a_program_that_cannot_be_has_no_solution() -> None:
    assert relaxed(program([1, 1], [1, 1], 3, 3), np.arange(2)) is None
    assert best_whole(program([1, 1], [1, 1], 3, 3), np.arange(2)) is None
    assert best_whole(program([1, 1], [2, 2], 1, 1), np.arange(2)) is None


def test_without_columns_the_rows_decide() -> None:
    assert relaxed(program([], [], 1, 1), np.arange(0)) is None
    nothing = relaxed(program([], [], 0, 1), np.arange(0))
    assert nothing is not None
    assert nothing.cost == 0


def test_columns_that_help_are_brought_in() -> None:
    found = relaxed(program([-1, -5, -3, 9], [1, 1, 1, 1], 2, 2), np.array([0, 3]))
    assert found is not None
    assert found.x.tolist() == [0, 1, 1, 0]
    assert found.cost == pytest.approx(-8)
    assert set(found.kept.tolist()) >= {1, 2}
