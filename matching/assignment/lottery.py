"""Plans drawn by lot so that no pair is likelier than the cap.

After Jecmen, Zhang, Liu, Shah, Conitzer and Fang: Mitigating Manipulation in Peer Review via Randomized
Reviewer Assignments (2020): the marginal probabilities come from a linear program with every pair at most
at the cap, the plans that are drawn meet them. Theirs samples by rounding along cycles; here the point is
taken apart into whole plans (Grötschel, Lovász and Schrijver 1981), which serves every rule alike and
leaves a list one can check: plans and their probabilities.

Teams and loads alone, also with institutions, form a bihierarchy, so that every point is a mixture of whole
plans (Budish, Che, Kojima and Milgrom 2013). With aspects a point may be none; then a few
plans of equal probability are sought together.
"""

import math

import msgspec
import numpy as np
from scipy import sparse

from matching.assignment.model import Bools, Ints, Model, Values
from matching.assignment.relaxation import caps, first_columns
from matching.assignment.solve import EXACT, FEW, Program, Solved, best_whole, relaxed, whole

MOST_PLANS = 6
GAP = 1e-3


class Lottery(msgspec.Struct, frozen=True):
    """``plans``: (plans, pairs) of 0 and 1, sparse; ``odds`` (plans,) their probabilities, which add up to
    1."""

    plans: sparse.csr_array
    odds: Values

    @property
    def marginals(self) -> Values:
        """(pairs,) the probability of each pair."""
        return np.asarray(self.odds @ self.plans)

    def draw(self, seed: int) -> Values:
        """(pairs,) the plan this seed draws."""
        at = np.random.default_rng(seed).choice(len(self.odds), p=self.odds)
        return np.asarray(self.plans[[at]].toarray()[0])


def certain(plan: Values) -> Lottery:
    return Lottery(sparse.csr_array(plan[np.newaxis]), np.ones(1))


def mixture(model: Model, point: Values, best: Solved) -> Lottery | None:
    """Whole plans whose mean is ``point``; where aspects forbid that, a few plans of equal probability
    under the cap; None when there are none either."""
    plans, odds, rest = _taken_apart(model, point)
    if rest >= EXACT:
        return _equal_plans(model, best)
    weights = np.array(odds)
    return Lottery(sparse.csr_array(np.array(plans)), weights / weights.sum())


def _taken_apart(model: Model, point: Values) -> tuple[list[Values], list[float], float]:
    """Plans, their probabilities, and the probability left when no plan fits any more."""
    plans: list[Values] = []
    odds: list[float] = []
    rest = 1.0
    while rest >= EXACT:
        plan = _plan_on_face(model, point)
        if plan is None:
            break
        share = _longest_step(model, point, plan)
        plans.append(plan)
        odds.append(rest * share)
        rest *= 1 - share
        if share < 1:
            point = np.clip((point - share * plan) / (1 - share), 0, 1)
            point[point < EXACT] = 0
            point[point > 1 - EXACT] = 1
    return plans, odds, rest


def _plan_on_face(model: Model, point: Values) -> Values | None:
    """A whole plan among the pairs with a probability, with every certain pair, and equal to the point in
    every row where that is at its bound."""
    used = np.flatnonzero(point)
    sums = model.matrix @ point
    lower = np.where(_at(sums, model.upper), model.upper, model.lower)
    upper = np.where(_at(sums, model.lower), model.lower, model.upper)
    sure = np.flatnonzero(point[used] == 1)
    fixed = sparse.csr_array((np.ones(len(sure)), (np.arange(len(sure)), sure)), shape=(len(sure), len(used)))
    program = Program(
        -point[used],
        sparse.csc_array(sparse.vstack([model.matrix[:, used], fixed])),
        np.concatenate([lower, np.ones(len(sure))]),
        np.concatenate([upper, np.ones(len(sure))]),
        np.ones(len(used)),
        np.ones(len(used), bool),
    )
    found = best_whole(program, np.arange(len(used)))
    if found is None:
        return None
    plan = np.zeros(len(point))
    plan[used] = np.round(found.x)
    return plan


def _at(sums: Values, bounds: Values) -> Bools:
    return np.asarray(np.abs(sums - bounds) < EXACT)


def _longest_step(model: Model, point: Values, plan: Values) -> float:
    """The greatest probability of the plan that leaves a rest within all bounds."""
    sums, counts = model.matrix @ point, model.matrix @ plan
    rooms = [
        np.where(plan > 0, point, 1 - point),
        _room(model.upper - sums, model.upper - counts),
        _room(sums - model.lower, counts - model.lower),
    ]
    return float(min(1.0, *(room.min(initial=1.0) for room in rooms)))


def _room(of_point: Values, of_plan: Values) -> Values:
    """(rows,) where the plan is further from the bound than the point: the share at which the rest meets
    it."""
    nearer = (of_plan > EXACT) & np.isfinite(of_plan)
    return np.divide(of_point, of_plan, out=np.ones(len(of_plan)), where=nearer)


def _equal_plans(model: Model, best: Solved) -> Lottery | None:
    """Several plans of equal probability in which no pair occurs more often than the cap allows; the number
    of plans is the one that comes nearest to the cap. None when there are no such plans."""
    cap = model.limits.cap
    numbers = range(2, max(MOST_PLANS, math.ceil(1 / cap)) + 1)
    number = max(numbers, key=lambda n: (math.floor(n * cap + EXACT) / n, -n))
    times = math.floor(number * cap + EXACT)
    pairs = np.arange(len(model.pairs))
    if len(pairs) * number > FEW:
        pairs = np.union1d(best.kept[best.kept < len(pairs)], first_columns(model))
    program = _joined(model, pairs, number, times)
    found = best_whole(program, np.arange(program.size), GAP)
    if found is None:
        return None
    plans = np.zeros((number, len(model.pairs)))
    plans[:, pairs] = np.round(found.x).reshape(number, len(pairs))
    return Lottery(sparse.csr_array(plans), np.full(number, 1 / number))


def _joined(model: Model, pairs: Ints, number: int, times: int) -> Program:
    """The plans side by side, each under all rules, and each pair at most so many times over all of them."""
    free = np.flatnonzero(~model.pinned[pairs])
    once = sparse.csr_array((np.ones(len(free)), (np.arange(len(free)), free)), shape=(len(free), len(pairs)))
    plans = sparse.block_diag([model.matrix[:, pairs]] * number)
    return Program(
        np.tile(-model.gains[pairs], number),
        sparse.csc_array(sparse.vstack([plans, sparse.hstack([once] * number)])),
        np.concatenate([np.tile(model.lower, number), np.full(len(free), -np.inf)]),
        np.concatenate([np.tile(model.upper, number), np.full(len(free), float(times))]),
        np.ones(len(pairs) * number),
        np.ones(len(pairs) * number, bool),
    )


def best_plan(model: Model, gains: Values, cap: float) -> Program:
    """The greatest total of ``gains`` under all rules."""
    most = caps(model, cap)
    return Program(-gains, model.matrix, model.lower, model.upper, most, np.ones(len(gains), bool))


def solve_best(model: Model, start: Solved, cap: float) -> tuple[Solved, Solved | None]:
    """The optimum without regard to whole numbers, and for cap 1 the one in whole numbers (None: none)."""
    program = best_plan(model, model.gains, cap)
    kept = start.kept[start.kept < program.size]
    relaxation = relaxed(program, kept)
    assert relaxation is not None  # the start satisfies the rules
    if cap < 1 or relaxation.is_whole:
        return relaxation, relaxation
    return relaxation, whole(program, relaxation)
