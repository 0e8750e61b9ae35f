"""From a need to its teams."""

from collections.abc import Callable, Collection, Sequence
from functools import partial, reduce
from itertools import combinations

import numpy as np

from matching.corpus import Progress, silent
from matching.filters import Conflicts, passing
from matching.matcher import Matcher, Rows
from matching.profiles import Need
from matching.reading import Query, read_need
from matching.teams.answer import Block, Cover, Member, Team, TeamAnswer
from matching.teams.exact import Program
from matching.teams.greedy import greedy_team
from matching.teams.problem import Problem, Rule, Seats, TeamRules

DEFAULT = TeamRules()


def form_teams(
    matcher: Matcher,
    need: Need,
    rules: TeamRules = DEFAULT,
    *,
    alternatives: int = 3,
    among: Collection[str] | None = None,
    conflicts: Conflicts | None = None,
    seconds: float = 10,
    progress: Progress = silent,
) -> TeamAnswer:
    """The best team and its alternatives among the offers that pass the limits of the need.

    The same input gives the same teams unless the time runs out. Greedy: Nemhauser, Wolsey & Fisher 1978;
    optimum: radius form of García, Labbé & Marín 2011.

    Parameters
    ----------
    rules : size, institute, languages, budget, least share covered
    alternatives : how many teams at most
    among : only offers with these ids
    conflicts : what is known against offers (see `filters`)
    seconds : each team is looked for at most so long; then the best found stands and the gap says how far
        from the best it may be
    progress : told the teams done and wanted

    Returns
    -------
    teams, best first, values and gaps in [0, 1]; without any, which rules block
    """
    query = read_need(need, matcher.graph)
    allowed = passing(need, matcher.corpus.offers, conflicts)
    rows = matcher.rows(allowed if among is None else allowed & frozenset(among))
    ask = _ask(matcher, query, rows, alternatives)
    problem = ask(rules)
    found, greedy, bound = _search(problem, alternatives, seconds, progress)
    keys = tuple(sub.key for sub in query.skills)
    teams = tuple(team_of(problem, team, keys) for team in found if team)
    return TeamAnswer(
        need=need.id,
        teams=teams,
        greedy=team_of(problem, greedy, keys) if greedy else None,
        bound=bound,
        gap=_gap(bound, problem.value(found[0])) if found else 0.0,
        greedy_gap=_gap(bound, problem.value(greedy)) if greedy else 1.0,
        blocked=() if found else tuple(_blocks(ask, rules, seconds)),
        candidates=len(problem.entries),
    )


def describe_team(matcher: Matcher, need: Need, offers: Collection[str]) -> Team:
    """What certain offers cover together. Those not fitted are left out."""
    query = read_need(need, matcher.graph)
    rules = TeamRules(include=tuple(sorted(key for key in offers if key in matcher.corpus.row)))
    problem = _ask(matcher, query, matcher.rows(rules.include), 1)(rules)
    keys = tuple(sub.key for sub in query.skills)
    return team_of(problem, tuple(range(len(problem.entries))), keys)


def _ask(matcher: Matcher, query: Query, rows: Rows, equals: int) -> Callable[[TeamRules], Problem]:
    """The problem of some offers under any rules."""
    entries = [matcher.corpus.offers[row] for row in rows]
    covered = [matcher.coverage.of_skill(sub.key)[rows] for sub in query.skills]
    values = np.array(covered, np.float64).reshape(len(covered), len(rows)).T
    return partial(Problem, entries, values, [sub.importance for sub in query.skills], equals=equals)


def _search(
    problem: Problem, most: int, seconds: float, progress: Progress
) -> tuple[list[Seats], Seats | None, float]:
    """The teams, best first; the greedy one; what no team can be worth more than."""
    program = Program(problem)
    greedy = greedy_team(problem)
    progress(1, most + 1)
    best = program.solve(seconds)
    known = [team for team in (best.team, greedy) if team is not None]
    found = [max(known, key=problem.value)] if known else []
    while found and len(found) < most:
        progress(len(found) + 1, most + 1)
        following = program.solve(seconds, found).team
        if following is None:
            break
        found.append(following)
    progress(most + 1, most + 1)
    # a solver out of time may know no bound: nobody covers more than all together
    return found, greedy, min(best.bound, problem.share(tuple(range(len(problem.entries)))))


def _gap(bound: float, value: float) -> float:
    """How far a value may be from the best, as a share of it; what is within rounding is none."""
    gap = (bound - value) / max(abs(bound), 1e-9)
    return gap if gap > 1e-7 else 0.0


def team_of(problem: Problem, team: Seats, keys: Sequence[str]) -> Team:
    """A team in words: rows of the problem become ids, columns keys."""
    values = problem.values[list(team)]
    first = values.argmax(axis=0) if team else np.zeros(0, int)
    share = problem.share(team)
    members = [
        Member(
            problem.entries[row].id,
            tuple(
                Cover(key, float(values[place, skill]))
                for skill, key in enumerate(keys)
                if first[skill] == place and values[place, skill] > 0
            ),
            share - problem.share(tuple(other for other in team if other != row)),
        )
        for place, row in enumerate(team)
    ]
    known = all(problem.entries[row].cost is not None for row in team)
    return Team(
        members=tuple(members),
        coverage=share,
        value=problem.value(team),
        cost=problem.cost(team) if known else None,
        uncovered=tuple(key for skill, key in enumerate(keys) if not values[:, skill].any()),
    )


def _blocks(ask: Callable[[TeamRules], Problem], rules: TeamRules, seconds: float) -> list[Block]:
    """The smallest sets of rules without which there is a team; none when the time is too short for that."""
    found = (
        [
            block
            for dropped in combinations(rules.asked, size)
            if (block := _block(ask(reduce(TeamRules.without, dropped, rules)), dropped, seconds))
        ]
        for size in range(1, len(rules.asked) + 1)
    )
    return next(filter(None, found), [])


def _block(relaxed: Problem, dropped: tuple[Rule, ...], seconds: float) -> Block | None:
    """What the relaxed problem says of the rules dropped; ``None`` when it has no team either."""
    prices = {"most": np.ones(len(relaxed.costs)), "budget": relaxed.costs}.get(dropped[0])
    nothing = np.zeros(len(relaxed.costs))
    gain = 1 if dropped[0] == "least" else 0
    team = Program(relaxed).solve(seconds, prices=nothing if prices is None else prices, gain=gain).team
    if team is None:
        return None
    measure = {"most": len, "budget": relaxed.cost, "least": relaxed.share}.get(dropped[0])
    return Block(dropped, float(measure(team)) if measure and len(dropped) == 1 else None)
