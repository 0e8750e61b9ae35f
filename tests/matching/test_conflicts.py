"""Who is barred from a case, by which rule and through whom, as of a day."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.conflicts import (
    BadConflicts,
    ConflictGraph,
    ConflictRule,
    ConflictRules,
    Party,
    Tie,
    bars,
    say,
    say_tie,
)
from matching.identity import PersonRecord, resolve
from matching.text import Text

TODAY = date(2026, 11, 23)
PEOPLE = ("an", "binh", "chi", "dung")
ORGANISATIONS = ("app", "parent", "sister", "far", "hust")
PARTIES = [Party(one, "person") for one in PEOPLE] + [Party(one, "organisation") for one in ORGANISATIONS]


def graph(*ties: Tie) -> ConflictGraph:
    return ConflictGraph(PARTIES, ties)


def works(who: str, where: str, since: date | None = None, until: date | None = None) -> Tie:
    return Tie("employment", who, where, since, until, evidence="CV")


def holds(who: str, what: str, share: float | None) -> Tie:
    return Tie("shares", who, what, share=share)


def rules_of(found: ConflictGraph, who: str = "an", party: str = "app", on: date = TODAY) -> list[str]:
    conflicts = found.between(who, [party], on)
    assert all(one.certain for one in conflicts)
    return [one.rule for one in conflicts]


def test_nothing_known_of_identified_people_is_clear() -> None:
    assert graph().standing("an", ["app"], TODAY).status == "clear"


def test_employment_bars_until_the_cooling_off_is_over() -> None:
    left = graph(works("an", "app", date(2019, 1, 1), date(2023, 11, 23)))
    assert rules_of(left) == ["employment"]
    assert rules_of(left, on=TODAY + timedelta(1)) == []
    assert rules_of(left, on=date(2018, 12, 31)) == []
    assert rules_of(left, on=date(2019, 1, 1)) == ["employment"]


def test_an_unknown_end_is_running_and_an_unknown_start_always_was() -> None:
    assert rules_of(graph(works("an", "app"))) == ["employment"]
    assert rules_of(graph(works("an", "app", until=TODAY))) == ["employment"]


def test_a_leap_day_cools_off_to_the_first_of_march() -> None:
    left = graph(works("an", "app", until=date(2024, 2, 29)))
    assert rules_of(left, on=date(2027, 3, 1)) == ["employment"]
    assert rules_of(left, on=date(2027, 3, 2)) == []


def test_control_leads_up_down_and_sideways_from_a_quarter_on() -> None:
    assert rules_of(graph(works("an", "parent"), holds("parent", "app", 0.25))) == ["employment"]
    assert rules_of(graph(works("an", "sister"), holds("app", "sister", 0.25))) == ["employment"]
    sideways = [works("an", "sister"), holds("parent", "app", 0.6), holds("parent", "sister", 0.6)]
    assert rules_of(graph(*sideways)) == ["employment"]
    assert rules_of(graph(works("an", "parent"), holds("parent", "app", 0.24))) == []
    assert rules_of(graph(works("an", "parent"), holds("parent", "app", None))) == ["employment"]


def test_a_chain_of_companies_counts_up_to_its_depth() -> None:
    chain = [holds("far", "hust", 0.5), holds("hust", "parent", 0.5), holds("parent", "app", 0.5)]
    assert rules_of(graph(works("an", "far"), *chain)) == ["employment"]
    longer = [holds("sister", "far", 0.5), *chain]
    assert rules_of(graph(works("an", "sister"), *longer)) == []


def test_companies_that_parted_no_longer_lead_on() -> None:
    sold = Tie("shares", "parent", "app", share=0.5, until=TODAY - timedelta(1))
    assert rules_of(graph(works("an", "parent"), sold)) == []


def test_shares_bar_directly_at_any_size_and_through_companies() -> None:
    assert rules_of(graph(holds("an", "app", 0.001))) == ["shares"]
    assert rules_of(graph(holds("an", "parent", 0.001), holds("parent", "app", 0.3))) == ["shares"]


def test_the_other_relations() -> None:
    at_app = works("binh", "app")
    for relation, rule in [("coauthorship", "coauthorship"), ("family", "family")]:
        assert rules_of(graph(Tie(relation, "an", "binh"), at_app)) == [rule]
        assert rules_of(graph(Tie(relation, "binh", "an"), at_app)) == [rule]
    assert rules_of(graph(Tie("supervision", "an", "binh"), at_app)) == ["supervision"]
    assert rules_of(graph(Tie("supervision", "binh", "an"), at_app)) == ["supervision"]
    assert rules_of(graph(Tie("membership", "an", "app"))) == ["membership"]
    assert rules_of(graph(Tie("funding", "app", "an"))) == ["funding"]
    assert rules_of(graph(Tie("funding", "an", "app"))) == ["funding"]
    assert rules_of(graph(Tie("declared", "an", "app", date(2001, 1, 1), date(2001, 1, 2)))) == ["declared"]
    assert rules_of(graph(works("an", "hust"), works("binh", "hust")), party="binh") == ["colleague"]
    assert rules_of(graph(), party="an") == ["party"]


def test_two_who_worked_for_the_applicant_at_different_times_are_no_colleagues_of_it() -> None:
    assert rules_of(graph(works("an", "hust"), works("binh", "hust"), works("binh", "app"))) == []


def test_family_is_forever_and_reaches_what_relatives_own() -> None:
    once = Tie("family", "an", "binh", until=date(1990, 1, 1))
    assert rules_of(graph(once, holds("binh", "parent", 0.01), holds("parent", "app", 0.01))) == ["family"]


def test_a_tie_in_the_wrong_direction_leads_nowhere() -> None:
    assert rules_of(graph(works("app", "an"))) == []
    assert rules_of(graph(Tie("coauthorship", "an", "binh"), works("app", "binh"))) == []


def test_the_shortest_path_is_told_with_its_ties() -> None:
    direct, parent, owned = works("an", "app"), works("an", "parent"), holds("parent", "app", 0.5)
    found = graph(parent, owned, direct).between("an", ["app"], TODAY)
    assert [(one.rule, one.party, one.path) for one in found] == [("employment", "app", (direct,))]
    found = graph(parent, owned).between("an", ["app"], TODAY)
    assert [one.path for one in found] == [(parent, owned)]


def test_nobody_unknown_is_clear() -> None:
    known = graph()
    for who, parties in [("nobody", ["app"]), ("an", ["unknown"]), ("an", [])]:
        standing = known.standing(who, parties, TODAY)
        assert standing.status == "unknown"
        assert [one.rule for one in standing.conflicts] == ["unidentified"]
    half = ConflictGraph([Party("an", "person", identified=False), Party("app", "organisation")])
    assert half.standing("an", ["app"], TODAY).status == "unknown"


def clearing(a: str, b: str, since: date = TODAY, until: date | None = None) -> Tie:
    return Tie("cleared", a, b, since, until, by="Lê Chi", reason="Đã gọi điện hỏi.")


def test_a_person_clears_whom_nobody_had_identified_from_a_day_on() -> None:
    people = [Party("an", "person", identified=False), Party("app", "organisation")]
    cleared = ConflictGraph(people, [clearing("app", "an", until=TODAY + timedelta(9))])
    assert cleared.standing("an", ["app"], TODAY - timedelta(1)).status == "unknown"
    standing = cleared.standing("an", ["app"], TODAY)
    assert (standing.status, [one.by for one in standing.clearings]) == ("clear", ["Lê Chi"])
    assert cleared.standing("an", ["app"], TODAY + timedelta(10)).status == "unknown"


def test_a_clearing_does_not_lift_what_is_certain() -> None:
    found = graph(works("an", "app"), clearing("an", "app"))
    assert found.standing("an", ["app"], TODAY).status == "conflict"


RECORDS = [
    PersonRecord("an", name="Nguyễn Văn An", emails=("an@x.vn",)),
    PersonRecord("author", name="An Nguyen Van", emails=("an@x.vn",)),
    PersonRecord("maybe", name="N. V. An"),
    PersonRecord("binh", name="Trần Thị Bình"),
]
KNOWN = [Party(one.id, "person") for one in RECORDS] + [Party("app", "organisation")]


def test_ties_of_another_record_of_the_same_person_count() -> None:
    found = ConflictGraph(KNOWN, [works("author", "app")], resolve(RECORDS)).between("an", ["app"], TODAY)
    assert [(one.rule, one.certain, one.path[0].evidence) for one in found] == [
        ("employment", True, "email name")
    ]


def test_ties_of_somebody_who_may_be_the_person_count_until_the_two_are_told_apart() -> None:
    identities = resolve(RECORDS)
    ties = [works("maybe", "app")]
    standing = ConflictGraph(KNOWN, ties, identities).standing("an", ["app"], TODAY)
    assert standing.status == "unknown"
    assert [(one.rule, one.certain) for one in standing.conflicts] == [("employment", False)]
    only_one = ConflictGraph(KNOWN, [*ties, clearing("an", "maybe")], identities)
    assert only_one.standing("an", ["app"], TODAY).status == "unknown"  # through the other record
    both = [*ties, clearing("an", "maybe"), clearing("maybe", "author")]
    assert ConflictGraph(KNOWN, both, identities).standing("an", ["app"], TODAY).status == "clear"


def test_a_person_can_say_that_two_records_are_one() -> None:
    said = Tie("same_person", "an", "binh", TODAY, by="Lê Chi", reason="Cùng hộ chiếu.")
    found = graph(said, works("binh", "app"))
    assert rules_of(found) == ["employment"]
    assert rules_of(found, on=TODAY - timedelta(1)) == []


def test_two_doubts_in_a_row_prove_nothing_but_doubts_apart_add_up() -> None:
    doubt = [Tie("possibly_same", "an", "binh"), Tie("possibly_same", "binh", "chi")]
    assert graph(*doubt, works("chi", "app")).between("an", ["app"], TODAY) == []
    apart = [
        Tie("possibly_same", "an", "binh"),
        Tie("family", "binh", "chi"),
        Tie("possibly_same", "chi", "dung"),
    ]
    found = graph(*apart, works("dung", "app")).between("an", ["app"], TODAY)
    assert [(one.rule, one.certain, len(one.path)) for one in found] == [("family", False, 4)]


def test_a_certain_path_is_told_before_a_shorter_doubtful_one() -> None:
    ties = [Tie("possibly_same", "an", "binh"), works("binh", "app")]
    sure = [works("an", "far"), holds("far", "parent", 0.5), holds("parent", "app", 0.5)]
    found = graph(*ties, *sure).between("an", ["app"], TODAY)
    assert [(one.certain, len(one.path)) for one in found] == [(True, 3)]


def test_who_contradicts_themselves_is_only_possibly_one_person() -> None:
    records = [
        PersonRecord("an", name="Nguyễn Văn An", emails=("an@x.vn",)),
        PersonRecord("author", name="N. An", emails=("an@x.vn",), orcid="0000-0002-1825-0097"),
        PersonRecord("binh", name="Nguyễn Đức An", orcid="0000-0002-1825-0097", emails=("b@x.vn", "c@x.vn")),
        PersonRecord("maybe", name="N. An", emails=("c@x.vn",)),
    ]
    identities = resolve(records)
    assert len(identities.contradictions) == 1
    found = ConflictGraph(KNOWN, [works("author", "app")], identities).between("an", ["app"], TODAY)
    assert [(one.rule, one.certain) for one in found] == [("employment", False)]


UNSIGNED = "a clearing lacks its day, person or reason"


@pytest.mark.parametrize(
    ("tie", "reason"),
    [
        (works("an", "nowhere"), "there is no nowhere"),
        (works("nobody", "app"), "there is no nobody"),
        (Tie("friendship", "an", "binh"), "there is no friendship"),
        (works("an", "app", TODAY, TODAY - timedelta(1)), "a tie ends before it starts"),
        (Tie("cleared", "an", "app", by="Chi", reason="x"), UNSIGNED),
        (Tie("cleared", "an", "app", TODAY, by=" ", reason="x"), UNSIGNED),
        (Tie("cleared", "an", "app", TODAY, by="Chi"), UNSIGNED),
    ],
)
def test_ties_that_cannot_be_are_refused(tie: Tie, reason: str) -> None:
    with pytest.raises(BadConflicts, match=reason) as refused:
        graph(tie)
    assert refused.value.text.vi != refused.value.text.en


def test_an_exclusion_explains_itself_in_both_languages() -> None:
    tie = Tie("employment", "an", "parent", date(2019, 1, 1), date(2025, 6, 2), evidence="CV")
    found = graph(tie, holds("parent", "app", 0.305))
    (conflict,) = found.between("an", ["app"], TODAY)
    names = {"an": "Nguyễn Văn An", "parent": "Tập đoàn P", "app": "Công ty A"}
    said = say(conflict, found.rules, names.__getitem__)
    assert said == Text(
        "Đang hoặc mới làm việc cho một bên hay cho công ty mẹ, công ty con của bên đó. Nguyễn Văn An"
        " làm việc tại Tập đoàn P (từ 01/01/2019; đến 02/06/2025; căn cứ: CV). Tập đoàn P có cổ phần,"
        " phần vốn góp tại Công ty A (30,5 %; chưa rõ ngày bắt đầu; chưa rõ ngày kết thúc;"
        " không có căn cứ kèm theo).",
        "Works or lately worked for a party or for a company it controls or is controlled by. Nguyễn Văn An"
        " works for Tập đoàn P (from 2019-01-01; until 2025-06-02; evidence: CV). Tập đoàn P holds shares of"
        " Công ty A (30.5 %; start not known; end not known; no evidence attached).",
    )


def test_doubts_and_clearings_say_what_they_rest_on() -> None:
    found = ConflictGraph(KNOWN, [works("maybe", "app")], resolve(RECORDS))
    (conflict,) = found.between("an", ["app"], TODAY)
    said = say(conflict, found.rules)
    assert "an may be the same person as maybe (names that may be one)." in said.en
    assert said.en.endswith("Not certain; it counts as a conflict until a person clears it.")
    assert say_tie(clearing("an", "app"), found.rules).en == (
        "an was cleared in regard to app (from 2026-11-23; end not known; Lê Chi confirms: Đã gọi điện hỏi.)."
    )
    by_hand = Tie("same_person", "an", "binh", TODAY, by="Chi", reason="x", evidence="passport")
    assert say_tie(by_hand, found.rules).en == (
        "an is the same person as binh (from 2026-11-23; end not known; Chi confirms: x; evidence: passport)."
    )
    assert say_tie(holds("an", "app", None), found.rules).en.startswith(
        "an holds shares of app (share not known;"
    )
    assert say(graph().between("x", ["app"], TODAY)[0], found.rules).en.startswith(
        "It is not known who this is."
    )


def test_bars_for_the_assignment() -> None:
    found = graph(works("an", "app"), Tie("membership", "an", "app"))
    barred = bars(found, {"d1": ["app"], "d2": ["hust"]}, ["an", "binh"], TODAY)
    assert [(one.dossier, one.appraiser, one.rule) for one in barred] == [
        ("d1", "an", "employment"),
        ("d1", "an", "membership"),
    ]
    assert "làm việc tại" in barred[0].why.vi


def test_every_rule_is_to_be_confirmed_and_speaks_both_languages() -> None:
    rules = ConflictRules.load()
    assert {one.source for one in rules.rules} == {"to confirm"}
    assert all(one.text.vi and one.text.en for one in (*rules.rules, *rules.relations))
    assert rules.text("family") != rules.text("unidentified")


RULE = b"[[rules]]\nkey='a'\nsource='x'\ntext={vi='a',en='a'}\n"


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (b"rules = 1", "rules.toml: Expected `array`"),
        (b"# \xff", "rules.toml: 'utf-8' codec"),
        (b"relations = []\n" + RULE + b"relation='none'", "there is no relation none"),
        (b"relations = []\n" + 2 * RULE, "two rules share a key"),
        (b"relations = []\n" + RULE.replace(b"'a'", b"'unidentified'", 1), "two rules share a key"),
    ],
)
def test_rules_that_cannot_be_are_refused(rules: bytes, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_bytes(rules)
    with pytest.raises(BadConflicts, match=reason):
        ConflictRules.load(file)


def test_a_rule_that_never_cools_off_ends_with_the_calendar() -> None:
    rule = ConflictRule("x", Text("x", "x"), "x", cooling_off_years=float("inf"))
    assert rule.cools_until(TODAY) == date.max


TIES = st.lists(
    st.builds(
        Tie,
        st.sampled_from(["employment", "shares", "family", "coauthorship", "possibly_same", "same_person"]),
        st.sampled_from([*PEOPLE, *ORGANISATIONS]),
        st.sampled_from([*PEOPLE, *ORGANISATIONS]),
        until=st.sampled_from([None, date(2020, 1, 1), date(2026, 1, 1)]),
        share=st.sampled_from([None, 0.1, 0.5]),
    ),
    max_size=8,
)


@given(TIES, st.randoms())
def test_the_order_of_ties_changes_nothing(ties: list[Tie], random: object) -> None:
    shuffled = list(ties)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert graph(*ties).between("an", ["app", "binh"], TODAY) == graph(*shuffled).between(
        "an", ["binh", "app"], TODAY
    )


@given(TIES, TIES)
def test_more_ties_never_lift_a_conflict_and_every_path_leads_from_the_person_to_the_party(
    ties: list[Tie], more: list[Tie]
) -> None:
    before = graph(*ties).between("an", ["app"], TODAY)
    after = {one.rule: one for one in graph(*ties, *more).between("an", ["app"], TODAY)}
    assert all(one.rule in after and after[one.rule].certain >= one.certain for one in before)
    for one in after.values():
        at = "an"
        for tie in one.path:
            assert at in (tie.source, tie.target)
            at = tie.target if at == tie.source else tie.source
        assert at == "app"
