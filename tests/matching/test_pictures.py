import re
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from matching import Skill, SkillGraph, neighbourhood_svg, path_svg
from matching.errors import UnknownSkill
from matching.text import Text

SVG = "{http://www.w3.org/2000/svg}"
LETTER = 7.4


def boxes(picture: ET.Element) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of every label, by a generous width of letters."""
    found = []
    for text in picture.iter(f"{SVG}text"):
        x, y = float(text.get("x", 0)), float(text.get("y", 0))
        found.append((x, y - 12, x + LETTER * len(text.text or ""), y + 4))
    return found


def overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.fixture(scope="module", params=["vi", "en"])
def pictures(request: pytest.FixtureRequest, graph: SkillGraph) -> list[str]:
    return [neighbourhood_svg(graph, key, request.param) for key in graph.keys]


def test_no_labels_overlap_and_all_lie_inside(pictures: list[str]):
    for source in pictures:
        picture = ET.fromstring(source)  # noqa: S314
        labels = boxes(picture)
        assert not [pair for pair in combinations(labels, 2) if overlap(*pair)]
        _, _, width, height = map(float, picture.get("viewBox", "").split())
        assert all(a >= 0 and b >= 0 and c <= width and d <= height for a, b, c, d in labels)


def test_a_picture_has_a_name_a_description_and_nothing_a_strict_policy_forbids(pictures: list[str]):
    for source in pictures:
        picture = ET.fromstring(source)  # noqa: S314
        ids = [picture.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")]  # type: ignore[union-attr]
        assert picture.get("aria-labelledby") == " ".join(str(i) for i in ids)
        assert picture.get("role") == "img"
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", source)


def test_the_neighbours_are_drawn_and_described(graph: SkillGraph):
    picture = ET.fromstring(neighbourhood_svg(graph, "photolithography", "en"))  # noqa: S314
    drawn = {text.text for text in picture.iter(f"{SVG}text")}
    expected = {graph[n.key].en for n in graph.neighbours("photolithography")}
    assert expected < drawn
    assert "Photolithography" in drawn
    assert picture.findtext(f"{SVG}title") == "Neighbourhood of Photolithography"
    assert str(picture.findtext(f"{SVG}desc")).startswith("Belongs to: Wafer fabrication.")


def test_the_language_is_followed(graph: SkillGraph):
    picture = ET.fromstring(neighbourhood_svg(graph, "photolithography"))  # noqa: S314
    assert picture.findtext(f"{SVG}title") == "Lân cận của Quang khắc"


def test_more_than_the_most_are_counted(graph: SkillGraph):
    picture = ET.fromstring(neighbourhood_svg(graph, "photolithography", "en", most=3))  # noqa: S314
    assert len(list(picture.iter(f"{SVG}line"))) == 3
    hidden = len(graph.neighbours("photolithography")) - 3
    assert f"and {hidden} more" in {text.text for text in picture.iter(f"{SVG}text")}


def test_neighbours_may_be_links(graph: SkillGraph):
    picture = ET.fromstring(neighbourhood_svg(graph, "hvdc", link=lambda key: f"/skills/{key}?a&b"))  # noqa: S314
    assert {a.get("href") for a in picture.iter(f"{SVG}a")} == {
        f"/skills/{n.key}?a&b" for n in graph.neighbours("hvdc")
    }


def test_a_skill_may_stand_alone():
    graph = SkillGraph([Skill(key="a", vi="Một & hai", en="<one>", scope=Text("a", "b"))])
    picture = ET.fromstring(neighbourhood_svg(graph, "a", "en"))  # noqa: S314
    assert [text.text for text in picture.iter(f"{SVG}text")] == ["<one>"]


def test_an_unknown_skill_is_named(graph: SkillGraph):
    with pytest.raises(UnknownSkill):
        neighbourhood_svg(graph, "magic")


def test_a_path_is_drawn_downwards_with_its_edges_and_evidence(graph: SkillGraph):
    path = graph.path("etching", "deep-reactive-ion-etching")
    assert path is not None
    picture = ET.fromstring(path_svg(graph, path, "en", "Paper <1>"))  # noqa: S314
    texts = sorted(picture.iter(f"{SVG}text"), key=lambda text: float(text.get("y", 0)))
    assert [text.text for text in texts] == [
        "Etching",
        "includes",
        "Plasma etching",
        "includes",
        "Deep reactive-ion etching",
        "shown by",
        "Paper <1>",
    ]
    assert not [pair for pair in combinations(boxes(picture), 2) if overlap(*pair)]
    assert picture.findtext(f"{SVG}desc") == f"{path.say(graph, 'en')} → shown by → Paper <1>"


def test_a_path_to_itself_is_one_box(graph: SkillGraph):
    path = graph.path("etching", "etching")
    assert path is not None
    assert len(list(ET.fromstring(path_svg(graph, path)).iter(f"{SVG}rect"))) == 1  # noqa: S314
