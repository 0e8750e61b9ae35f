import re
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from matching import CoverageMatrix, Skill, SkillGraph, coverage_svg, neighbourhood_svg, path_svg
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


def test_a_picture_is_an_image_with_a_name_and_nothing_a_strict_policy_forbids(pictures: list[str]):
    for source in pictures:
        picture = ET.fromstring(source)  # noqa: S314
        title, said = (picture.findtext(f"{SVG}{tag}") for tag in ("title", "desc"))
        assert (picture.get("role"), picture.get("aria-label")) == ("img", f"{title}. {said}")
        assert not re.search(r"<script|<style|\sstyle=|\sid=|\son\w+=|javascript:", source)


def test_a_picture_with_links_is_a_group_so_that_they_are_heard_of(graph: SkillGraph):
    linked = ET.fromstring(neighbourhood_svg(graph, "hvdc", "en", link=str))  # noqa: S314
    assert (linked.get("role"), linked.get("aria-label")) == ("group", "Neighbourhood of HVDC transmission")
    alone = SkillGraph([Skill(key="a", vi="Một", en="One", scope=Text("a", "b"))])
    assert ET.fromstring(neighbourhood_svg(alone, "a", link=str)).get("role") == "img"  # noqa: S314


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


def test_long_labels_of_a_path_are_broken_into_lines(graph: SkillGraph):
    path = graph.path("etching", "plasma-etching")
    assert path is not None
    title = "Plasma etching of very deep silicon carbide trenches for power devices, a study"
    picture = ET.fromstring(path_svg(graph, path, "en", title))  # noqa: S314
    assert float(picture.get("width", 0)) <= 334
    lines = [text.text for text in picture.iter(f"{SVG}text")]
    assert lines[-3:] == [
        "Plasma etching of very deep silicon",
        "carbide trenches for power devices, a",
        "study",
    ]
    assert not [pair for pair in combinations(boxes(picture), 2) if overlap(*pair)]
    last = max(float(r.get("y", 0)) + float(r.get("height", 0)) for r in picture.iter(f"{SVG}rect"))
    assert last <= float(picture.get("height", 0))


MATRIX = CoverageMatrix(
    ("plasma-etching", "long-duration-storage"), (1, 1), ("a", "b<1>"), ((1.0, 0.3), (0.69, 0.29))
)


def test_a_coverage_matrix_says_in_each_cell_how_far(graph: SkillGraph):
    assert "long-duration-storage" in graph
    picture = ET.fromstring(coverage_svg(graph, MATRIX, "vi", {"a": "Trần Thị Bình"}))  # noqa: S314
    cells = list(picture.iter(f"{SVG}g"))
    assert [(g.get("class", "").split("--")[1], g.findtext(f"{SVG}text")) for g in cells] == [
        ("full", "100"),
        ("part", "30"),
        ("part", "69"),
        ("none", "–"),
    ]
    filled = [[float(rect.get("height", 0)) for rect in cell.iter(f"{SVG}rect")] for cell in cells]
    assert [round(part / whole, 2) for part, whole in filled] == [1, 0.3, 0.69, 0]
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert texts[:2] == ["1", "2"]
    assert texts[-2:] == ["1. Trần Thị Bình", "2. b<1>"]


def test_a_coverage_matrix_is_said_and_nothing_overlaps(graph: SkillGraph):
    many = [f"Viện Nghiên cứu Ứng dụng Công nghệ Hàng hải và Năng lượng số {i}" for i in range(10)]
    keys = sorted(graph.keys, key=lambda key: -len(graph[key].vi))[:6]
    matrix = CoverageMatrix(tuple(keys), (1,) * 6, tuple(many), ((0.5,) * 10,) * 6)
    for lang in ("vi", "en"):
        picture = ET.fromstring(coverage_svg(graph, matrix, lang))  # type: ignore[arg-type]  # noqa: S314
        starts = [text for text in picture.iter(f"{SVG}text") if text.get("text-anchor") is None]
        places = [
            (float(t.get("x", 0)), float(t.get("y", 0)), float(t.get("x", 0)) + LETTER * len(t.text or ""))
            for t in starts
        ]
        labels = [(x, y - 12, right, y + 4) for x, y, right in places]
        labels += [
            (float(r.get("x", 0)), float(r.get("y", 0)), float(r.get("x", 0)) + 32, float(r.get("y", 0)) + 26)
            for r in picture.iter(f"{SVG}rect")
            if r.get("class") == "skill-cover__frame"
        ]
        assert not [pair for pair in combinations(labels, 2) if overlap(*pair)]
        _, _, width, height = map(float, picture.get("viewBox", "").split())
        assert all(right <= width and bottom <= height for _, _, right, bottom in labels)
    said = ET.fromstring(coverage_svg(graph, MATRIX, "en")).findtext(f"{SVG}desc")  # noqa: S314
    assert said == f"Plasma etching: a 100%, b<1> 30%. {graph['long-duration-storage'].en}: a 69%."


def test_a_skill_nobody_covers_is_said(graph: SkillGraph):
    for matrix in (
        CoverageMatrix(("hvdc",), (1,), ("a",), ((0.1,),)),
        CoverageMatrix(("hvdc",), (1,), (), ((),)),
    ):
        picture = ET.fromstring(coverage_svg(graph, matrix, "vi"))  # noqa: S314
        assert picture.findtext(f"{SVG}desc") == "Truyền tải một chiều cao áp: chưa ai."
    ET.fromstring(coverage_svg(graph, CoverageMatrix((), (), (), ()), "vi"))  # noqa: S314
