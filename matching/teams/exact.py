"""The best team of all: a mixed-integer program for HiGHS."""

from collections.abc import Sequence

import msgspec
import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.teams.problem import PENALTY, Floats64, Problem, Seats

_INFEASIBLE = 2


class Solved(msgspec.Struct, frozen=True):
    """The best ``team`` found, ``None`` without one; no team is worth more than ``bound``."""

    team: Seats | None
    bound: float
    is_infeasible: bool = False


class Program:
    """max Σ wⱼ Σₗ (tⱼₗ - tⱼₗ₋₁) zⱼₗ - 0.02 Σ xᵢ with zⱼₗ ≤ Σ xᵢ over those who cover skill j to tⱼₗ or more.

    x says who is in the team, zⱼₗ that skill j is covered to its l-th level. One row a level and not one a
    pair of skill and candidate (the radius form of the p-median problem, García, Labbé & Marín 2011), so
    thousands of candidates stay small.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._size = len(problem.entries)
        gains: list[float] = []
        reach: list[sparse.csr_array] = []
        for skill, weight in enumerate(problem.weights):
            column = problem.values[:, skill]
            levels = np.unique(column[column > 0])
            gains += (weight * np.diff(levels, prepend=0)).tolist()
            reach += [sparse.csr_array((column >= level)[None, :].astype(np.float64)) for level in levels]
        self._gains = np.array(gains, np.float64)
        covers = sparse.vstack([sparse.csr_array((0, self._size)), *reach], "csr")
        by_level = sparse.hstack([covers, -sparse.eye_array(len(gains))], "csr")
        self._rules = [LinearConstraint(by_level, 0, np.inf), *self._team_rules()]

    def solve(
        self, seconds: float, without: Sequence[Seats] = (), prices: Floats64 | None = None, gain: float = 1
    ) -> Solved:
        """The best team that neither is one of ``without`` nor holds one whole.

        ``prices``: (candidates,) what a member takes from the value (default 0.02), ``gain`` what the share
        adds to it.
        """
        if not self._size:
            possible = self._problem.fits(()) and () not in without
            return Solved(() if possible else None, 0, is_infeasible=not possible)
        cuts = [self._row(list(team), len(team) - 1) for team in without]
        paid = np.full(self._size, PENALTY) if prices is None else prices
        cost = np.concatenate([paid, -gain * self._gains])
        whole = np.concatenate([np.ones(self._size), np.zeros(len(self._gains))])
        result = milp(
            cost,
            integrality=whole,
            bounds=Bounds(0, 1),
            constraints=[*self._rules, *cuts],
            options={"time_limit": seconds, "mip_rel_gap": 0},
        )
        if result.x is None:
            limit = result.mip_dual_bound
            bound = np.inf if limit is None else -float(limit)
            return Solved(None, bound, is_infeasible=result.status == _INFEASIBLE)
        team = tuple(np.flatnonzero(result.x[: self._size] > 0.5).tolist())
        return Solved(team, -float(result.mip_dual_bound))

    def _team_rules(self) -> list[LinearConstraint]:
        problem, rules = self._problem, self._problem.rules
        found = [self._row(range(self._size), rules.most)]
        found += [self._row(np.flatnonzero(fulfils).tolist(), least=1) for _, fulfils in problem.groups]
        width = len(self._gains)
        if rules.budget is not None:
            found.append(
                LinearConstraint(np.concatenate([problem.costs, np.zeros(width)]), -np.inf, rules.budget)
            )
        if rules.least:
            share = np.concatenate([np.zeros(self._size), self._gains])
            found.append(LinearConstraint(share, rules.least - 1e-9, np.inf))
        return found

    def _row(self, members: Sequence[int], most: float = np.inf, least: float = -np.inf) -> LinearConstraint:
        """So many of these members at most, or at least."""
        row = np.zeros(self._size + len(self._gains))
        row[list(members)] = 1
        return LinearConstraint(row, least, most)
