"""When the rules cannot all hold: which of them block, and the least that must give way.

Every rule may be broken at a price (an elastic program, Chinneck: Feasibility and Infeasibility in
Optimization, 2008); conflicts of interest never, nor may a pair count twice. The prices of the rows at the
optimum prove that those with a price other than 0 cannot hold together (Farkas).
"""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from scipy import sparse

from matching.assignment.model import Ints, Model, Row, Rule, Values
from matching.assignment.problem import Appraiser, Dossier, Problem
from matching.assignment.solve import EXACT, Program, Solved, best_whole, relaxed

PRICES: dict[Rule, float] = {"most": 1, "least": 1, "per_institution": 2, "aspect": 3, "want": 4, "pin": 5}
"""What it costs to break a rule by one: one seat more or less for an appraiser, one more of an institution,
an aspect without anybody, an empty seat, a given seat taken away. An appraiser is asked for more before a
dossier goes with less."""
STEP = 1e-4
MOST_FILTERED = 100


class Broken(msgspec.Struct, frozen=True, order=True):
    """A rule, whose, and the amount: for a relaxation by how much it gives way, for a block what it asks."""

    rule: Rule
    dossier: str = ""
    appraiser: str = ""
    what: str = ""
    amount: float = 0


class Slack(msgspec.Struct, frozen=True):
    """A column that lets rows give way: ``sign`` +1 fills up, −1 takes off."""

    row: Row
    places: tuple[int, ...]
    sign: int


def slacks(model: Model) -> list[Slack]:
    """A column for each rule that may give way; the institutions of a dossier share one."""
    columns = []
    institutions: dict[str, list[int]] = {}
    for i, row in enumerate(model.rows):
        if row.rule == "per_institution":
            institutions.setdefault(row.dossier, []).append(i)
        else:
            columns.append(Slack(row, (i,), -1 if row.rule == "most" else 1))
    columns += [
        Slack(Row("per_institution", dossier), tuple(places), -1) for dossier, places in institutions.items()
    ]
    return columns


def elastic(model: Model, columns: list[Slack], cap: float) -> Program:
    """The least price for which the rules can hold; the pairs come first, then the slacks."""
    rows = [place for one in columns for place in one.places]
    at = [i for i, one in enumerate(columns) for _ in one.places]
    signs = [float(one.sign) for one in columns for _ in one.places]
    loose = sparse.csc_array((signs, (rows, at)), shape=(len(model.rows), len(columns)))
    pairs = len(model.pairs)
    return Program(
        np.concatenate([np.zeros(pairs), [PRICES[one.row.rule] for one in columns]]),
        sparse.csc_array(sparse.hstack([model.matrix, loose])),
        model.lower,
        model.upper,
        np.concatenate([caps(model, cap), np.full(len(columns), np.inf)]),
        np.ones(pairs + len(columns), bool),
    )


def caps(model: Model, cap: float) -> Values:
    """(pairs,) the greatest probability of each; a given seat is certain."""
    return np.where(model.pinned, 1, cap)


def first_columns(model: Model, columns: int = 0, best: int = 12) -> Ints:
    """The best pairs of each dossier, the pinned ones, and the slacks behind them."""
    order = np.lexsort((-model.gains, model.dossier_of))
    starts = np.searchsorted(model.dossier_of[order], np.arange(len(model.dossiers)))
    place = np.arange(len(order)) - starts[model.dossier_of[order]]
    chosen = [order[place < best], np.flatnonzero(model.pinned)]
    return np.concatenate([*chosen, len(model.pairs) + np.arange(columns)])


def smallest_relaxation(model: Model, problem: Problem) -> tuple[Broken, ...]:
    """The cheapest set of rules to loosen so that a plan exists: in whole numbers, proven for up to 4,000
    pairs. The cap on probability comes last, and only as far as the rules hold in the mean:
    with aspects, ask again after loosening."""
    columns = slacks(model)
    program = elastic(model, columns, 1)
    found = best_whole(program, first_columns(model, len(columns)))
    assert found is not None  # every rule may give way
    amounts = np.round(found.x[len(model.pairs) :])
    broken = [
        Broken(one.row.rule, one.row.dossier, one.row.appraiser, one.row.what, float(amount))
        for one, amount in zip(columns, amounts, strict=True)
        if amount > 0
    ]
    raised = _least_cap(Model(relax(problem, broken))) - model.limits.cap
    cap = [Broken("cap", amount=round(raised, 6))] if raised > EXACT else []
    return tuple(sorted(broken + cap))


def _least_cap(model: Model) -> float:
    """The least cap from that of the limits on, in steps of 0.0001, under which the rules hold in the
    mean."""
    low, high = model.limits.cap, 1.0
    if is_possible(model, low):
        return low
    while high - low > STEP / 2:
        middle = (low + high) / 2
        low, high = (low, middle) if is_possible(model, middle) else (middle, high)
    return float(np.ceil(high / STEP - 1e-3) * STEP)


def is_possible(model: Model, cap: float) -> bool:
    found = _loosest(model, cap)
    return found.cost < EXACT


def _loosest(model: Model, cap: float, rows: Sequence[int] | None = None) -> Solved:
    """The point that breaks as little as may be; of the rules only these rows, if any are given."""
    columns = slacks(model)
    program = elastic(model, columns, cap)
    if rows is not None:
        ignored = np.ones(len(model.rows), bool)
        ignored[list(rows)] = False
        lower = np.where(ignored, -np.inf, model.lower)
        upper = np.where(ignored, np.inf, model.upper)
        program = msgspec.structs.replace(program, lower=lower, upper=upper)
    found = relaxed(program, first_columns(model, len(columns)))
    assert found is not None  # every rule may give way
    return found


def feasible_start(model: Model) -> tuple[Solved, bool]:
    """A point that breaks as little as may be, and whether it breaks nothing."""
    found = _loosest(model, model.limits.cap)
    return found, found.cost < EXACT


def blocks(model: Model, start: Solved) -> tuple[Broken, ...]:
    """The rules that together cannot hold, each with the amount it asks; conflicts by pair, amount 1. Up to
    100 of them none is superfluous: without it the others would hold."""
    kept = _irreducible(model, [int(i) for i in np.flatnonzero(np.abs(start.prices) > EXACT)])
    prices = _loosest(model, model.limits.cap, kept).prices
    found = []
    for i in kept:
        row, amount = model.rows[i], model.lower[i] if prices[i] > 0 else model.upper[i]
        found.append(Broken(row.rule, row.dossier, row.appraiser, row.what, float(amount)))
    barred = np.flatnonzero(model.barred)
    helps = -(model.columns(barred).T @ prices) < -EXACT
    for at in barred[helps]:
        d, a = divmod(int(at), len(model.appraisers))
        found.append(Broken("conflict", model.dossiers[d], model.appraisers[a], amount=1))
    if model.limits.cap < 1 and is_possible(model, 1):
        found.append(Broken("cap", amount=model.limits.cap))
    return tuple(sorted(found))


def _irreducible(model: Model, rows: list[int]) -> list[int]:
    """Chinneck's deletion filter: leave out each rule without which the rest still cannot hold."""
    for row in list(rows) if len(rows) <= MOST_FILTERED else ():
        rest = [one for one in rows if one != row]
        if _loosest(model, model.limits.cap, rest).cost >= EXACT:
            rows = rest
    return rows


def relax(problem: Problem, relaxation: Iterable[Broken]) -> Problem:
    """The problem with its rules loosened by these amounts."""
    given = list(relaxation)
    amounts = {(one.rule, one.dossier, one.appraiser, one.what): one.amount for one in given}
    cap = problem.limits.cap + amounts.get(("cap", "", "", ""), 0)
    limits = msgspec.structs.replace(problem.limits, cap=min(1.0, cap))
    return msgspec.structs.replace(
        problem,
        dossiers=tuple(_easier(one, amounts, problem) for one in problem.dossiers),
        appraisers=tuple(_freer(one, amounts) for one in problem.appraisers),
        pins=tuple(one for one in problem.pins if ("pin", one.dossier, one.appraiser, "") not in amounts),
        limits=limits,
    )


_Amounts = dict[tuple[Rule, str, str, str], float]


def _easier(dossier: Dossier, amounts: _Amounts, problem: Problem) -> Dossier:
    limit = dossier.per_institution or problem.limits.per_institution
    more = amounts.get(("per_institution", dossier.id, "", ""), 0)
    return msgspec.structs.replace(
        dossier,
        want=dossier.want - int(amounts.get(("want", dossier.id, "", ""), 0)),
        aspects=tuple(one for one in dossier.aspects if ("aspect", dossier.id, "", one) not in amounts),
        per_institution=limit + int(more) if limit else None,
    )


def _freer(appraiser: Appraiser, amounts: _Amounts) -> Appraiser:
    more = int(amounts.get(("most", "", appraiser.id, ""), 0))
    less = int(amounts.get(("least", "", appraiser.id, ""), 0))
    most = max(appraiser.most, appraiser.load) if more else appraiser.most
    return msgspec.structs.replace(appraiser, most=most + more, least=appraiser.least - less)
