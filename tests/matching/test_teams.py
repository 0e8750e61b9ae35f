from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Matcher, Need, Offer, SkillGraph, SkillLevel, SubNeed
from matching.profiles import Limits, OfferEntry
from matching.teams import Block, Cover, Team, TeamRules, describe_team, form_teams
from matching.teams.exact import Program
from matching.teams.form import team_of
from matching.teams.greedy import greedy_team
from matching.teams.problem import Problem, Seats

LEVELS = [0.0, 0.0, 0.0, 0.2, 0.3, 0.4, 0.6, 0.75, 0.8, 1.0]
ENTRIES = st.tuples(
    st.sampled_from(["expert", "institute"]),
    st.sampled_from(["", "VN", "DE"]),
    st.sampled_from([(), ("vi",), ("en",), ("vi", "en")]),
    st.sampled_from([None, 1.0, 2.0, 5.0]),
)
RULES = st.builds(
    TeamRules,
    most=st.integers(1, 4),
    institute_in=st.sampled_from(["", "VN"]),
    speaks=st.sampled_from([(), ("vi",), ("vi", "en")]),
    budget=st.sampled_from([None, 3.0, 7.0]),
    least=st.sampled_from([0.0, 0.0, 0.5, 0.9]),
    include=st.sampled_from([(), (), ("o2",)]),
)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    size, skills = draw(st.integers(0, 7)), draw(st.integers(1, 4))
    entries = [
        OfferEntry(f"o{i}", kind, country=country, languages=languages, cost=cost)  # type: ignore[arg-type]
        for i in range(size)
        for kind, country, languages, cost in [draw(ENTRIES)]
    ]
    rows = st.lists(st.sampled_from(LEVELS), min_size=skills, max_size=skills)
    values = np.array([draw(rows) for _ in range(size)]).reshape(size, skills)
    weights = draw(st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=skills, max_size=skills))
    return Problem(entries, values, weights, draw(RULES))


def all_teams(problem: Problem) -> list[Seats]:
    rows = range(len(problem.entries))
    return list(chain.from_iterable(combinations(rows, k) for k in range(problem.rules.most + 1)))


def keeps_the_rules(problem: Problem, team: Seats) -> bool:
    """Said anew, from the entries alone."""
    rules, members = problem.rules, [problem.entries[row] for row in team]
    share = sum(
        weight * max((problem.values[row, skill] for row in team), default=0)
        for skill, weight in enumerate(problem.weights)
    )
    return (
        len(members) <= rules.most
        and (rules.budget is None or sum(m.cost or 0 for m in members) <= rules.budget)
        and (not rules.institute_in or any(m.kind == "institute" and m.country == "VN" for m in members))
        and all(any(language in m.languages for m in members) for language in rules.speaks)
        and all(any(m.id == key for m in members) for key in rules.include)
        and share >= rules.least - 1e-9
    )


@settings(max_examples=120, deadline=None)
@given(problems())
def test_the_optimum_is_that_of_all_teams_and_greedy_comes_near(problem: Problem):
    allowed = [team for team in all_teams(problem) if keeps_the_rules(problem, team)]
    solved, greedy = Program(problem).solve(10), greedy_team(problem)
    if not allowed:
        assert (solved.team, solved.is_infeasible, greedy) == (None, True, None)
        return
    best = max(problem.value(team) for team in allowed)
    assert solved.team is not None
    assert keeps_the_rules(problem, solved.team)
    assert problem.value(solved.team) == pytest.approx(best, abs=1e-7)
    assert solved.bound == pytest.approx(best, abs=1e-6)
    if greedy is not None:
        assert keeps_the_rules(problem, greedy)
        assert problem.value(greedy) <= best + 1e-9
        assert problem.share(greedy) >= 0.95 * problem.share(solved.team) - 1e-9


@settings(max_examples=60, deadline=None)
@given(problems())
def test_alternatives_are_the_next_best_teams(problem: Problem):
    program = Program(problem)
    found: list[Seats] = []
    while len(found) < 3 and (team := program.solve(10, found).team) is not None:
        found.append(team)
    left = [team for team in all_teams(problem) if keeps_the_rules(problem, team)]
    for team in found:
        assert problem.value(team) == pytest.approx(max(map(problem.value, left)), abs=1e-7)
        left = [other for other in left if not set(team) <= set(other)]
    assert len(found) == 3 or not left


@settings(max_examples=60, deadline=None)
@given(problems())
def test_a_team_is_told_as_it_is(problem: Problem):
    team = Program(problem).solve(10).team or ()
    keys = tuple(f"k{i}" for i in range(len(problem.weights)))
    told = team_of(problem, team, keys)
    covers = {cover.skill: cover.covered for member in told.members for cover in member.covers}
    assert covers == {
        key: problem.values[list(team), at].max()
        for at, key in enumerate(keys)
        if problem.values[list(team), at].any()
    }
    assert set(told.uncovered) == set(keys) - set(covers)
    assert told.coverage == pytest.approx(
        sum(weight * covers.get(key, 0) for key, weight in zip(keys, problem.weights, strict=True))
    )
    for member in told.members:
        rest = tuple(row for row in team if problem.entries[row].id != member.offer)
        assert member.adds == pytest.approx(told.coverage - problem.share(rest))


def test_equals_are_kept_only_as_far_as_alternatives_need_them_the_cheapest_first():
    entries = [OfferEntry(f"o{i}", cost=float(9 - i)) for i in range(9)]
    problem = Problem(entries, np.full((9, 1), 0.5), [1], TeamRules(), equals=2)
    assert [entry.id for entry in problem.entries] == ["o7", "o8"]


def test_what_is_below_a_third_counts_as_nothing():
    problem = Problem([OfferEntry("a"), OfferEntry("b")], np.array([[0.29], [0.3]]), [1], TeamRules())
    assert [entry.id for entry in problem.entries] == ["b"]


SKILLS = ("plasma-etching", "sic-devices", "hvdc")
NEED = Need(id="n", skills=tuple(SubNeed(key, 1) for key in SKILLS))


def person(key: str, *skills: int, **facts: object) -> Offer:
    return Offer(id=key, skills=tuple(SkillLevel(SKILLS[at], 5) for at in skills), **facts)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def matcher(graph: SkillGraph) -> Matcher:
    return Matcher.fit(
        [
            person("both", 0, 1, cost=9, languages=("en",)),
            person("etch", 0, cost=1, languages=("vi",)),
            person("sic", 1, cost=2, kind="institute", country="VN"),
            person("grid", 2, cost=4),
            person("free", 2),
        ],
        graph,
    )


def ids(team: Team) -> list[str]:
    return [member.offer for member in team.members]


def test_the_smallest_team_that_covers_everything_and_two_more(matcher: Matcher):
    seen: list[tuple[int, int]] = []
    answer = form_teams(matcher, NEED, progress=lambda done, total: seen.append((done, total)))
    assert {tuple(ids(team)) for team in answer.teams[:2]} == {("both", "free"), ("both", "grid")}
    assert [len(team.members) for team in answer.teams] == [2, 2, 3]
    first = answer.teams[0]
    assert (first.coverage, first.value, first.uncovered) == (pytest.approx(1), pytest.approx(0.96), ())
    assert [member.covers for member in first.members] == [
        (Cover("plasma-etching", 1), Cover("sic-devices", 1)),
        (Cover("hvdc", 1),),
    ]
    costs = {ids(team)[1]: team.cost for team in answer.teams[:2]}
    assert costs == {"free": None, "grid": 13}
    assert (answer.gap, answer.greedy_gap, answer.blocked) == (0, 0, ())
    assert answer.bound == pytest.approx(0.96)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert form_teams(matcher, NEED) == answer


@pytest.mark.parametrize(
    ("rules", "members"),
    [
        (TeamRules(most=1), ["both"]),
        (TeamRules(budget=7), ["etch", "grid", "sic"]),
        (TeamRules(institute_in="VN", budget=11), ["etch", "grid", "sic"]),
        (TeamRules(speaks=("vi", "en"), most=2), ["both", "etch"]),
        (TeamRules(include=("sic",), most=2), ["free", "sic"]),
    ],
)
def test_rules_shape_the_team(matcher: Matcher, rules: TeamRules, members: list[str]):
    assert ids(form_teams(matcher, NEED, rules, alternatives=1).teams[0]) == members


@pytest.mark.parametrize(
    ("rules", "blocked"),
    [
        (TeamRules(most=1, least=1), [Block(("most",), 2), Block(("least",), pytest.approx(2 / 3))]),
        (TeamRules(budget=5, least=1), [Block(("budget",), 7), Block(("least",), pytest.approx(2 / 3))]),
        (TeamRules(speaks=("ja",)), [Block(("speaks",))]),
        (TeamRules(speaks=("ja",), include=("nobody",)), [Block(("speaks", "include"))]),
        (TeamRules(institute_in="JP"), [Block(("institute_in",))]),
    ],
)
def test_where_no_team_keeps_the_rules_the_ways_out_are_named(
    matcher: Matcher, rules: TeamRules, blocked: list[Block]
):
    answer = form_teams(matcher, NEED, rules)
    assert (list(answer.blocked), answer.teams, answer.greedy) == (blocked, (), None)


def test_limits_hold_for_members(matcher: Matcher):
    asked = Need(id="n", skills=NEED.skills, limits=Limits(kinds=("expert",)))
    assert ids(form_teams(matcher, asked, TeamRules(most=9), among=["etch", "sic", "grid"]).teams[0]) == [
        "etch",
        "grid",
    ]
    assert ids(form_teams(matcher, NEED, conflicts={"both": (), "free": ()}).teams[0]) == [
        "etch",
        "grid",
        "sic",
    ]


def test_nobody_covers_what_nobody_covers(matcher: Matcher):
    for need in (Need(id="n", skills=(SubNeed("biogas"),)), Need(id="n", text="zzz")):
        answer = form_teams(matcher, need)
        assert (answer.teams, answer.blocked, answer.gap, answer.candidates) == ((), (), 0, 0)


def test_no_time_leaves_the_greedy_team_and_an_honest_gap(matcher: Matcher):
    answer = form_teams(matcher, NEED, seconds=0)
    value = answer.teams[0].value
    assert len(answer.teams[0].members) == 2
    assert value <= answer.bound <= 1
    assert answer.gap == answer.greedy_gap == pytest.approx(1 - value / answer.bound)


def test_teams_and_ways_out_are_said_in_both_languages(matcher: Matcher, graph: SkillGraph):
    need = Need(id="n", skills=(*NEED.skills, SubNeed("biogas", 1)))
    team = form_teams(matcher, need, TeamRules(include=("sic",), most=2), among=["sic", "both"]).teams[0]
    assert team.say(graph, "vi") == [
        "both: Ăn mòn plasma 100%, Linh kiện SiC 100%",
        "sic: –",
        "Đáp ứng 50% nhu cầu.",
        "Chưa ai đáp ứng: Truyền tải một chiều cao áp, Khí sinh học.",
    ]
    assert team.say(graph, "en")[2:] == [
        "Covers 50% of the need.",
        "Nobody covers: HVDC transmission, Biogas.",
    ]
    whole = form_teams(matcher, NEED, alternatives=1, among=["both", "free"]).teams[0]
    assert whole.say(graph, "en") == [
        "both: Plasma etching 100%, Silicon carbide devices 100%",
        "free: HVDC transmission 100%",
        "Covers 100% of the need.",
    ]
    assert Block(("most",), 2).say("en") == "Relax the greatest number of members to 2."
    assert Block(("least",), 2 / 3).say("vi") == "Hãy nới phần nhu cầu phải đáp ứng tới 67%."
    assert (
        Block(("speaks", "include")).say("en")
        == "Drop: the languages of the team and those who must be in it."
    )


def test_a_chosen_team_is_told_even_where_somebody_adds_nothing(matcher: Matcher):
    told = describe_team(matcher, NEED, ["grid", "free", "etch", "nobody"])
    assert ids(told) == ["etch", "free", "grid"]
    assert [member.adds for member in told.members] == [pytest.approx(1 / 3), 0, 0]
    assert (told.coverage, told.uncovered) == (pytest.approx(2 / 3), ("sic-devices",))
    assert describe_team(matcher, NEED, []).members == ()
