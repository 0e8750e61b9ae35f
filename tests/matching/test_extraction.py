import pytest

from matching import Skill, SkillGraph, extract
from matching.skill_graph.graph import Aliases
from matching.text import Text


def keys(text: str, graph: SkillGraph) -> list[str]:
    return [hit.key for hit in extract(text, graph)]


def test_a_hit_has_its_place_and_sentence(graph: SkillGraph):
    text = "Chào bạn. Công ty cần thiết kế SoC và photolithography! Hết."
    hits = extract(text, graph)
    assert [(h.key, text[h.start : h.end], h.sentence) for h in hits] == [
        ("soc-architecture", "thiết kế SoC", "Công ty cần thiết kế SoC và photolithography!"),
        ("photolithography", "photolithography", "Công ty cần thiết kế SoC và photolithography!"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Điện gió ngoài khơi", ["offshore-wind"]),
        ("dien gio ngoai khoi", ["offshore-wind"]),
        ("diện tích nhà xưởng", []),
        ("atomic layer deposition of HfO2", ["atomic-layer-deposition", "high-k-dielectrics"]),
        ("wind turbines", ["wind-turbine-design"]),
        ("wire-bonding", ["wire-bonding"]),
        ("tấm pin mặt trời", ["pv-modules"]),
        ("", []),
        ("hoàn toàn không liên quan", []),
    ],
)
def test_the_longest_name_wins_marks_first_folded_second(text: str, expected: list[str], graph: SkillGraph):
    assert keys(text, graph) == expected


def test_short_acronyms_must_be_capitals(graph: SkillGraph):
    assert keys("ALD", graph) == ["atomic-layer-deposition"]
    assert keys("ald", graph) == []


def test_a_shared_name_goes_to_the_skill_whose_neighbours_are_named():
    def named(key: str, related: tuple[str, ...] = (), en: tuple[str, ...] = ()) -> Skill:
        return Skill(
            key=key, vi=f"vi {key}", en=key, scope=Text("a", "b"), aliases=Aliases(en=en), related=related
        )

    graph = SkillGraph(
        [named("apple", ("ants",), ("pad",)), named("zebra", ("zoo",), ("pad",)), named("ants"), named("zoo")]
    )
    assert keys("pad in the zoo", graph) == ["zebra", "zoo"]
    assert keys("zebra pad", graph) == ["zebra", "zebra"]
    assert keys("pad", graph) == ["apple"]
