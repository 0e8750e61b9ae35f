"""From the problem to a plan, or to the rules that block."""

import msgspec
import numpy as np

from matching.assignment.fairness import lifted, means
from matching.assignment.lottery import Lottery, certain, mixture, solve_best
from matching.assignment.model import Model, Values
from matching.assignment.problem import Problem
from matching.assignment.relaxation import Broken, blocks, feasible_start, relax, smallest_relaxation
from matching.assignment.solve import EXACT, Solved


class Seat(msgspec.Struct, frozen=True, order=True):
    """Somebody in a team. ``probability``: how likely the pair was before the draw (1 without one)."""

    dossier: str
    appraiser: str
    score: float
    probability: float = 1
    is_pinned: bool = False


class Measures(msgspec.Struct, frozen=True):
    """How good the plan is.

    total, bound : sum of the scores of the plan (with a cap below 1 its mean over the draws), and what no
        plan can surpass before fairness
    gap : 1 − total / bound; includes what fairness gave up
    worst, worst_before, worst_bound : the least mean score of a team, the same before fairness, and its bound
    plans : how many plans were in the draw
    highest : the greatest probability of a pair that is not pinned (the cap holds within 1e-6)
    """

    total: float
    bound: float
    gap: float
    worst: float
    worst_before: float
    worst_bound: float
    plans: int = 1
    highest: float = 1


class Assignment(msgspec.Struct, frozen=True):
    """One JSON object: either ``seats`` and ``measures``, or ``blocks`` and ``relaxation``.

    seats : the plan, by dossier and appraiser
    chances : every pair that could have been drawn, with its probability; empty without a draw
    blocks : the rules that cannot hold together; relaxation : the least that must give way
    """

    seats: tuple[Seat, ...] = ()
    chances: tuple[Seat, ...] = ()
    measures: Measures | None = None
    blocks: tuple[Broken, ...] = ()
    relaxation: tuple[Broken, ...] = ()

    @property
    def is_feasible(self) -> bool:
        return self.measures is not None


def assign(problem: Problem) -> Assignment:
    """The plan with the greatest total of scores under all rules, then lifted for the worst served dossier,
    then drawn under the cap; or, when the rules cannot all hold, which block and the least that must give
    way (`relax` loosens them, after a person has agreed). The same problem and seed give the same plan.

    The plan is a linear program, solved by HiGHS; the draw follows probabilistic assignment under a cap
    (Jecmen et al. 2020).

    Parameters
    ----------
    problem : dossiers, appraisers, scores in [0, 1], bars, pins and limits

    Returns
    -------
    seats with measures, or, when there is no plan, blocks and a relaxation

    Raises
    ------
    BadProblem : when ids repeat or nobody bears them
    Unsolved : when the solver gave up
    """
    model = Model(problem)
    start, is_possible = feasible_start(model)
    if not is_possible:
        return Assignment(blocks=blocks(model, start), relaxation=smallest_relaxation(model, problem))
    certainly = solve_best(model, start, 1)
    if certainly[1] is None:
        loosened = smallest_relaxation(model, problem)
        return Assignment(blocks=loosened, relaxation=loosened)
    found = _found(model, certainly if model.limits.cap == 1 else solve_best(model, start, model.limits.cap))
    if found is None:
        cap = Broken("cap", amount=model.limits.cap)
        return Assignment(blocks=(cap,), relaxation=(_raised_cap(problem),))
    return _written(model, found)


class _Found(msgspec.Struct, frozen=True):
    lottery: Lottery
    bound: float
    best: Values
    worst_bound: float


def _found(model: Model, solved: tuple[Solved, Solved | None]) -> _Found | None:
    """From the optimum with and without regard to whole numbers; None when there are plans but no mixture of
    them was found under the cap."""
    bound, best = solved
    assert best is not None  # there is a plan
    point, worst_bound = best.x, _least(means(model, best.x))
    if model.limits.fairness is not None and best.cost < -EXACT:
        point, worst_bound = lifted(model, best, model.limits.fairness)
    lottery = certain(point) if model.limits.cap == 1 else mixture(model, point, best)
    return _Found(lottery, abs(bound.cost), best.x, worst_bound) if lottery else None


def _raised_cap(problem: Problem) -> Broken:
    """By how much: up to the next simple fraction under which there is a mixture, at last to 1."""
    cap = problem.limits.cap
    for higher in sorted({k / n for n in range(2, 7) for k in range(1, n) if k / n > cap}):
        raised = Broken("cap", amount=higher - cap)
        model = Model(relax(problem, [raised]))
        if _found(model, solve_best(model, feasible_start(model)[0], higher)):
            return raised
    return Broken("cap", amount=1 - cap)


def _written(model: Model, found: _Found) -> Assignment:
    lottery, bound = found.lottery, found.bound
    marginals = lottery.marginals
    plan = lottery.draw(model.limits.seed)
    total = float(model.gains @ marginals)
    free = marginals[~model.pinned]
    measures = Measures(
        total=total,
        bound=bound,
        gap=max(0.0, 1 - total / bound) if bound > EXACT else 0.0,
        worst=_least(means(model, marginals)),
        worst_before=_least(means(model, found.best)),
        worst_bound=found.worst_bound,
        plans=len(lottery.odds),
        highest=float(free.max(initial=0)),
    )
    seats = tuple(_seat(model, at, marginals) for at in np.flatnonzero(plan))
    drawn = len(lottery.odds) > 1
    chances = tuple(_seat(model, at, marginals) for at in np.flatnonzero(marginals > EXACT)) if drawn else ()
    return Assignment(seats, chances, measures)


def _seat(model: Model, at: np.intp, marginals: Values) -> Seat:
    dossier, appraiser = model.pair(int(at))
    probability = min(1.0, float(marginals[at]))
    return Seat(dossier, appraiser, float(model.gains[at]), probability, bool(model.pinned[at]))


def _least(values: Values) -> float:
    least = float(values.min(initial=np.inf))
    return least if np.isfinite(least) else 0.0
