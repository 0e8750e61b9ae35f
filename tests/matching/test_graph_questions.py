import pytest

from matching import Skill, SkillGraph
from matching.skill_graph.questions import betweenness, bridges, centrality, communities, crossings
from matching.text import Text


def skill(key: str, **edges: tuple[str, ...]) -> Skill:
    return Skill(key=key, vi=f"vi {key}", en=f"en {key}", scope=Text("a", "b"), **edges)


@pytest.fixture
def two_rings() -> SkillGraph:
    """Two triangles, a-b-c below a and x-y-z below x, tied by c—x alone; w hangs on z."""
    return SkillGraph(
        [
            skill("a"),
            skill("b", broader=("a",)),
            skill("c", broader=("a",), related=("b", "x")),
            skill("x"),
            skill("y", broader=("x",)),
            skill("z", broader=("x",), related=("y",)),
            skill("w", used_in=("z",)),
        ]
    )


def test_communities_are_the_closely_tied_largest_first(two_rings: SkillGraph):
    assert communities(two_rings) == [("w", "x", "y", "z"), ("a", "b", "c")]


def test_a_greater_resolution_gives_more_communities(graph: SkillGraph):
    coarse, fine = communities(graph, 0.5), communities(graph, 3)
    assert len(coarse) < len(fine)
    assert sorted(key for group in fine for key in group) == list(graph.keys)
    assert fine == communities(graph, 3)


def test_a_bridge_holds_two_parts_together(two_rings: SkillGraph):
    assert bridges(two_rings) == [("c", "x")]


def test_crossings_lead_from_branch_to_branch(two_rings: SkillGraph):
    assert crossings(two_rings) == [("c", "x"), ("w", "z")]


def test_the_curated_graph_has_no_bridge_and_many_crossings(graph: SkillGraph):
    assert bridges(graph) == []
    assert ("power-electronics", "semiconductor-technology") in crossings(graph)


def test_central_skills_have_many_strong_ties(two_rings: SkillGraph):
    ranks = centrality(two_rings, most=7)
    assert ranks[0][0] == "x"
    assert sum(rank for _, rank in ranks) == pytest.approx(1)
    assert centrality(two_rings, most=2) == ranks[:2]


def test_betweenness_is_the_share_of_shortest_ways(two_rings: SkillGraph):
    """Of the 15 pairs without x, the 9 from a, b, c to w, y, z all go through x."""
    assert betweenness(two_rings, most=1) == [("x", pytest.approx(9 / 15))]
