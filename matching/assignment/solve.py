"""Linear and integer programs with many columns, through HiGHS.

A linear program is solved on few columns first; the prices of its rows then say which others could help,
until none can: the optimum is that of all columns. With 1,000 dossiers and 500 appraisers 12,000 of 500,000
columns do."""

import msgspec
import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from matching.assignment.model import Bools, Ints, Values
from matching.assignment.problem import Unsolved

EXACT = 1e-6
FEW = 4_000
"""An integer program sees so many columns, those with the least reduced cost."""
NODES = 20_000
"""A limit in nodes, not in seconds: on a slow machine the answer is the same."""


class Program(msgspec.Struct, frozen=True):
    """Least cost · x with lower ≤ matrix · x ≤ upper and 0 ≤ x ≤ most; ``whole``: which must be integers."""

    cost: Values
    matrix: sparse.csc_array
    lower: Values
    upper: Values
    most: Values
    whole: Bools

    def part(self, kept: Ints) -> "Program":
        return Program(
            self.cost[kept],
            self.matrix[:, kept],
            self.lower,
            self.upper,
            self.most[kept],
            self.whole[kept],
        )

    @property
    def size(self) -> int:
        return len(self.cost)


class Solved(msgspec.Struct, frozen=True):
    """``x`` for every column, the cost, the price of each row (0 for whole numbers), the columns looked
    at."""

    x: Values
    cost: float
    prices: Values
    kept: Ints

    @property
    def is_whole(self) -> bool:
        return bool(np.all(np.abs(self.x - np.round(self.x)) < EXACT))


def relaxed(program: Program, start: Ints) -> Solved | None:
    """The optimum without regard to whole numbers; None when there is none.

    ``start`` are the columns to begin with: some x with only these must satisfy the rows.
    """
    kept = np.unique(start)
    while True:
        found = _linear(program.part(kept))
        if found is None:
            return None
        x, cost, prices = found
        reduced = program.cost - program.matrix.T @ prices
        reduced[kept] = 0
        better = np.flatnonzero(reduced < -1e-9)
        if not better.size:
            return Solved(_spread(x, kept, program.size), cost, prices, kept)
        kept = np.union1d(kept, better)


def _linear(program: Program) -> tuple[Values, float, Values] | None:
    equal = program.lower == program.upper
    below = ~equal & np.isfinite(program.upper)
    above = ~equal & np.isfinite(program.lower)
    rows = program.matrix.tocsr()
    if not program.size:
        possible = bool(np.all(program.lower <= 0) and np.all(program.upper >= 0))
        return (np.zeros(0), 0.0, np.zeros(len(program.lower))) if possible else None
    answer = linprog(  # type: ignore[call-overload]
        program.cost,
        A_ub=sparse.vstack([rows[below], -rows[above]]),
        b_ub=np.concatenate([program.upper[below], -program.lower[above]]),
        A_eq=rows[equal],
        b_eq=program.lower[equal],
        bounds=np.column_stack([np.zeros(program.size), program.most]),
        method="highs",
    )
    if answer.status != 0:
        return None
    prices = np.zeros(len(program.lower))
    prices[equal] = answer.eqlin.marginals
    marginals = answer.ineqlin.marginals
    prices[below] = marginals[: int(below.sum())]
    prices[above] -= marginals[int(below.sum()) :]
    return np.asarray(answer.x), float(answer.fun), prices


def whole(program: Program, relaxation: Solved, gap: float = 1e-9, nodes: int | None = None) -> Solved | None:
    """The optimum in whole numbers, as near as ``gap`` (relative); None when there is none.

    Raises Unsolved at the limit of nodes without any x.
    """
    reduced = program.cost - program.matrix.T @ relaxation.prices
    kept = np.union1d(relaxation.kept, np.argsort(reduced, kind="stable")[:FEW])
    part = program.part(kept)
    answer = milp(
        part.cost,
        integrality=part.whole.astype(np.uint8),
        bounds=Bounds(np.zeros(part.size), part.most),
        constraints=[LinearConstraint(part.matrix, part.lower, part.upper)],
        options={"mip_rel_gap": gap, "node_limit": NODES if nodes is None else nodes},
    )
    if answer.x is not None:
        x = np.where(part.whole, np.round(answer.x), answer.x)
        cost = float(part.cost @ x)
        return Solved(_spread(x, kept, program.size), cost, np.zeros(len(program.lower)), kept)
    if answer.status == 2:
        return None
    raise Unsolved


def best_whole(program: Program, start: Ints, gap: float = 1e-9) -> Solved | None:
    """The optimum in whole numbers from scratch; None when there is none. Raises Unsolved."""
    found = relaxed(program, start)
    return found if found is None or found.is_whole else whole(program, found, gap)


def _spread(x: Values, kept: Ints, size: int) -> Values:
    full = np.zeros(size)
    full[kept] = x
    return full
