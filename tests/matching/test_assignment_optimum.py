"""The plan and the relaxation against trying everything, on small problems; and what must hold of any."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, combinations, product

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.assignment import (
    Appraiser,
    Bar,
    Broken,
    Dossier,
    Limits,
    Pin,
    Problem,
    Suitability,
    assign,
    relax,
)
from matching.assignment.relaxation import PRICES
from matching.text import Text

WHY = Text("vì", "for")
Plan = dict[str, frozenset[str]]
slowly = settings(max_examples=25, deadline=None)


@st.composite
def problems(draw: st.DrawFn, cap: float = 1, fairness: float | None = None) -> Problem:
    appraisers = tuple(
        Appraiser(
            id_,
            draw(st.sampled_from(["", "u", "v"])),
            tuple(draw(st.sets(st.sampled_from("xy")))),
            least=draw(st.sampled_from([0, 0, 1])),
            most=draw(st.integers(0, 3)),
            load=draw(st.sampled_from([0, 0, 1])),
        )
        for id_ in "abcd"[: draw(st.integers(2, 4))]
    )
    dossiers = tuple(
        Dossier(f"d{i}", draw(st.integers(0, 2)), tuple(draw(st.sets(st.sampled_from("xy"), max_size=1))))
        for i in range(draw(st.integers(1, 3)))
    )
    pairs = [(d.id, a.id) for d in dossiers for a in appraisers]
    scores = tuple(Suitability(d, a, draw(st.integers(0, 10)) / 10) for d, a in pairs)
    bars = tuple(Bar(d, a, "x", WHY) for d, a in draw(st.sets(st.sampled_from(pairs), max_size=3)))
    pins = tuple(Pin(d, a) for d, a in draw(st.sets(st.sampled_from(pairs), max_size=1)))
    limits = Limits(draw(st.sampled_from([None, 1])), cap, fairness=fairness)
    return Problem(dossiers, appraisers, scores, bars, pins, limits)


def every_plan(problem: Problem, larger: bool = False) -> Iterator[Plan]:
    """Every team without a barred pair, of no more than is wanted unless larger, for every dossier."""
    barred = {(one.dossier, one.appraiser) for one in problem.bars}
    choices = []
    for dossier in problem.dossiers:
        may = [one.id for one in problem.appraisers if (dossier.id, one.id) not in barred]
        sizes = chain.from_iterable(
            combinations(may, n) for n in range((len(may) if larger else dossier.want) + 1)
        )
        choices.append([(dossier.id, frozenset(team)) for team in sizes])
    return (dict(plan) for plan in product(*choices))


def broken(problem: Problem, plan: Plan) -> Counter[str]:
    """By how much each rule is broken."""
    found: Counter[str] = Counter()
    loads = Counter(a for team in plan.values() for a in team)
    for one in problem.appraisers:
        found["most"] += max(0, loads[one.id] - max(0, one.most - one.load))
        found["least"] += max(0, one.least - one.load - loads[one.id])
    people = {one.id: one for one in problem.appraisers}
    for dossier in problem.dossiers:
        team = [people[a] for a in plan[dossier.id]]
        found["want"] += dossier.want - len(team)
        found["aspect"] += sum(all(k not in a.aspects for a in team) for k in dossier.aspects)
        places = Counter(one.institution for one in team if one.institution)
        limit = dossier.per_institution or problem.limits.per_institution
        if limit:
            found["per_institution"] += max(0, max(places.values(), default=0) - limit)
    found["pin"] += sum(pin.appraiser not in plan[pin.dossier] for pin in set(problem.pins))
    return found


def price(amounts: Counter[str]) -> float:
    return sum(PRICES[rule] * n for rule, n in amounts.items())  # type: ignore[index]


def total(problem: Problem, plan: Plan) -> float:
    return sum(one.score for one in problem.scores if one.appraiser in plan[one.dossier])


def plan_of(problem: Problem) -> Plan:
    seats = assign(problem).seats
    return {d.id: frozenset(s.appraiser for s in seats if s.dossier == d.id) for d in problem.dossiers}


@slowly
@given(problems())
def test_the_plan_is_the_best_of_all_or_there_is_none_and_the_relaxation_the_cheapest(
    problem: Problem,
) -> None:
    plans = [(price(broken(problem, plan)), plan) for plan in every_plan(problem)]
    cheapest = min(cost for cost, _ in plans)
    found = assign(problem)
    assert found.is_feasible == (cheapest == 0)
    if found.measures is not None:
        best = max(total(problem, plan) for cost, plan in plans if cost == 0)
        assert found.measures.total == pytest.approx(best, abs=1e-6)
        assert price(broken(problem, plan_of(problem))) == 0
        assert total(problem, plan_of(problem)) == pytest.approx(best, abs=1e-6)
    else:
        amounts = Counter({one.rule: 0.0 for one in found.relaxation})
        for one in found.relaxation:
            amounts[one.rule] += one.amount
        assert sum(PRICES[rule] * n for rule, n in amounts.items()) == pytest.approx(cheapest)
        assert found.blocks
        loosened = relax(problem, found.relaxation)
        assert assign(loosened).is_feasible
        for i, one in enumerate(found.relaxation):
            less = [*found.relaxation[:i], *found.relaxation[i + 1 :]]
            if one.amount > 1:
                less.append(msgspec.structs.replace(one, amount=one.amount - 1))
            assert not assign(relax(problem, less)).is_feasible


@slowly
@given(problems())
def test_what_blocks_cannot_hold_together_and_no_part_of_it_is_superfluous(problem: Problem) -> None:
    """Only the rules named are kept; then each in turn is lifted."""
    blocks = set(assign(problem).blocks)
    if not blocks:
        return
    plans = list(every_plan(problem, larger=True))
    assert not any(price(broken_only(problem, plan, blocks)) == 0 for plan in plans)
    for one in blocks - {b for b in blocks if b.rule == "conflict"}:
        rest = blocks - {one}
        assert any(price(broken_only(problem, plan, rest)) == 0 for plan in plans)


def broken_only(problem: Problem, plan: Plan, rules: set[Broken]) -> Counter[str]:
    """By how much these rules are broken, and no others."""
    named = {(one.rule, one.dossier, one.appraiser, one.what) for one in rules}
    found: Counter[str] = Counter()
    loads = Counter(a for team in plan.values() for a in team)
    people = {one.id: one for one in problem.appraisers}
    for one in problem.appraisers:
        if ("most", "", one.id, "") in named:
            found["most"] += max(0, loads[one.id] - max(0, one.most - one.load))
        if ("least", "", one.id, "") in named:
            found["least"] += max(0, one.least - one.load - loads[one.id])
    for pin in problem.pins:
        if ("pin", pin.dossier, pin.appraiser, "") in named:
            found["pin"] += pin.appraiser not in plan[pin.dossier]
    for d in problem.dossiers:
        team = [people[a] for a in plan[d.id]]
        if ("want", d.id, "", "") in named:
            found["want"] += abs(d.want - len(team))
        for k in d.aspects:
            if ("aspect", d.id, "", k) in named:
                found["aspect"] += all(k not in a.aspects for a in team)
        for place in {one.institution for one in team}:
            if ("per_institution", d.id, "", place) in named:
                limit = d.per_institution or problem.limits.per_institution or 0
                found["per_institution"] += max(0, sum(a.institution == place for a in team) - limit)
    return found


@slowly
@given(problems(fairness=0.1), st.randoms())
def test_the_order_in_which_a_problem_is_written_changes_nothing(problem: Problem, random: object) -> None:
    def mixed(rows: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(sorted(rows, key=lambda _: random.random()))  # type: ignore[attr-defined]

    names = ("dossiers", "appraisers", "scores", "bars", "pins")
    again = msgspec.structs.replace(problem, **{name: mixed(getattr(problem, name)) for name in names})
    assert assign(again) == assign(problem)


@slowly
@given(problems(fairness=0.1), st.data())
def test_a_conflict_never_makes_a_pair_and_an_unused_pair_may_be_barred(
    problem: Problem, data: st.DataObject
) -> None:
    before = assign(problem)
    d, a = data.draw(st.sampled_from([(d.id, a.id) for d in problem.dossiers for a in problem.appraisers]))
    barred = msgspec.structs.replace(problem, bars=(*problem.bars, Bar(d, a, "x", WHY)))
    after = assign(barred)
    assert (d, a) not in {(one.dossier, one.appraiser) for one in after.seats}
    if after.measures is not None:
        assert before.measures is not None
        assert after.measures.bound <= before.measures.bound + 1e-6
    if before.measures is not None and (d, a) not in {(one.dossier, one.appraiser) for one in before.seats}:
        assert after.is_feasible


@slowly
@given(problems(fairness=0.2))
def test_fairness_never_worsens_the_worst_and_gives_up_no_more_than_its_share(problem: Problem) -> None:
    found = assign(problem).measures
    if found is not None:
        assert found.worst >= found.worst_before - 1e-6
        assert found.worst <= found.worst_bound + 1e-3
        assert found.total >= 0.8 * (total(problem, plan_of_best(problem))) - 1e-6
        assert price(broken(problem, plan_of(problem))) == 0


def plan_of_best(problem: Problem) -> Plan:
    return plan_of(
        msgspec.structs.replace(problem, limits=msgspec.structs.replace(problem.limits, fairness=None))
    )


@slowly
@given(problems(cap=0.5), st.integers(0, 5))
def test_a_draw_keeps_every_rule_and_the_cap(problem: Problem, seed: int) -> None:
    limits = msgspec.structs.replace(problem.limits, seed=seed)
    problem = msgspec.structs.replace(problem, limits=limits)
    found = assign(problem)
    if found.measures is not None:
        assert found.measures.highest <= 0.5 + 1e-6
        assert price(broken(problem, plan_of(problem))) == 0
        chances = found.chances or found.seats
        pinned = {(pin.dossier, pin.appraiser) for pin in problem.pins}
        assert all(
            one.probability <= 0.5 + 1e-6 for one in chances if (one.dossier, one.appraiser) not in pinned
        )
    else:
        assert found.blocks
        assert found.relaxation
