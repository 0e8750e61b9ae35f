import tomllib
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

import matching
from matching import Neighbour, Skill, SkillGraph, extract
from matching.errors import UnknownSkill
from matching.skill_graph import problems
from matching.skill_graph.diffusion import LONGEST, MOST_ENTRIES, RESTART
from matching.skill_graph.graph import EDGE_STRENGTH, MOST_REACHED, SkillPath
from matching.text import Text


def skill(key: str, **edges: tuple[str, ...]) -> Skill:
    return Skill(key=key, vi=f"vi {key}", en=f"en {key}", scope=Text("a", "b"), **edges)


@pytest.fixture
def small() -> SkillGraph:
    """a is broader than b and c; b is related to d, which is used in e; f stands apart with g."""
    return SkillGraph(
        [
            skill("a"),
            skill("b", broader=("a",), related=("d",)),
            skill("c", broader=("a",)),
            skill("d", used_in=("e",)),
            skill("e"),
            skill("f", related=("g",)),
            skill("g"),
        ]
    )


def test_the_curated_graph_is_sound(graph: SkillGraph):
    assert problems(graph) == []


def test_the_curated_graph_is_large_and_even(graph: SkillGraph):
    chips = sum(graph.branch(key) == "semiconductor-technology" for key in graph.keys)
    assert len(graph) >= 600
    assert min(chips, len(graph) - chips) >= 300


def test_all_files_of_the_curated_graph_are_of_one_version(graph: SkillGraph):
    folder = Path(matching.skill_graph.__file__).with_name("data")
    versions = {tomllib.loads(file.read_text("utf-8"))["version"] for file in folder.glob("*.toml")}
    assert versions == {graph.version}


def test_every_skill_of_the_curated_graph_finds_itself_by_each_of_its_names(graph: SkillGraph):
    lost = [
        (s.key, name)
        for s in graph
        for name in s.names
        if s.key not in {hit.key for hit in extract(name, graph)}
    ]
    assert lost == []


def test_neighbours_run_both_ways(small: SkillGraph):
    assert small.neighbours("b") == [Neighbour("broader", "a"), Neighbour("related", "d")]
    assert small.neighbours("d") == [Neighbour("related", "b"), Neighbour("used_in", "e")]
    assert small.neighbours("e") == [Neighbour("uses", "d")]
    assert small.narrower("a") == ["b", "c"]


def test_roots_and_branch(small: SkillGraph):
    assert small.roots == ("a", "d", "e", "f", "g")
    assert small.branch("c") == "a"


def test_path_is_the_strongest_and_multiplies(small: SkillGraph):
    path = small.path("a", "d")
    assert path is not None
    assert path.steps == (Neighbour("narrower", "b"), Neighbour("related", "d"))
    assert path.strength == pytest.approx(EDGE_STRENGTH["narrower"] * EDGE_STRENGTH["related"])
    assert path.end == "d"
    assert path.say(small, "en") == "en a → includes → en b → is related to → en d"
    assert path.say(small, "vi") == "vi a → bao gồm → vi b → liên quan đến → vi d"


def test_several_paths_come_strongest_first(small: SkillGraph):
    wider = SkillGraph([*small, skill("h", broader=("a",), related=("d",), used_in=("e",))])
    found = wider.paths("a", "d", 9)
    strengths = [path.strength for path in found]
    assert strengths == sorted(strengths, reverse=True)
    best = wider.path("a", "d")
    assert best is not None
    assert best.strength == strengths[0]
    ways = [[step.key for step in path.steps] for path in found]
    assert sorted(ways) == [["b", "d"], ["h", "d"], ["h", "e", "d"]]
    assert wider.paths("a", "d", 2) == found[:2]
    assert wider.paths("a", "a") == [SkillPath("a", (), 1.0)]


def test_path_to_itself_is_empty_and_whole(small: SkillGraph):
    path = small.path("a", "a")
    assert path is not None
    assert (path.steps, path.strength, path.end) == ((), 1.0, "a")


def test_there_is_no_path_to_another_island(small: SkillGraph):
    assert small.path("a", "g") is None
    assert small.paths("a", "g") == []


def test_unknown_keys_are_named(small: SkillGraph):
    with pytest.raises(UnknownSkill) as caught:
        small.path("a", "nothing")
    assert "nothing" in caught.value.text.vi
    assert "nothing" not in small
    with pytest.raises(UnknownSkill):
        SkillGraph([skill("a", related=("b",))])


def test_a_key_is_used_once():
    with pytest.raises(ValueError, match="share a key"):
        SkillGraph([skill("a"), skill("a")])


def test_reach_is_the_strength_of_the_strongest_path(small: SkillGraph):
    reach = small.reach.toarray()
    for i, start in enumerate(small.keys):
        for j, end in enumerate(small.keys):
            path = small.path(start, end)
            strength = path.strength if path and path.strength >= 0.1 else 0
            assert reach[i, j] == pytest.approx(strength, abs=1e-6)


def test_reach_of_the_curated_graph_is_bounded(graph: SkillGraph):
    assert np.diff(graph.reach.indptr).max() <= MOST_REACHED
    assert graph.reach.max() == 1


def test_diffusion_is_truncated_pagerank(small: SkillGraph):
    """Against dense matrices, written out."""
    weight = {"broader": 0.3, "narrower": 0.7, "related": 1.0, "used_in": 0.3, "uses": 0.3}
    size = len(small)
    step = np.zeros((size, size))
    for key in small.keys:
        for neighbour in small.neighbours(key):
            step[small.index[key], small.index[neighbour.key]] += weight[neighbour.edge]
    step /= np.maximum(step.sum(axis=1, keepdims=True), 1e-12)
    expected = (1 - RESTART) * sum(RESTART**s * np.linalg.matrix_power(step, s) for s in range(LONGEST + 1))
    np.testing.assert_allclose(small.diffusion.toarray(), expected, atol=1e-6)


def test_diffusion_keeps_the_greatest_entries(graph: SkillGraph):
    rows = graph.diffusion
    assert np.diff(rows.indptr).max() == MOST_ENTRIES
    assert np.asarray(rows.sum(axis=1)).max() <= 1 + 1e-6
    assert np.array_equal(rows.toarray().argmax(axis=1), np.arange(len(graph)))


def test_a_graph_is_read_from_a_folder(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("not a skill")
    (tmp_path / "a.toml").write_text(
        'version = "7"\n[x]\nvi = "một"\nen = "one"\nscope = {vi = "a", en = "b"}\nrelated = ["y"]\n'
        '[y]\nvi = "hai"\nen = "two"\nscope = {vi = "a", en = "b"}\naliases = {vi = ["đôi"], en = []}\n',
        "utf-8",
    )
    graph = SkillGraph.load(tmp_path)
    assert (graph.version, graph.keys, graph["y"].names) == ("7", ("x", "y"), ("hai", "two", "đôi"))


def broken(**changes: object) -> Skill:
    fields: dict[str, object] = {
        "key": "a",
        "vi": "vi a",
        "en": "en a",
        "scope": Text("a", "b"),
        "related": ("z",),
    }
    return Skill(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("skills", "complaint"),
    [
        ([broken(key="Bad Key")], "Bad Key: a key is lower-case ASCII words joined by -"),
        ([broken(vi="")], "a: an empty or padded text"),
        ([broken(vi="e\u0302")], "a: a text is not in composed form (NFC)"),
        ([broken(en="Vi A")], "a: vi a is given twice"),
        ([broken(en="en z")], "en z: two skills have this en label"),
        ([broken(broader=("b",)), skill("b", broader=("a",))], "broader runs in a circle: a → b"),
        ([broken(related=("a", "z"))], "a: an edge to itself"),
        ([broken(used_in=("z",))], "a: two edges to the same skill"),
        ([broken(related=())], "a: an orphan without any edge"),
        (
            [broken(broader=("b", "c")), skill("b", broader=("c",)), skill("c")],
            "a: broader c already follows from another broader skill",
        ),
        (
            [broken(related=("b",)), skill("b", broader=("a",))],
            "a: related b, though one belongs to the other",
        ),
        ([broken(used_in=("b",)), skill("b", used_in=("a",))], "used_in runs in a circle: a → b"),
        ([broken(related=("b",)), skill("b", related=("a",))], "b: related a is written at both ends"),
        ([broken(exact_match=("oeo:1",), close_match=("oeo:1",))], "a: a match is given twice"),
        ([broken(close_match=("un:1",))], "a: un:1 is of no known taxonomy"),
        (
            [broken(exact_match=("oeo:1",)), skill("b", related=("z",), exact_match=("oeo:1",))],
            "oeo:1: the exact match of two skills",
        ),
    ],
)
def test_checks_name_what_is_wrong(skills: list[Skill], complaint: str):
    graph = SkillGraph([*skills, skill("z", related=("y",)), skill("y")])
    assert problems(graph) == [complaint]


def test_the_curated_graph_hangs_together(graph: SkillGraph):
    assert nx.is_weakly_connected(graph.network)
