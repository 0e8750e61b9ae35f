"""Plans drawn so that no pair is likelier than the cap."""

from collections import Counter

import msgspec
import pytest

from matching.assignment import (
    Appraiser,
    Assignment,
    Broken,
    Dossier,
    Limits,
    Pin,
    Problem,
    Suitability,
    assign,
    lottery,
    relax,
)
from matching.assignment.lottery import mixture, solve_best
from matching.assignment.model import Model
from matching.assignment.relaxation import feasible_start

TEAM = tuple(Appraiser("abcdef"[i], "uvw"[i % 3], most=2) for i in range(6))
DOSSIERS = tuple(Dossier(f"d{i}", want=2) for i in range(4))
SCORES = tuple(
    Suitability(one.id, who.id, (7 * i + 3 * j) % 10 / 10)
    for i, one in enumerate(DOSSIERS)
    for j, who in enumerate(TEAM)
)
PROBLEM = Problem(DOSSIERS, TEAM, SCORES, limits=Limits(per_institution=1, cap=0.6))


def drawn(problem: Problem, seed: int) -> Assignment:
    return assign(msgspec.structs.replace(problem, limits=msgspec.structs.replace(problem.limits, seed=seed)))


def pairs(found: Assignment) -> frozenset[tuple[str, str]]:
    return frozenset((seat.dossier, seat.appraiser) for seat in found.seats)


def test_every_draw_keeps_all_rules_and_no_chance_exceeds_the_cap() -> None:
    institution = {one.id: one.institution for one in TEAM}
    for seed in range(10):
        found = drawn(PROBLEM, seed)
        assert found.measures is not None
        assert found.measures.highest <= 0.6 + 1e-6
        assert found.measures.plans > 1
        assert max(one.probability for one in found.chances) <= 0.6 + 1e-6
        teams = [[a for d, a in pairs(found) if d == one.id] for one in DOSSIERS]
        assert all(len(team) == len({institution[a] for a in team}) == 2 for team in teams)
        assert max(Counter(a for _, a in pairs(found)).values()) <= 2


def test_the_same_seed_draws_the_same_and_seeds_differ() -> None:
    assert drawn(PROBLEM, 3) == drawn(PROBLEM, 3)
    assert len({pairs(drawn(PROBLEM, seed)) for seed in range(12)}) > 1


def test_over_many_seeds_each_pair_comes_as_often_as_its_chance_says() -> None:
    model = Model(PROBLEM)
    start, _ = feasible_start(model)
    point, best = solve_best(model, start, 0.6)
    assert best is not None
    mixed = mixture(model, point.x, best)
    assert mixed is not None
    assert mixed.marginals == pytest.approx(point.x, abs=1e-6)
    draws = 3_000
    counts = sum(mixed.draw(seed) for seed in range(draws)) / draws
    assert counts == pytest.approx(mixed.marginals, abs=0.035)
    assert counts.max() <= 0.6 + 0.035


def test_the_mean_over_the_draws_is_the_best_under_the_cap() -> None:
    measures = assign(
        msgspec.structs.replace(PROBLEM, limits=Limits(per_institution=1, cap=0.6, fairness=None))
    ).measures
    free = assign(msgspec.structs.replace(PROBLEM, limits=Limits(per_institution=1, fairness=None))).measures
    assert measures is not None
    assert free is not None
    assert measures.total == pytest.approx(measures.bound)
    assert measures.total < free.total


def test_a_given_seat_is_certain_and_is_no_chance() -> None:
    pinned = msgspec.structs.replace(PROBLEM, pins=(Pin("d0", "a"),))
    for seed in range(5):
        found = drawn(pinned, seed)
        assert ("d0", "a") in pairs(found)
        (seat,) = [one for one in found.seats if one.is_pinned]
        assert seat.probability == pytest.approx(1)
        assert found.measures is not None
        assert found.measures.highest <= 0.6 + 1e-6


def teams(*people: tuple[str, str, str], dossiers: tuple[Dossier, ...], cap: float) -> Problem:
    team = tuple(Appraiser(id_, place, tuple(aspects), most=2) for id_, place, aspects in people)
    table = tuple(
        Suitability(one.id, who.id, (5 * i + 3 * j) % 7 / 10)
        for i, one in enumerate(dossiers)
        for j, who in enumerate(team)
    )
    return Problem(dossiers, team, table, limits=Limits(per_institution=1, cap=cap, fairness=None))


STUCK = teams(
    ("a", "", "x"),
    ("b", "i", "z"),
    ("c", "i", "xyz"),
    ("d", "", "yz"),
    ("e", "i", "xz"),
    dossiers=(
        Dossier("d0", 1, ("x", "z")),
        Dossier("d1", 2, ("x", "z")),
        Dossier("d2", 2, ("x", "y", "z")),
    ),
    cap=0.7,
)


def test_where_aspects_forbid_the_best_mean_a_few_plans_of_equal_probability_are_drawn() -> None:
    seen = set()
    for seed in range(12):
        found = drawn(STUCK, seed)
        assert found.measures is not None
        assert (found.measures.plans, found.measures.highest) == (3, pytest.approx(2 / 3))
        assert 0 < found.measures.gap < 0.1
        for dossier in STUCK.dossiers:
            team = [one for one in STUCK.appraisers if (dossier.id, one.id) in pairs(found)]
            assert len(team) == dossier.want
            assert set(dossier.aspects) <= {aspect for one in team for aspect in one.aspects}
        seen.add(pairs(found))
    assert len(seen) == 3


def test_plans_of_equal_probability_are_also_sought_among_few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = drawn(STUCK, 0).measures
    monkeypatch.setattr(lottery, "FEW", 10)
    assert drawn(STUCK, 0).measures == whole


def test_a_cap_no_mixture_can_keep_is_raised_to_one_that_can() -> None:
    """Only a covers x and y with anybody: every plan has a."""
    problem = teams(
        ("a", "i", "xy"),
        ("b", "j", "yz"),
        ("c", "", "z"),
        ("d", "j", "xz"),
        dossiers=(Dossier("d0", 2, ("x", "y")),),
        cap=0.7,
    )
    found = assign(problem)
    assert found.blocks == (Broken("cap", amount=0.7),)
    assert found.relaxation == (Broken("cap", amount=pytest.approx(0.3)),)
    assert assign(relax(problem, found.relaxation)).is_feasible


def test_a_raised_cap_is_the_next_simple_fraction() -> None:
    """Two of a, b, c are in every plan, though halves of them and of d satisfy every rule."""
    people = (("a", "", "xy"), ("b", "", "yz"), ("c", "", "xz"), ("d", "", ""))
    found = assign(teams(*people, dossiers=(Dossier("d0", 2, ("x", "y", "z")),), cap=0.5))
    assert found.blocks == (Broken("cap", amount=0.5),)
    assert found.relaxation == (Broken("cap", amount=pytest.approx(2 / 3 - 1 / 2)),)
