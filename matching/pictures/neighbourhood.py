"""A skill and what is around it."""

from collections.abc import Callable

from matching.pictures.svg import BOX, MARGIN, ROW, Point, box, line, picture, width_of, words
from matching.skill_graph.graph import EDGE_STRENGTH, Edge, Neighbour, SkillGraph
from matching.text import Lang, Text

_GAP = 120
_LEFT: tuple[Edge, ...] = ("broader", "uses")
_RIGHT: tuple[Edge, ...] = ("narrower", "related", "used_in")
_HEADINGS: dict[Edge, Text] = {
    "broader": Text("Thuộc về", "Belongs to"),
    "uses": Text("Cần dùng", "Makes use of"),
    "narrower": Text("Bao gồm", "Includes"),
    "related": Text("Liên quan", "Related to"),
    "used_in": Text("Được dùng trong", "Used in"),
}
_Row = tuple[Edge, Neighbour | None]

Link = Callable[[str], str]


def neighbourhood_svg(
    graph: SkillGraph, key: str, lang: Lang = "vi", most: int = 40, link: Link | None = None
) -> str:
    """A skill in the middle, its neighbours in rows at both sides, grouped by kind of edge.

    ``link`` gives the address of a skill's page. Raises UnknownSkill.
    """
    everything = graph.neighbours(key, lang)
    shown = sorted(everything, key=lambda n: -EDGE_STRENGTH[n.edge])[:most]
    left, right = _rows(shown, _LEFT), _rows(shown, _RIGHT)
    hidden = len(everything) - len(shown)
    centre = graph[key].label.of(lang)
    left_width, right_width = _column(graph, left, lang), _column(graph, right, lang)
    middle = MARGIN + (left_width + _GAP if left else 0)
    right_at = middle + width_of(centre) + _GAP
    rows = max(len(left), len(right), 1)
    size = (
        (right_at + right_width if right else right_at - _GAP) + MARGIN,
        2 * MARGIN + ROW * (rows + bool(hidden)),
    )
    centre_y = MARGIN + ROW * rows / 2
    parts = []
    for at, row in enumerate(left):
        parts += _side(graph, row, lang, link, (MARGIN, at, left_width), (middle, centre_y))
    for at, row in enumerate(right):
        end = (middle + width_of(centre), centre_y)
        parts += _side(graph, row, lang, link, (right_at, at, right_width), end)
    parts.append(box((middle, centre_y - BOX / 2), [centre], "skill-node skill-node--centre"))
    if hidden:
        more = Text(f"và {hidden} kỹ năng nữa", f"and {hidden} more")
        parts.append(words((MARGIN, size[1] - MARGIN), more.of(lang), "skill-heading"))
    title = Text(f"Lân cận của {centre}", f"Neighbourhood of {centre}").of(lang)
    return picture(title, _describe(graph, shown, lang), size, parts, has_links=bool(link and shown))


def _rows(shown: list[Neighbour], edges: tuple[Edge, ...]) -> list[_Row]:
    """For each kind of edge that occurs a heading, then its neighbours."""
    rows: list[_Row] = []
    for edge in edges:
        members = [n for n in shown if n.edge == edge]
        rows += [(edge, None), *((edge, n) for n in members)] if members else []
    return rows


def _label(graph: SkillGraph, row: _Row, lang: Lang) -> str:
    edge, neighbour = row
    return graph[neighbour.key].label.of(lang) if neighbour else _HEADINGS[edge].of(lang)


def _column(graph: SkillGraph, rows: list[_Row], lang: Lang) -> float:
    return max((width_of(_label(graph, row, lang)) for row in rows), default=0)


def _side(
    graph: SkillGraph,
    row: _Row,
    lang: Lang,
    link: Link | None,
    place: tuple[float, int, float],
    centre: Point,
) -> list[str]:
    """One row of a column: ``place`` is its left edge, number and width; ``centre`` where the lines start."""
    edge, neighbour = row
    x, number, width = place
    y = MARGIN + ROW * number + ROW / 2
    label = _label(graph, row, lang)
    if neighbour is None:
        return [words((x, y + 5), label, "skill-heading")]
    end = x if x > centre[0] else x + width
    box_x = x if x > centre[0] else x + width - width_of(label)
    href = link(neighbour.key) if link else None
    return [
        line(centre, (end, y), f"skill-edge skill-edge--{edge.replace('_', '-')}"),
        box((box_x, y - BOX / 2), [label], "skill-node", href),
    ]


def _describe(graph: SkillGraph, shown: list[Neighbour], lang: Lang) -> str:
    groups = []
    for edge in (*_LEFT, *_RIGHT):
        labels = [graph[n.key].label.of(lang) for n in shown if n.edge == edge]
        if labels:
            groups.append(f"{_HEADINGS[edge].of(lang)}: {', '.join(labels)}.")
    return " ".join(groups)
