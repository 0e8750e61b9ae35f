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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("audit of all their energy", [("energy-audit", "audit of all their energy")]),
        ("nuôi cấy đế silic cacbua", [("sic-substrates", "đế silic cacbua")]),
        ("kiểm toán thật kỹ năng lượng", [("energy-audit", "kiểm toán thật kỹ năng lượng")]),
        ("audit of their time, not of energy", []),
    ],
)
def test_names_are_found_in_other_words_of_either_language(
    text: str, expected: list[tuple[str, str]], graph: SkillGraph
):
    assert [(hit.key, text[hit.start : hit.end]) for hit in extract(text, graph)] == expected


def loosely(text: str, *names: tuple[str, str]) -> list[str]:
    """What is found in a text where these skills have no other names than these."""
    return keys(text, SkillGraph(Skill(key=k, vi=f"zz {k}", en=en, scope=Text("a", "b")) for k, en in names))


def test_a_turned_name_that_two_skills_share_says_nothing():
    assert loosely("test a chip", ("a", "chip test")) == ["a"]
    assert loosely("test a chip", ("a", "chip test"), ("b", "test chip")) == []
    assert loosely("test by a zinc chip", ("a", "chip test"), ("b", "chip test zinc")) == ["b"]


def test_at_most_two_words_stand_between_and_vietnamese_is_not_turned_twice():
    assert loosely("chip is very well tested", ("a", "chip test")) == []
    assert loosely("chip very well tested", ("a", "chip test")) == ["a"]
    assert loosely("Thử nghiệm chip", ("a", "chip test")) == ["a"]
    assert loosely("Chip thử nghiệm", ("a", "chip test")) == []


def test_other_words_go_round_the_names_that_stand_there():
    names = ("a", "chip test"), ("b", "zinc chip"), ("c", "zinc chip wet test")
    assert loosely("zinc chip in a wet test", *names) == ["c"]
    assert loosely("zinc chip in a very wet test", *names) == ["b"]
    assert loosely("zinc chips and the test zinc chip of boats", *names) == ["b", "b"]
