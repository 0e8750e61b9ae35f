import pytest
from msgspec.structs import replace

from matching import Evidence, Matcher, Need, Offer, SkillGraph, SkillLevel, SubNeed, explain
from matching.errors import UnknownOffer, UnknownSkill
from matching.profiles import Limits
from matching.what_if import Change, changed, narrowed
from matching.why_not import WhyNot, why_not
from tests.matching.reread import reread
from tests.matching.test_semantic import Letters


@pytest.fixture(scope="module")
def crowd(graph: SkillGraph, layers: tuple[Evidence, ...]) -> list[Offer]:
    """Twelve people with ten papers each: enough for topics; the third declares a skill."""
    people = [Offer(id=f"o{i:02}", evidence=layers[10 * i : 10 * i + 10]) for i in range(12)]
    people[2] = replace(people[2], skills=(SkillLevel("biogas", 4), SkillLevel("plasma-etching", 1)))
    return people


@pytest.fixture(scope="module")
def matcher(crowd: list[Offer], graph: SkillGraph) -> Matcher:
    fitted = Matcher.fit(crowd, graph)
    assert fitted.topics.is_fitted
    return fitted


@pytest.fixture(scope="module")
def small(offers: tuple[Offer, ...], graph: SkillGraph) -> Matcher:
    return Matcher.fit(offers, graph)


SKILLED = Need(
    id="n",
    text="etching of layer3 in subject ax",
    skills=(SubNeed("etching", 2), SubNeed("plasma-etching"), SubNeed("hvdc")),
)


def test_one_offer_alone_scores_as_among_all(matcher: Matcher, crowd: list[Offer]):
    for match in matcher.match(SKILLED, 0):
        assert narrowed(matcher, match.offer).score(SKILLED, match.offer) == pytest.approx(
            match.score, abs=1e-7
        )


def test_one_offer_alone_is_as_close_in_meaning(offers: tuple[Offer, ...], graph: SkillGraph):
    matcher = Matcher.fit(offers, graph, encoder=Letters())
    found = matcher.match(SKILLED, 0)
    assert len(found) >= 3
    for match in found:
        alone = narrowed(matcher, match.offer)
        assert alone.signals == matcher.signals
        assert alone.score(SKILLED, match.offer) == pytest.approx(match.score, abs=1e-7)


@pytest.mark.parametrize(
    ("who", "change", "skills", "evidence"),
    [
        ("o01", Change("hvdc", "skill"), (SkillLevel("hvdc", 3),), ()),
        ("o02", Change("hvdc", "skill"), (SkillLevel("hvdc", 3),), ()),
        ("o02", Change("plasma-etching", "skill"), (SkillLevel("plasma-etching", 3),), ()),
        ("o02", Change("hvdc", "evidence"), (), ("Truyền tải một chiều cao áp (HVDC transmission)",)),
        ("o01", Change("hvdc", "evidence"), (), ("Truyền tải một chiều cao áp (HVDC transmission)",)),
    ],
)
def test_a_changed_offer_scores_what_it_scores_when_read_anew(
    matcher: Matcher,
    crowd: list[Offer],
    who: str,
    change: Change,
    skills: tuple[SkillLevel, ...],
    evidence: tuple[str, ...],
):
    at = int(who[1:])
    kept = tuple(skill for skill in crowd[at].skills if skill.key != change.skill)
    items = tuple(Evidence(id="new", title=title) for title in evidence)
    # items without a year keep their order: a new one comes first
    after = replace(crowd[at], skills=(*kept, *skills), evidence=(*items, *crowd[at].evidence))
    people = [*crowd[:at], after, *crowd[at + 1 :]]
    expected = reread(matcher, people).score(SKILLED, who)
    assert changed(matcher, who, change).score(SKILLED, who) == pytest.approx(expected, abs=1e-6)
    assert expected != matcher.score(SKILLED, who)


def test_new_evidence_is_the_latest(small: Matcher):
    items = changed(small, "etcher", Change("hvdc", "evidence")).corpus.items
    assert [(item.id, item.year) for item in items] == [("if:hvdc", 2024), ("p1", 2024), ("p2", 2021)]


def test_a_change_needs_a_skill_of_the_graph(small: Matcher):
    for kind in ("skill", "evidence"):
        with pytest.raises(UnknownSkill):
            changed(small, "etcher", Change("magic", kind))  # type: ignore[arg-type]


def test_somebody_behind_is_told_the_rank_and_what_is_less(small: Matcher, need: Need):
    first, second, *_ = small.match(need, 0)
    found = why_not(small, need, second.offer, k=1)
    assert (found.rank, found.last, found.excluded) == (2, first.offer, ())
    assert found.score == pytest.approx(second.score, abs=1e-7)
    assert found.needed == pytest.approx(first.score, abs=1e-7)
    sums = {
        signal: [
            sum(p.value for p in explain(small, need, who).contributions if p.signal == signal)
            for who in (second.offer, first.offer)
        ]
        for signal in small.signals
    }
    assert {gap.signal: [gap.own, gap.other] for gap in found.lower} == {
        signal: values for signal, values in sums.items() if values[0] < values[1]
    }
    assert found.lower


def test_the_change_that_suffices_brings_it_in_when_everything_is_read_anew(
    small: Matcher, offers: tuple[Offer, ...], need: Need
):
    found = why_not(small, need, "teacher", k=1)
    assert (found.change, found.would_rank, found.is_enough) == (Change("sic-devices", "skill"), 1, True)
    taught = replace(offers[2], skills=(*offers[2].skills, SkillLevel("sic-devices", 3)))
    after = reread(small, [offers[0], offers[1], taught, offers[3]])
    assert [match.offer for match in after.match(need, 1)] == ["teacher"]
    assert after.score(need, "teacher") == pytest.approx(found.would_score, abs=1e-6)


def test_a_change_that_helps_without_sufficing_is_said_as_such(graph: SkillGraph):
    papers = tuple(Evidence(id=f"{i}", title="Plasma etching HVDC") for i in range(5))
    novice = Offer(id="novice", evidence=(Evidence(id="b", title="Boats"),))
    matcher = Matcher.fit([Offer(id="master", evidence=papers), novice], graph)
    need = Need(id="n", skills=(SubNeed("plasma-etching"), SubNeed("hvdc")))
    found = why_not(matcher, need, "novice", k=1)
    assert (found.rank, found.would_rank, found.is_enough) == (None, 2, False)
    assert found.would_score is not None
    assert found.would_score > 0
    assert found.say(graph, "en")[0] == "Nothing in common with the need."
    assert found.say(graph, "en")[-1].endswith("rank 2: still not enough, and no single change is.")


def test_where_the_need_names_no_skill_no_change_is_named(small: Matcher, graph: SkillGraph):
    found = why_not(small, Need(id="n", text="sintering of dies"), "sailor", k=1)
    assert (found.rank, found.last, found.change, found.is_enough) == (None, "etcher", None, False)
    assert found.say(graph, "en")[-1] == "No single change would help."


def test_an_excluded_offer_is_told_its_limit_and_no_change(small: Matcher, need: Need, graph: SkillGraph):
    asked = replace(need, limits=Limits(kinds=("expert",)))
    found = why_not(small, asked, "sailor", k=1)
    (check,) = found.excluded
    assert (check.rule, check.asked, check.has) == ("kind", ("expert",), ("institute",))
    assert (found.rank, found.change, found.is_among) == (3, None, False)
    assert found.say(graph, "vi") == [check.say("vi")]


def test_those_left_out_do_not_count_as_rivals(small: Matcher, need: Need):
    asked = replace(need, limits=Limits(kinds=("institute",)))
    assert why_not(small, asked, "sailor", k=1).is_among
    assert why_not(small, need, "sailor", k=1, among=["sailor"]).rank == 1
    behind = why_not(small, need, "sailor", k=1, conflicts={"etcher": ()})
    assert (behind.rank, behind.last) == (2, "teacher")


def test_somebody_among_the_first_is_told_so(small: Matcher, need: Need, graph: SkillGraph):
    found = why_not(small, need, "etcher", k=2)
    assert (found.rank, found.is_among, found.change) == (1, True, None)
    assert found.say(graph, "vi") == [
        f"Đứng thứ 1 với {found.score:.3f} điểm; để vào 2 người đầu cần hơn {found.needed:.3f}."
    ]


def test_alone_there_is_nobody_to_compare_with(small: Matcher, need: Need):
    found = why_not(small, need, "newcomer", k=3, among=["newcomer"])
    assert (found.rank, found.last, found.needed, found.lower) == (None, None, 0, ())
    assert found.would_rank == 1


def test_the_reasons_are_said_in_both_languages(small: Matcher, need: Need, graph: SkillGraph):
    found = why_not(small, need, "sailor", k=1)
    assert isinstance(found, WhyNot)
    said = found.say(graph, "vi")
    assert said[0] == "Đứng thứ 3 với 0.001 điểm; để vào 1 người đầu cần hơn 0.356."
    assert said[1].startswith("Thấp hơn ở từ ngữ: 0.000 so với ")
    assert said[-1].startswith("Nếu có minh chứng về “Ăn mòn plasma”, điểm sẽ là ")
    assert said[-1].endswith(", đứng thứ 1.")
    assert [line[:10] for line in found.say(graph, "en")] == [
        "Rank 3 wit",
        "Less for w",
        "Less for s",
        "If they ha",
    ]


def test_an_unknown_offer_is_named(small: Matcher, need: Need):
    with pytest.raises(UnknownOffer):
        why_not(small, need, "nobody")
