"""Pictures of the skill graph as accessible SVG: presentation attributes and classes only, no script, no
style."""

from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

from matching.skill_graph.graph import EDGE_STRENGTH, EDGE_WORDS, Edge, Neighbour, SkillGraph, SkillPath
from matching.text import Lang, Text

_LETTER = 7.4  # width of a letter at 13 px, generous for Vietnamese
_ROW = 34
_BOX = 26
_MARGIN = 16
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
    middle = _MARGIN + (left_width + _GAP if left else 0)
    right_at = middle + _width(centre) + _GAP
    height = 2 * _MARGIN + _ROW * max(len(left), len(right), 1) + (_ROW if hidden else 0)
    width = (right_at + right_width if right else right_at - _GAP) + _MARGIN
    centre_y = _MARGIN + _ROW * max(len(left), len(right), 1) / 2
    parts = []
    for at, row in enumerate(left):
        parts += _side(graph, row, lang, link, (_MARGIN, at, left_width), (middle, centre_y))
    for at, row in enumerate(right):
        parts += _side(
            graph, row, lang, link, (right_at, at, right_width), (middle + _width(centre), centre_y)
        )
    parts.append(_box(middle, centre_y - _BOX / 2, centre, "skill-node skill-node--centre", None))
    if hidden:
        more = Text(f"và {hidden} kỹ năng nữa", f"and {hidden} more")
        parts.append(_words(_MARGIN, height - _MARGIN, more.of(lang), "skill-heading"))
    title = Text(f"Lân cận của {centre}", f"Neighbourhood of {centre}").of(lang)
    return _svg(f"skill-{key}", title, _describe(graph, shown, lang), width, height, parts)


def path_svg(graph: SkillGraph, path: SkillPath, lang: Lang = "vi", evidence: str = "") -> str:
    """A path from the needed skill, at the top, down to the offered skill and the evidence that shows it."""
    nodes = [graph[path.start].label.of(lang), *(graph[s.key].label.of(lang) for s in path.steps)]
    edges = [EDGE_WORDS[s.edge].of(lang) for s in path.steps]
    kinds = ["skill-node"] * len(nodes)
    if evidence:
        nodes.append(evidence)
        edges.append(Text("thể hiện qua", "shown by").of(lang))
        kinds.append("skill-node skill-node--evidence")
    parts = []
    for i, (node, kind) in enumerate(zip(nodes, kinds, strict=True)):
        top = _MARGIN + 2 * _ROW * i
        parts.append(_box(_MARGIN, top, node, kind, None))
        if i < len(edges):
            x = _MARGIN + 20
            parts.append(_line((x, top + _BOX), (x, top + 2 * _ROW), "skill-edge"))
            parts.append(_words(x + 10, top + _BOX + 25, edges[i], "skill-heading"))
    width = 2 * _MARGIN + max([*map(_width, nodes), *(30 + _width(e) for e in edges)])
    height = 2 * _MARGIN + 2 * _ROW * (len(nodes) - 1) + _BOX
    title = Text("Đường đi giữa hai kỹ năng", "Path between two skills").of(lang)
    said = path.say(graph, lang) + (f" → {edges[-1]} → {evidence}" if evidence else "")
    return _svg(f"path-{path.start}-{path.end}", title, said, width, height, parts)


_Row = tuple[Edge, Neighbour | None]


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
    return max((_width(_label(graph, row, lang)) for row in rows), default=0)


def _side(
    graph: SkillGraph,
    row: _Row,
    lang: Lang,
    link: Link | None,
    place: tuple[float, int, float],
    centre: tuple[float, float],
) -> list[str]:
    """One row of a column: ``place`` is its left edge, number and width; ``centre`` where the lines start."""
    edge, neighbour = row
    x, number, width = place
    y = _MARGIN + _ROW * number + _ROW / 2
    label = _label(graph, row, lang)
    if neighbour is None:
        return [_words(x, y + 5, label, "skill-heading")]
    end = x if x > centre[0] else x + width
    box_x = x if x > centre[0] else x + width - _width(label)
    href = link(neighbour.key) if link else None
    return [
        _line(centre, (end, y), f"skill-edge skill-edge--{edge.replace('_', '-')}"),
        _box(box_x, y - _BOX / 2, label, "skill-node", href),
    ]


def _width(label: str) -> float:
    return round(len(label) * _LETTER + 20, 1)


def _box(x: float, y: float, label: str, kind: str, href: str | None) -> str:
    box = (
        f'<g class="{kind}"><rect x="{x:g}" y="{y:g}" width="{_width(label):g}" height="{_BOX}" rx="4" '
        f'fill="#fff" stroke="#505a5f"/>{_words(x + 10, y + _BOX / 2 + 5, label, "skill-label")}</g>'
    )
    return f"<a href={quoteattr(href)}>{box}</a>" if href else box


def _words(x: float, y: float, words: str, kind: str) -> str:
    weight = ' font-weight="bold"' if kind == "skill-heading" else ""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" font-size="13"{weight}>{escape(words)}</text>'


def _line(start: tuple[float, float], end: tuple[float, float], kind: str) -> str:
    return (
        f'<line class="{kind}" x1="{start[0]:g}" y1="{start[1]:g}" x2="{end[0]:g}" y2="{end[1]:g}" '
        f'stroke="#b1b4b6" stroke-width="1.5"/>'
    )


def _describe(graph: SkillGraph, shown: list[Neighbour], lang: Lang) -> str:
    groups = []
    for edge in (*_LEFT, *_RIGHT):
        labels = [graph[n.key].label.of(lang) for n in shown if n.edge == edge]
        if labels:
            groups.append(f"{_HEADINGS[edge].of(lang)}: {', '.join(labels)}.")
    return " ".join(groups)


def _svg(name: str, title: str, description: str, width: float, height: float, parts: list[str]) -> str:
    lines = [part for part in parts if part.startswith("<line")]
    rest = [part for part in parts if not part.startswith("<line")]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="skill-picture" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
        f"{''.join(lines)}{''.join(rest)}</svg>"
    )
