"""Whether two records are one person."""

from collections import Counter
from itertools import combinations, permutations
from pathlib import Path

import msgspec
import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.identity import (
    OUTCOMES,
    SIGNS,
    Comparison,
    Identities,
    PersonRecord,
    compare,
    email_key,
    is_identified,
    is_shared_mailbox,
    orcid_key,
    resolve,
)

JUDGED = Path(__file__).parent / "data" / "identity.jsonl"
CARBERRY = "0000-0002-1825-0097"  # the example in ORCID's documentation
OTHER = "0001-0000-0000-0518"


class Judged(msgspec.Struct, frozen=True):
    a: dict[str, object]
    b: dict[str, object]
    truth: str
    why: str


def outcome(a: PersonRecord, b: PersonRecord) -> str:
    assert compare(a, b) == compare(b, a)
    return compare(a, b).outcome


def record(id_: str = "b", **fields: object) -> PersonRecord:
    return msgspec.convert({"id": id_, **fields}, PersonRecord)


def test_the_judged_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [msgspec.json.decode(line, type=Judged) for line in JUDGED.read_bytes().splitlines()]
    found = Counter((r.truth, outcome(record("a", **r.a), record("b", **r.b))) for r in rows)
    assert len(rows) >= 150
    figures = {}
    for kind in OUTCOMES:
        said = sum(n for (_, answer), n in found.items() if answer == kind)
        true = sum(n for (truth, _), n in found.items() if truth == kind)
        figures[kind] = found[kind, kind] / said, found[kind, kind] / true
    with capsys.disabled():
        for kind, (precision, recall) in figures.items():
            print(f"\nidentity {kind:<10} precision {precision:.3f} recall {recall:.3f}", end="")
    assert figures["same"][0] == 1
    assert figures["same"][1] >= 0.9
    assert figures["different"][0] >= 0.88
    assert figures["different"][1] >= 0.97
    assert found["same", "different"] == found["different", "same"] == 0


def test_a_name_alone_is_never_proof() -> None:
    assert compare(record("a", name="Lê Thị Hoa"), record(name="Lê Thị Hoa")) == Comparison(
        "a", "b", "possible", ("name",)
    )


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ({"orcid": CARBERRY}, {"orcid": f"https://orcid.org/{CARBERRY}"}, ("same", "orcid", "no_name")),
        ({"orcid": CARBERRY}, {"orcid": OTHER}, ("different", "orcid_differs", "no_name")),
        ({"orcid": "0000-0002-1825-0098"}, {"orcid": CARBERRY}, ("possible", "bad_orcid", "no_name")),
        ({"orcid": CARBERRY}, {"orcid": "none"}, ("possible", "bad_orcid", "no_name")),
        ({"emails": ["A@x.vn "]}, {"emails": ["a@x.vn"]}, ("same", "email", "no_name")),
        ({"emails": ["a+1@x.vn"]}, {"emails": ["a@x.vn"]}, ("possible", "no_name")),
        ({"emails": ["info@x.vn"]}, {"emails": ["INFO@x.vn"]}, ("possible", "shared_email", "no_name")),
        ({"emails": [""]}, {"emails": [""]}, ("possible", "no_name")),
        ({"born": "1980-02-01"}, {"born": "1980-02-01"}, ("possible", "born", "no_name")),
        ({"born": "1980"}, {"born": "1980-02-01"}, ("possible", "no_name")),
        ({"born": "1980"}, {"born": "1981-02-01"}, ("different", "born_differs", "no_name")),
        (
            {"organisations": ["Viện Á"]},
            {"organisations": ["vien a"]},
            ("possible", "no_name", "organisation"),
        ),
    ],
)
def test_signs_of_their_own(a: dict[str, object], b: dict[str, object], expected: tuple[str, ...]) -> None:
    found = compare(record("a", **a), record(**b))
    assert (found.outcome, *found.signs) == expected
    assert outcome(record("a", **a), record(**b)) == expected[0]


def test_contradicting_signs_are_for_a_person_to_settle() -> None:
    mail = {"emails": ["an@x.vn"]}
    assert outcome(record("a", orcid=CARBERRY, **mail), record(orcid=OTHER, **mail)) == "possible"
    assert outcome(record("a", name="Lê Văn Tuấn", **mail), record(name="Lê Văn Tuân", **mail)) == "possible"


def test_names_that_differ_in_marks_are_two_unless_something_binds_them() -> None:
    tuan, other = {"name": "Lê Văn Tuấn"}, {"name": "Lê Văn Tuân"}
    assert outcome(record("a", **tuan), record(**other)) == "different"
    place = {"organisations": ["x"]}
    assert outcome(record("a", **tuan, **place), record(**other, **place)) == "possible"


def test_orcid_check_signs() -> None:
    assert orcid_key(CARBERRY) == "0000000218250097"
    assert orcid_key("0000-0002-1694-233x") == "000000021694233X"
    assert orcid_key("0000-0002-1694-2339") == orcid_key("12") == ""


def test_email_keys() -> None:
    assert email_key(" An.Nguyen+x@X.vn ") == "an.nguyen+x@x.vn"
    assert is_shared_mailbox("VanPhong@x.vn")
    assert not is_shared_mailbox("an@x.vn")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": "An"}, True),
        ({"emails": ["an@x.vn"]}, True),
        ({"orcid": CARBERRY}, True),
        ({}, False),
        ({"name": "123", "emails": ["", "info@x.vn"], "orcid": "0000"}, False),
    ],
)
def test_who_has_neither_name_nor_mailbox_nor_orcid_is_not_identified(
    fields: dict[str, object], expected: bool
) -> None:
    assert is_identified(record(**fields)) is expected


def test_born_is_a_day_or_a_year() -> None:
    with pytest.raises(msgspec.ValidationError):
        record(born="1/2/1980")


def test_a_comparison_says_its_signs_in_both_languages() -> None:
    said = compare(record("a", name="Lê An", orcid=CARBERRY), record(orcid=CARBERRY)).say()
    assert said.vi == "Cùng một người: cùng mã ORCID; thiếu họ tên để so sánh."
    assert said.en == "The same person: the same ORCID; no name to compare."
    assert all(text.vi and text.en for text in (*SIGNS.values(), *OUTCOMES.values()))


def test_clusters_join_over_several_records_and_possible_links_stay_outside() -> None:
    people = [
        record("1", name="Nguyễn Văn An", emails=["an@x.vn"]),
        record("2", name="An Nguyen", emails=["an@x.vn"], orcid=CARBERRY),
        record("3", name="N. V. An", orcid=CARBERRY),
        record("4", name="Nguyen Van An"),
        record("5", name="Trần Thị Bình"),
    ]
    found = resolve(people)
    assert found.clusters == (("1", "2", "3"), ("4",), ("5",))
    assert {(one.a, one.b) for one in found.same} == {("1", "2"), ("2", "3")}
    assert {(one.a, one.b) for one in found.possible} == {("1", "4"), ("2", "4"), ("3", "4")}
    assert found.contradictions == ()


def test_what_keeps_one_record_of_a_person_apart_keeps_all_apart() -> None:
    people = [
        record("1", name="Nguyễn Văn An", emails=["an@x.vn"], orcid=CARBERRY),
        record("2", name="N. An", emails=["an@x.vn"]),
        record("3", name="Nguyễn Văn An", orcid=OTHER),
    ]
    found = resolve(people)
    assert found.clusters == (("1", "2"), ("3",))
    assert found.possible == ()


def test_a_cluster_that_contradicts_itself_says_so_and_keeps_nobody_apart() -> None:
    people = [
        record("1", name="Nguyễn Văn An", emails=["an@x.vn"]),
        record("2", name="N. An", emails=["an@x.vn"], orcid=CARBERRY),
        record("3", name="Nguyễn Đức An", orcid=CARBERRY),
        record("4", name="Nguyễn Văn An"),
    ]
    found = resolve(people)
    assert found.clusters == (("1", "2", "3"), ("4",))
    assert [(one.a, one.b) for one in found.contradictions] == [("1", "3")]
    assert {(one.a, one.b) for one in found.possible} == {("1", "4"), ("2", "4")}


def test_two_records_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="share an id"):
        resolve([record("1"), record("1")])


def of_every_two(records: list[PersonRecord]) -> Identities:
    """What `resolve` says, from comparing every two records."""
    found = [compare(a, b) for a, b in combinations(sorted(records, key=lambda one: one.id), 2)]
    same = [one for one in found if one.outcome == "same"]
    graph = nx.Graph([(one.a, one.b) for one in same])
    graph.add_nodes_from(one.id for one in records)
    clusters = sorted(tuple(sorted(part)) for part in nx.connected_components(graph))
    number = {id_: i for i, cluster in enumerate(clusters) for id_ in cluster}
    different = [one for one in found if one.outcome == "different"]
    contradictions = [one for one in different if number[one.a] == number[one.b]]
    doubtful = {number[one.a] for one in contradictions}
    apart = {frozenset((number[one.a], number[one.b])) for one in different}
    possible = [
        one
        for one in found
        if one.outcome == "possible"
        and len(between := frozenset((number[one.a], number[one.b]))) == 2
        and (between not in apart or between & doubtful)
    ]
    return Identities(tuple(clusters), tuple(same), tuple(possible), tuple(contradictions))


WRITTEN = """Nguyễn Nguyen Ng. N. N Văn Van V. An Ân A. NVA Vanan VanAn nguyenvanan Trần Tr. Thị Lan L Hoà Hòa
Hoang Ho Ang Ly Lý Dr Minh""".split()  # noqa: SIM905


@st.composite
def people(draw: st.DrawFn) -> list[PersonRecord]:
    size = draw(st.integers(2, 25))
    pick = draw(st.randoms(use_true_random=False))
    return [
        record(
            str(at),
            name=" ".join(pick.choices(WRITTEN, k=pick.choice([0, 1, 2, 2, 3, 3, 3, 4, 5]))),
            emails=pick.sample(["a@x.vn", "b@x.vn", "c@x.vn", "info@x.vn", ""], pick.choice([0, 0, 1])),
            orcid=pick.choice(["", "", "", "0000", CARBERRY, OTHER]),
            organisations=pick.sample(["x", "y"], pick.choice([0, 1])),
            born=pick.choice(["", "", "", "1980", "1980-02-01", "1980-02-02", "1981"]),
        )
        for at in range(size)
    ]


@settings(max_examples=150, deadline=None)
@given(people())
def test_no_pair_is_missed_by_not_comparing_all(records: list[PersonRecord]) -> None:
    assert resolve(records) == of_every_two(records)


def test_records_that_share_nothing_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []

    def counted(a: PersonRecord, b: PersonRecord) -> Comparison:
        compared.append((a.id, b.id))
        return compare(a, b)

    monkeypatch.setattr("matching.identity.persons.compare", counted)
    others = [
        record(f"{i:03}", name=f"Trần Thị {'BCDGHKLMNPQRST'[i % 14]}{'aeiou'[i // 14 % 5]}n")
        for i in range(70)
    ]
    pair = [record("x", name="Lê Văn Tuấn"), record("y", name="Tuấn Lê")]
    assert resolve([*others, *pair]).possible == (compare(*pair),)
    assert compared == [("x", "y")]


RECORDS = st.builds(
    lambda name, mail, orcid: {"name": name, "emails": mail, "orcid": orcid},
    st.sampled_from(["", "Nguyễn Văn An", "N. An", "Trần An", "Nguyễn Đức An"]),
    st.sampled_from([[], ["a@x.vn"], ["b@x.vn"]]),
    st.sampled_from(["", CARBERRY, OTHER]),
)


@given(st.lists(RECORDS, max_size=4))
def test_the_order_of_the_records_changes_nothing_and_every_record_is_in_one_cluster(
    fields: list[dict[str, object]],
) -> None:
    people = [record(str(i), **one) for i, one in enumerate(fields)]
    found = resolve(people)
    assert sorted(id_ for cluster in found.clusters for id_ in cluster) == [one.id for one in people]
    for order in permutations(people):
        assert resolve(order) == found
    same = {pair for pair in combinations(people, 2) if compare(*pair).outcome == "same"}
    assert {(a.id, b.id) for a, b in same} == {(one.a, one.b) for one in found.same}
