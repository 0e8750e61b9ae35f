"""How good and how fast the assignment of appraisers is: greedy, rounds of pairings, ours, and an integer
program with every pair; on random instances and on LR-bench (papers as dossiers, researchers as appraisers,
suitability as the engine measures it).

python -m benchmarks.assignment [FOLDER WITH PUBLIC DATA] [--full]
"""

import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import msgspec
import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp

from matching import Matcher
from matching.assignment import Appraiser, Dossier, Limits, Problem, Suitability, assign
from matching.evaluate import read_lr_bench

BESIDE = Path(__file__).parents[1].parent / "shared" / "data"
WANT = 3
SLACK = 1.1
"""Seats offered for each seat wanted: tight, as in practice."""
SIZES = ((20, 15), (100, 60), (300, 150))
FULL = ((1_000, 500),)
MOST_EXACT = 50_000
ASPECTS = ("technology", "law", "finance", "safety")
Scores = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def greedy(scores: Scores, want: int, most: int) -> Scores:
    """The best pair that still has a seat on both sides, again and again."""
    plan = np.zeros(scores.shape)
    seats, loads = np.full(len(scores), want), np.full(scores.shape[1], most)
    for at in np.argsort(-scores, axis=None, kind="stable"):
        d, a = divmod(int(at), scores.shape[1])
        if seats[d] and loads[a]:
            plan[d, a] = 1
            seats[d] -= 1
            loads[a] -= 1
    return plan


def rounds(scores: Scores, want: int, most: int) -> Scores:
    """One seat of every dossier at a time, each round the best pairing."""
    plan = np.zeros(scores.shape)
    for _ in range(want):
        free = np.repeat(np.arange(scores.shape[1]), most - plan.sum(0).astype(int))
        worth = np.where(plan > 0, -1e3, scores)[:, free]
        for d, place in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
            if not plan[d, free[place]]:
                plan[d, free[place]] = 1
    return plan


def every_pair(scores: Scores, want: int, most: int) -> Scores:
    """The integer program as one would write it down, by HiGHS."""
    dossiers, appraisers = scores.shape
    rows = sparse.vstack(
        [
            sparse.kron(sparse.eye_array(dossiers), np.ones((1, appraisers))),
            sparse.kron(np.ones((1, dossiers)), sparse.eye_array(appraisers)),
        ]
    )
    lower = np.concatenate([np.full(dossiers, want), np.zeros(appraisers)])
    upper = np.concatenate([np.full(dossiers, want), np.full(appraisers, most)])
    answer = milp(
        -scores.ravel(),
        integrality=np.ones(scores.size, np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(sparse.csc_array(rows), lower, upper),
    )
    if answer.x is None:
        raise SystemExit(f"no plan of every pair: {answer.message}")
    return np.round(answer.x).reshape(scores.shape)


def ours(problem: Problem) -> tuple[Scores, float, str]:
    """The plan (for a cap below 1 the one that is drawn), the bound of the total, a remark."""
    found = assign(problem)
    if found.measures is None:
        return np.zeros((len(problem.dossiers), len(problem.appraisers))), 0, f"{found.relaxation[:3]}"
    row = {one.id: i for i, one in enumerate(problem.dossiers)}
    column = {one.id: i for i, one in enumerate(problem.appraisers)}
    plan = np.zeros((len(row), len(column)))
    for seat in found.seats:
        plan[row[seat.dossier], column[seat.appraiser]] = 1
    m = found.measures
    return (
        plan,
        m.bound,
        f"gap {m.gap:.4%}, worst at most {m.worst_bound:.3f}, plans {m.plans}, cap {m.highest:.3f}",
    )


def problem_of(scores: Scores, want: int, most: int, limits: Limits, rules: bool = False) -> Problem:
    """``rules``: with aspects, ten institutions and one of each in a team."""
    random = np.random.default_rng(1)
    d_count, a_count = scores.shape

    def some(share: float) -> tuple[str, ...]:
        return tuple(one for one in ASPECTS if rules and random.random() < share)

    dossiers = tuple(Dossier(f"d{d:04}", want, some(0.5)) for d in range(d_count))
    appraisers = tuple(
        Appraiser(f"a{a:04}", f"i{random.integers(a_count // 5 + 2)}", some(0.5), most=most)
        for a in range(a_count)
    )
    pairs = tuple(
        Suitability(f"d{d:04}", f"a{a:04}", float(scores[d, a]))
        for d in range(d_count)
        for a in range(a_count)
    )
    limits = msgspec.structs.replace(limits, per_institution=1 if rules else None)
    return Problem(dossiers, appraisers, pairs, limits=limits)


def compare(name: str, scores: Scores, want: int = WANT) -> None:
    most = int(np.ceil(SLACK * want * len(scores) / scores.shape[1]))
    print(f"\n{name}: {len(scores)} dossiers × {scores.shape[1]} appraisers, {want} seats, {most} at most")
    best = problem_of(scores, want, most, Limits(fairness=None))
    started = time.perf_counter()
    plan, bound, remark = ours(best)
    line("ours", plan, scores, want, bound, time.perf_counter() - started, remark)
    others: dict[str, Callable[[Scores, int, int], Scores]] = {"greedy": greedy, "rounds": rounds}
    if scores.size <= MOST_EXACT:
        others["every pair"] = every_pair
    for method, choose in others.items():
        started = time.perf_counter()
        line(method, choose(scores, want, most), scores, want, bound, time.perf_counter() - started)
    for method, problem in {
        "ours, fair": problem_of(scores, want, most, Limits(fairness=0.02)),
        "ours, cap ½": problem_of(scores, want, most, Limits(cap=0.5)),
        "ours, rules": problem_of(scores, want, most, Limits(), rules=True),
        "rules, cap ½": problem_of(scores, want, most, Limits(cap=0.5), rules=True),
    }.items():
        started = time.perf_counter()
        plan, _, remark = ours(problem)
        line(method, plan, scores, want, bound, time.perf_counter() - started, remark)


def line(
    method: str, plan: Scores, scores: Scores, want: int, bound: float, seconds: float, remark: str = ""
) -> None:
    total, unfilled = float((plan * scores).sum()), int(want * len(scores) - plan.sum())
    worst = float((plan * scores).sum(1).min() / want)
    print(f"  {method:<13} {total / bound:8.3%}  unfilled {unfilled:3}  worst {worst:.3f}", end="")
    print(f"  {seconds:7.2f} s  {remark}", flush=True)


def lr_bench(data: Path) -> Scores:
    """(papers, researchers) the engine's scores."""
    bench = read_lr_bench(data)
    matcher = Matcher.fit(bench.offers)
    column = {one.id: i for i, one in enumerate(bench.offers)}
    scores = np.zeros((len(bench.needs), len(bench.offers)))
    for row, need in zip(count(), bench.needs, strict=False):
        for match in matcher.match(need, k=0):
            scores[row, column[match.offer]] = match.score
    return scores


def main(arguments: list[str]) -> None:
    places = [Path(one) for one in arguments if one != "--full"]
    random = np.random.default_rng(0)
    for dossiers, appraisers in SIZES + (FULL if "--full" in arguments else ()):
        compare("random", random.beta(2, 5, (dossiers, appraisers)))
    data = places[0] if places else BESIDE
    if data.is_dir():
        compare("LR-bench", lr_bench(data))
    else:
        print(f"LR-bench is not in {data}: give the folder with the public data")


if __name__ == "__main__":
    main(sys.argv[1:])
