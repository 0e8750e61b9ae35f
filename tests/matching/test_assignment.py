"""The best plan under all rules; what blocks, and the least that gives way."""

import msgspec
import pytest

from matching.assignment import (
    Appraiser,
    BadProblem,
    Bar,
    Broken,
    Dossier,
    Limits,
    Pin,
    Problem,
    Suitability,
    Unsolved,
    assign,
    relax,
    solve,
)
from matching.text import Text

WHY = Text("Làm việc cho tổ chức đề nghị.", "Works for the applicant.")


def scores(table: dict[str, list[float]]) -> tuple[Suitability, ...]:
    """Rows by dossier, columns a, b, c … by appraiser."""
    return tuple(Suitability(d, "abcdef"[i], s) for d, row in table.items() for i, s in enumerate(row))


def people(count: int, **fields: object) -> tuple[Appraiser, ...]:
    return tuple(Appraiser("abcdef"[i], **fields) for i in range(count))  # type: ignore[arg-type]


def seats(problem: Problem) -> set[tuple[str, str]]:
    found = assign(problem)
    assert found.is_feasible, found
    return {(seat.dossier, seat.appraiser) for seat in found.seats}


def one_each(count: int) -> tuple[Dossier, ...]:
    return tuple(Dossier(f"d{i}", want=1) for i in range(count))


def test_the_best_total_is_chosen_where_the_greedy_choice_is_not() -> None:
    table = scores({"d0": [0.9, 0.8], "d1": [0.8, 0.1]})
    best = Problem(one_each(2), people(2, most=1), table)
    assert seats(best) == {("d0", "b"), ("d1", "a")}
    found = assign(best)
    assert found.measures is not None
    assert found.measures.total == pytest.approx(1.6)
    assert (found.measures.gap, found.measures.plans, found.chances) == (pytest.approx(0), 1, ())


def test_a_pair_without_a_score_may_be_used_with_0() -> None:
    assert seats(Problem(one_each(1), people(1))) == {("d0", "a")}


def test_loads_held_elsewhere_count() -> None:
    table = scores({"d0": [0.9, 0.2]})
    busy = (Appraiser("a", most=3, load=3), Appraiser("b"))
    assert seats(Problem(one_each(1), busy, table)) == {("d0", "b")}
    lazy = (Appraiser("a"), Appraiser("b", least=2, load=1))
    assert seats(Problem(one_each(1), lazy, table)) == {("d0", "b")}


def test_every_aspect_is_covered() -> None:
    table = scores({"d0": [0.9, 0.8, 0.1]})
    team = (Appraiser("a"), Appraiser("b"), Appraiser("c", aspects=("law", "safety")))
    dossier = Dossier("d0", want=2, aspects=("law", "safety"))
    assert seats(Problem((dossier,), team, table)) == {("d0", "a"), ("d0", "c")}


def test_an_institution_has_its_limit_also_one_of_the_dossier() -> None:
    table = scores({"d0": [0.9, 0.8, 0.1]})
    team = (Appraiser("a", "x"), Appraiser("b", "x"), Appraiser("c", "y"))
    one = Problem((Dossier("d0"),), team, table, limits=Limits(per_institution=1))
    assert seats(one) == {("d0", "a"), ("d0", "c")}
    exempt = msgspec.structs.replace(one, dossiers=(Dossier("d0", per_institution=2),))
    assert seats(exempt) == {("d0", "a"), ("d0", "b")}
    alone = msgspec.structs.replace(one, appraisers=people(3))
    assert seats(alone) == {("d0", "a"), ("d0", "b")}


def test_a_barred_pair_is_never_chosen_whatever_it_costs() -> None:
    problem = Problem(one_each(1), people(1), bars=(Bar("d0", "a", "employment", WHY),))
    found = assign(problem)
    assert found.seats == ()
    assert found.blocks == (Broken("conflict", "d0", "a", amount=1), Broken("want", "d0", amount=1))
    assert found.relaxation == (Broken("want", "d0", amount=1),)


def test_given_seats_stay() -> None:
    table = scores({"d0": [0.9, 0.1], "d1": [0.8, 0.2]})
    pinned = Problem(one_each(2), people(2, most=1), table, pins=(Pin("d0", "b"), Pin("d0", "b")))
    found = assign(pinned)
    assert [(s.dossier, s.appraiser, s.is_pinned) for s in found.seats] == [
        ("d0", "b", True),
        ("d1", "a", False),
    ]


def test_a_given_seat_that_is_barred_blocks() -> None:
    problem = Problem(one_each(1), people(2), bars=(Bar("d0", "a", "family", WHY),), pins=(Pin("d0", "a"),))
    found = assign(problem)
    assert Broken("conflict", "d0", "a", amount=1) in found.blocks
    assert found.relaxation == (Broken("pin", "d0", "a", amount=1),)
    assert seats(relax(problem, found.relaxation)) == {("d0", "b")}


@pytest.mark.parametrize(
    ("problem", "blocks", "relaxation"),
    [
        (
            Problem(one_each(3), people(2, most=1)),
            {"want", "most"},
            (Broken("most", appraiser="a", amount=1),),
        ),
        (
            Problem((Dossier("d0", want=1, aspects=("law",)),), people(1)),
            {"aspect"},
            (Broken("aspect", "d0", what="law", amount=1),),
        ),
        (
            Problem((Dossier("d0", want=2),), people(2, institution="x"), limits=Limits(per_institution=1)),
            {"want", "per_institution"},
            (Broken("per_institution", "d0", amount=1),),
        ),
        (
            Problem(one_each(1), people(2, least=1)),
            {"want", "least"},
            (Broken("least", appraiser="b", amount=1),),
        ),
        (
            Problem(one_each(1), people(1), pins=(Pin("d0", "a"),), limits=Limits(cap=0.5)),
            set(),
            (),
        ),
        (
            Problem(one_each(1), people(3), limits=Limits(cap=0.25)),
            {"want", "cap"},
            (Broken("cap", amount=0.0834),),
        ),
        (Problem((), ()), set(), ()),
    ],
)
def test_what_blocks_and_the_least_that_gives_way(
    problem: Problem, blocks: set[str], relaxation: tuple[Broken, ...]
) -> None:
    found = assign(problem)
    assert {one.rule for one in found.blocks} == blocks
    assert [(one.rule, one.amount) for one in found.relaxation] == [(o.rule, o.amount) for o in relaxation]
    assert assign(relax(problem, found.relaxation)).is_feasible


def test_a_load_above_the_limit_is_kept_and_more_counts_from_there() -> None:
    problem = Problem(one_each(1), (Appraiser("a", most=1, load=3),))
    found = assign(problem)
    assert found.relaxation == (Broken("most", appraiser="a", amount=1),)
    loosened = relax(problem, found.relaxation)
    assert loosened.appraisers == (Appraiser("a", most=4, load=3),)
    assert seats(loosened) == {("d0", "a")}


def test_fairness_lifts_the_worst_dossier_within_its_price() -> None:
    table = scores({"d0": [0.9, 0.6], "d1": [0.5, 0.1]})
    best = Problem(one_each(2), people(2, most=1), table, limits=Limits(fairness=None))
    total = assign(best)
    assert seats(best) == {("d0", "b"), ("d1", "a")}
    assert total.measures is not None
    assert total.measures.worst == total.measures.worst_before == total.measures.worst_bound == 0.5
    table = scores({"d0": [0.9, 0.5], "d1": [0.5, 0.2]})
    fair = msgspec.structs.replace(best, scores=table, limits=Limits(fairness=0.1))
    found = assign(fair).measures
    assert found is not None
    assert (found.worst_before, found.worst) == (pytest.approx(0.2), pytest.approx(0.5))
    assert found.worst_bound >= found.worst - 1e-9
    assert found.gap == pytest.approx(1 - 1.0 / 1.1)
    kept = msgspec.structs.replace(fair, limits=Limits(fairness=0.05))
    assert seats(kept) == {("d0", "a"), ("d1", "b")}


def test_a_dossier_that_wants_nobody_is_nobodys_worst() -> None:
    problem = Problem((Dossier("d0", want=0), Dossier("d1", want=1)), people(1), scores({"d1": [0.7]}))
    found = assign(problem).measures
    assert found is not None
    assert found.worst == pytest.approx(0.7)


@pytest.mark.parametrize(
    "problem",
    [
        Problem((Dossier("d0"), Dossier("d0")), ()),
        Problem((), (Appraiser("a"), Appraiser("a"))),
        Problem(one_each(1), people(1), (Suitability("d0", "a", 1), Suitability("d0", "a", 1))),
        Problem(one_each(1), people(1), (Suitability("d0", "z", 1),)),
        Problem(one_each(1), people(1), bars=(Bar("z", "a", "x", WHY),)),
        Problem(one_each(1), people(1), pins=(Pin("d0", "z"),)),
        Problem(one_each(1), people(1), (Suitability("d0", "a", float("nan")),)),
        Problem(one_each(1), people(1), (Suitability("d0", "a", 1.5),)),
        Problem((), (), limits=Limits(cap=0)),
    ],
)
def test_a_problem_that_contradicts_itself_is_refused(problem: Problem) -> None:
    with pytest.raises(BadProblem) as refused:
        assign(problem)
    assert refused.value.text.vi != refused.value.text.en


HALVES = Problem(
    (Dossier("d0", want=2, aspects=("x", "y", "z")),),
    (
        Appraiser("a", "j", ("x", "y")),
        Appraiser("b", "i"),
        Appraiser("c", "i", ("x", "z")),
        Appraiser("d", "j", ("x", "z")),
        Appraiser("e", "i", ("y", "z")),
    ),
    scores({"d0": [0.7, 0.9, 0.3, 0.7, 0.3]}),
    limits=Limits(per_institution=1, fairness=None),
)
"""The best point is made of halves of a and d, who may not sit together."""


def test_where_the_best_point_is_made_of_halves_the_plan_is_whole_and_its_gap_stated() -> None:
    found = assign(HALVES)
    assert {seat.appraiser for seat in found.seats} <= {"a", "c", "d", "e"}
    assert found.measures is not None
    assert found.measures.total == pytest.approx(1.0)
    assert found.measures.bound == pytest.approx(1.3)
    assert found.measures.gap == pytest.approx(1 - 1.0 / 1.3)


def test_a_search_that_ends_without_any_plan_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ended:
        x = None
        status = 1

    monkeypatch.setattr(solve, "milp", lambda *_, **__: Ended())
    with pytest.raises(Unsolved):
        assign(HALVES)


def test_when_only_halves_would_do_the_rules_to_loosen_are_named() -> None:
    problem = Problem(
        (
            Dossier("d0", aspects=("x", "y")),
            Dossier("d1", aspects=("x", "y")),
            Dossier("d2", aspects=("x", "z")),
        ),
        (
            Appraiser("a", "i", ("x", "y", "z"), most=2),
            Appraiser("b", "i", most=2),
            Appraiser("c", "", ("y",), most=1),
            Appraiser("d", "", ("x",), most=2),
            Appraiser("e", "i", most=2),
        ),
        limits=Limits(per_institution=1),
    )
    found = assign(problem)
    assert not found.is_feasible
    assert found.blocks == found.relaxation != ()
    assert assign(relax(problem, found.relaxation)).is_feasible
