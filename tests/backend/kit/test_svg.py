"""Drawings: true to the figures, named in words, harmless in any page."""

from xml.etree.ElementTree import Element, fromstring

import pytest
from markupsafe import Markup

from backend.kit import svg

NS = "{http://www.w3.org/2000/svg}"


def drawn(markup: Markup) -> Element:
    return fromstring(markup)  # noqa: S314


def classes(markup: Markup) -> list[str | None]:
    return [path.get("class") for path in drawn(markup).iter(f"{NS}path")]


@pytest.mark.parametrize(
    ("value", "limit", "level"),
    [
        (0, 10, ""),
        (7.9, 10, ""),
        (8, 10, "soon"),
        (10, 10, "soon"),
        (10.1, 10, "late"),
        (1, 0, "late"),
        (0, 0, ""),
    ],
)
def test_a_level_warns_from_four_fifths_and_is_late_only_above_the_limit(
    value: float, limit: float, level: str
) -> None:
    assert svg.level_of(value, limit) == level


@pytest.mark.parametrize(
    ("used", "limit", "filled", "rest"),
    [(0, 10, 0, 10), (4, 10, 4, 6), (10, 10, 10, 0), (13, 10, 10, 0), (-1, 10, 0, 10), (20, 31, 20, 11)],
)
def test_a_bar_of_days_has_a_segment_for_each(used: int, limit: int, filled: int, rest: int) -> None:
    counted = {"app-svg__rest": 0, "app-svg__fill": 0}
    for path in drawn(svg.days_bar(used, limit, "t", level="")).iter(f"{NS}path"):
        counted[path.get("class") or ""] += (path.get("d") or "").count("M")
    assert counted == {"app-svg__fill": filled, "app-svg__rest": rest}


def test_a_bar_of_many_units_is_two_whole_pieces_that_fill_it() -> None:
    paths = [path.get("d") for path in drawn(svg.days_bar(18, 72, "t")).iter(f"{NS}path")]
    assert paths == ["M0 0h25v8H0z", "M25 0h75v8H25z"]


@pytest.mark.parametrize(
    ("used", "level", "colour"),
    [
        (1, None, "app-svg__fill"),
        (8, None, "app-svg__fill app-svg__fill--soon"),
        (11, None, "app-svg__fill app-svg__fill--late"),
        (8, "", "app-svg__fill"),
        (1, "stopped", "app-svg__fill app-svg__fill--stopped"),
    ],
)
def test_a_bar_takes_its_level_from_the_figures_unless_given(
    used: int, level: svg.Level | None, colour: str
) -> None:
    assert classes(svg.days_bar(used, 10, "t", level))[0] == colour


def test_a_limit_of_nothing_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="positive"):
        svg.days_bar(1, 0, "t")
    with pytest.raises(ValueError, match="positive"):
        svg.gauge(1, 0, "t", shown="1", limit_shown="0")


@pytest.mark.parametrize(
    ("value", "share", "level"),
    [(25, "25.0 200", ""), (90, "90.0 200", "--soon"), (140, "100 200", "--late")],
)
def test_a_gauge_fills_its_share_and_never_more_than_all(value: float, share: str, level: str) -> None:
    picture = drawn(svg.gauge(value, 100, "t", shown="x", limit_shown="y"))
    rest, arc = picture.iter(f"{NS}path")
    assert (rest.get("stroke-dasharray"), arc.get("stroke-dasharray")) == ("100 200", share)
    assert arc.get("class") == "app-svg__arc" + (f" app-svg__arc{level}" if level else "")
    assert [text.text for text in picture.iter(f"{NS}text")] == ["x", "y"]


@pytest.mark.parametrize("value", [0, -5])
def test_an_empty_gauge_has_no_arc_of_its_own(value: float) -> None:
    assert classes(svg.gauge(value, 100, "t", shown="0", limit_shown="y")) == [
        "app-svg__arc app-svg__arc--rest"
    ]


def test_bars_are_in_proportion_to_the_highest_with_figures_as_written() -> None:
    picture = drawn(svg.bars([("Oanh", 12, "12"), ("Bình", 6, "6"), ("Đức", 0, "–"), ("Lê", -1, "-1")], "t"))
    widths = [float((path.get("d") or "").split("h")[1].split("v")[0]) for path in picture.iter(f"{NS}path")]
    assert widths == [220, 110, 1, 1]
    written = [text.text for text in picture.iter(f"{NS}text")]
    assert written == ["Oanh", "12", "Bình", "6", "Đức", "–", "Lê", "-1"]
    assert picture.get("viewBox") == "0 0 480 120"


def test_a_long_name_is_cut_to_its_room() -> None:
    (name, _) = drawn(svg.bars([("Nguyễn Thị Hoàng Oanh phụ trách", 1, "1")], "t")).iter(f"{NS}text")
    assert name.text == "Nguyễn Thị Hoàng Oanh ph…"


def test_all_bars_at_nothing_and_no_bars_at_all() -> None:
    assert [p.get("d") for p in drawn(svg.bars([("a", 0, "0")], "t")).iter(f"{NS}path")] == [
        "M196 7h1v16H196z"
    ]
    assert svg.bars([], "t") == Markup("")


def test_every_drawing_is_named_and_carries_nothing_a_policy_forbids() -> None:
    evil = '<script>alert("x")</script> & "Oanh"'
    for markup in (
        svg.days_bar(3, 10, evil),
        svg.gauge(3, 10, evil, shown=evil, limit_shown=evil),
        svg.bars([(evil, 1, evil)], evil),
    ):
        picture = drawn(markup)
        assert picture.get("role") == "img"
        assert (picture.find(f"{NS}title").text) == evil  # type: ignore[union-attr]
        assert {element.tag for element in picture.iter()} <= {
            f"{NS}{n}" for n in ("svg", "title", "path", "text")
        }
        assert not [a for e in picture.iter() for a in e.attrib if a in {"style", "id"} or a.startswith("on")]
