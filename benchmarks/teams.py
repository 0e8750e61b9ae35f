"""Greedy teams against the optimum: how near, how fast.

``python -m benchmarks.teams [--seeds 25] [--offers 10000]``. Random instances of four shapes under five
sets of rules, and one market of many offers. Fails when a greedy team is worth less than 0.95 of the optimum.
"""

import argparse
import sys
import time
from collections.abc import Iterator

import numpy as np

from matching.profiles import OfferEntry
from matching.teams.exact import Program
from matching.teams.greedy import greedy_team
from matching.teams.problem import Problem, TeamRules

GOAL = 0.95
SECONDS = 20.0
LEVELS = (0.3, 0.32, 0.4, 0.48, 0.5, 0.6, 0.64, 0.75, 0.8, 0.875, 1.0)
RULES = {
    "none": TeamRules(),
    "at most 3": TeamRules(most=3),
    "institute and language": TeamRules(most=4, institute_in="VN", speaks=("vi",)),
    "budget": TeamRules(most=5, budget=15),
    "budget and institute": TeamRules(most=6, budget=25, institute_in="VN"),
}
SHAPES = {"dense": (25, 8), "sparse": (40, 10), "all or nothing": (30, 12), "wide": (100, 15)}


def problem(shape: str, size: int, skills: int, rules: TeamRules, seed: int) -> Problem:
    """A random instance."""
    random = np.random.default_rng(seed)
    if shape == "dense":
        values = random.random((size, skills))
    elif shape == "all or nothing":
        values = (random.random((size, skills)) < 0.3).astype(np.float64)
    else:
        share = 0.05 if shape == "market" else 0.25
        values = np.where(random.random((size, skills)) < share, random.choice(LEVELS, (size, skills)), 0)
    entries = [
        OfferEntry(
            f"o{at:05}",
            "institute" if random.random() < 0.3 else "expert",
            country=str(random.choice(["VN", "DE"])),
            languages=("vi", "en") if random.random() < 0.5 else ("en",),
            cost=float(random.integers(1, 20)),
        )
        for at in range(size)
    ]
    return Problem(entries, values, random.choice([0.5, 1, 2, 3], skills).tolist(), rules)


def ratios(
    shape: str, size: int, skills: int, rules: TeamRules, seeds: int
) -> Iterator[tuple[float, float, float]]:
    """For each instance with a team: greedy value / optimum, seconds of either."""
    for seed in range(seeds):
        asked = problem(shape, size, skills, rules, seed)
        start = time.perf_counter()
        greedy = greedy_team(asked)
        middle = time.perf_counter()
        best = Program(asked).solve(SECONDS).team
        end = time.perf_counter()
        if best is not None:
            yield (asked.value(greedy) / asked.value(best) if greedy else 0.0), middle - start, end - middle


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=25)
    parser.add_argument("--offers", type=int, default=10_000)
    options = parser.parse_args()
    worst = 1.0
    cases = [(shape, *size, options.seeds) for shape, size in SHAPES.items()]
    print(f"{'instance':<16} {'rules':<24} {'least':>7} {'mean':>7} {'greedy ms':>10} {'optimum ms':>11}")
    for shape, size, skills, seeds in [*cases, ("market", options.offers, 12, 1)]:
        for name, rules in RULES.items():
            found = list(ratios(shape, size, skills, rules, seeds))
            if not found:
                print(f"{shape:<16} {name:<24} no instance has a team", flush=True)
                continue
            quality, quick, exact = (np.array(column) for column in zip(*found, strict=True))
            worst = min(worst, float(quality.min()))
            times = f"{quick.mean() * 1e3:>10.1f} {exact.mean() * 1e3:>11.1f}"
            print(f"{shape:<16} {name:<24} {quality.min():>7.4f} {quality.mean():>7.4f} {times}", flush=True)
    print(f"least of all {worst:.4f}, goal {GOAL}")
    return int(worst < GOAL)


if __name__ == "__main__":
    sys.exit(main())
