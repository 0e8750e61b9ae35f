"""Teams at once: greedy weighted cover, then dropping, adding and exchanging members while that helps."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np

from matching.teams.problem import PENALTY, Problem, Seats

_STARTS = 8
_DEEPENED = 5
Way = Callable[[Problem, Seats], Iterator[Seats]]


def greedy_team(problem: Problem) -> Seats | None:
    """A good team, ``None`` when the search finds none that keeps the rules.

    Weighted cover grown member by member (Nemhauser, Wolsey & Fisher 1978) from several first members,
    by gain and, under a budget, by gain for the cost; then local search, wider for the best five.
    Deterministic.
    """
    grown = {tuple(sorted(_grown(problem, first, thrifty))) for first, thrifty in _beginnings(problem)}
    near = {_improved(problem, team, [_one_step_away]) for team in sorted(grown)}
    best = sorted(near, key=lambda team: (not problem.fits(team), -problem.value(team), team))[:_DEEPENED]
    found = {_improved(problem, team, [_one_step_away, _two_newcomers_away]) for team in best}
    fitting = [team for team in found if problem.fits(team)]
    return min(fitting, key=lambda team: (-problem.value(team), team), default=None)


def _beginnings(problem: Problem) -> Iterator[tuple[int | None, bool]]:
    gains = problem.values @ problem.weights
    best = np.argsort(-gains, kind="stable")[:_STARTS].tolist()
    for thrifty in (False, True) if problem.rules.budget is not None else (False,):
        yield None, thrifty
        yield from ((first, thrifty) for first in best)


def _grown(problem: Problem, first: int | None, thrifty: bool) -> list[int]:
    team = [] if first is None else [first]
    while len(team) < problem.rules.most:
        following = _next(problem, team, thrifty)
        if following is None:
            break
        team.append(following)
    return team


def _next(problem: Problem, team: list[int], thrifty: bool) -> int | None:
    """The member that adds most; one that fulfils an open duty while there are only places left for those."""
    covered = problem.values[team].max(axis=0, initial=0)
    gains = np.maximum(problem.values - covered, 0) @ problem.weights - PENALTY
    open_duties = [fulfils for _, fulfils in problem.groups if not fulfils[team].any()]
    may = np.ones(len(gains), bool)
    may[team] = False
    if problem.rules.budget is not None:
        may &= problem.costs <= problem.rules.budget - problem.costs[team].sum() + 1e-9
    duties = np.sum(open_duties, axis=0) if open_duties else np.zeros(len(gains))
    if problem.rules.most - len(team) <= len(open_duties) or not (may & (gains > 0)).any():
        may &= duties > 0
        gains = gains + duties
    else:
        may &= gains > 0
    if not may.any():
        return None
    worth = gains / np.maximum(problem.costs, 1e-9) if thrifty else gains
    return int(np.argmax(np.where(may, worth, -np.inf)))


def _improved(problem: Problem, team: Seats, ways: Sequence[Way]) -> Seats:
    """Local search: the best team the first way offers, or else the next way, as long as it is better."""
    rank = (problem.fits(team), problem.value(team))
    while True:
        found = (_best(problem, way(problem, team), rank) for way in ways)
        better = next((one for one in found if one is not None), None)
        if better is None:
            return team
        rank, team = (problem.fits(better), problem.value(better)), better


def _best(problem: Problem, teams: Iterator[Seats], rank: tuple[bool, float]) -> Seats | None:
    """The best of these teams (ties: the lowest seats), ``None`` when none is better than a rank."""
    ranked = [(problem.fits(team), problem.value(team), [-at for at in team]) for team in teams]
    best = max(ranked, default=None)
    if best is None or best[:2] <= (rank[0], rank[1] + 1e-12):
        return None
    return tuple(-at for at in best[2])


def _one_step_away(problem: Problem, team: Seats) -> Iterator[Seats]:
    """Without one member; and with the most useful newcomers, added or in the place of one."""
    for gone in (None, *team):
        rest = [at for at in team if at != gone]
        if gone is not None:
            yield tuple(rest)
        if len(rest) < problem.rules.most:
            yield from (tuple(sorted((*rest, new))) for new in _newcomers(problem, rest))


def _two_newcomers_away(problem: Problem, team: Seats) -> Iterator[Seats]:
    """With two newcomers in the places of one or two."""
    for gone in (*combinations(team, 1), *combinations(team, 2)):
        rest = [at for at in team if at not in gone]
        if len(rest) + 2 > problem.rules.most:
            continue
        for first in _newcomers(problem, rest):
            for second in _newcomers(problem, [*rest, first])[:1]:
                yield tuple(sorted((*rest, first, second)))


def _newcomers(problem: Problem, rest: list[int]) -> list[int]:
    """Who adds most to the rest, of all and of those who fulfil a duty nobody else does."""
    covered = problem.values[rest].max(axis=0, initial=0)
    gains = np.maximum(problem.values - covered, 0) @ problem.weights
    open_duties = [fulfils for _, fulfils in problem.groups if not fulfils[rest].any()]
    may = np.ones(len(gains), bool)
    may[rest] = False
    if problem.rules.budget is not None:
        may &= problem.costs <= problem.rules.budget - problem.costs[rest].sum() + 1e-9
    found: dict[int, None] = {}
    for fulfils in (np.ones(len(gains), bool), *open_duties):
        worth = np.where(may & fulfils, gains, -np.inf)
        best = np.argsort(-worth, kind="stable")[:_STARTS]
        found |= dict.fromkeys(at for at in best.tolist() if np.isfinite(worth[at]))
    return list(found)
