import pytest

from matching import Need, Offer, SkillGraph, SkillLevel, SubNeed, coverage_matrix, uncovered
from matching.corpus import Corpus
from matching.coverage import Coverage
from matching.reading import read_need


@pytest.fixture(scope="module")
def partners() -> list[Offer]:
    return [
        Offer(id="a", skills=(SkillLevel("euv-lithography", 5),)),
        Offer(id="b", skills=(SkillLevel("photolithography", 3), SkillLevel("hvdc", 1))),
        Offer(id="c"),
    ]


@pytest.fixture(scope="module")
def wanted() -> Need:
    return Need(
        id="n", skills=(SubNeed("biogas"), SubNeed("photolithography", 2), SubNeed("hvdc", 4, required=False))
    )


def test_the_matrix_holds_reach_times_strength(wanted: Need, partners: list[Offer], graph: SkillGraph):
    matrix = coverage_matrix(wanted, partners, graph)
    assert matrix.skills == ("biogas", "photolithography", "hvdc")
    assert matrix.importances == (1, 2, 2)
    assert matrix.offers == ("a", "b", "c")
    assert [[round(v, 4) for v in row] for row in matrix.values] == [[0, 0, 0], [0.8, 0.6, 0], [0, 0.2, 0]]


def test_uncovered_are_the_skills_nobody_covers_well_the_most_important_first(
    wanted: Need, partners: list[Offer], graph: SkillGraph
):
    assert uncovered(wanted, partners, graph) == ("hvdc", "biogas")


def test_everything_is_uncovered_without_partners(wanted: Need):
    assert uncovered(wanted, []) == ("photolithography", "hvdc", "biogas")


def test_a_need_without_skills_leaves_nothing_open(partners: list[Offer], graph: SkillGraph):
    assert coverage_matrix(Need(id="n", text="hello"), partners, graph).values == ()
    assert uncovered(Need(id="n", text="hello"), partners, graph) == ()


def test_one_offer_is_covered_as_it_is_among_all(wanted: Need, partners: list[Offer], graph: SkillGraph):
    coverage = Coverage(Corpus.read([*partners, Offer(id="empty")], graph), graph)
    for need in (wanted, Need(id="n", text="hello")):
        query = read_need(need, graph)
        for row in range(4):
            covered, each = coverage.of_offer(query, row)
            assert covered == coverage.of_query(query)[row]
            assert each.tolist() == [coverage.of_skill(sub.key)[row] for sub in query.skills]
