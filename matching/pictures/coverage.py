"""Who covers which needed skill."""

from collections.abc import Mapping
from itertools import chain

from matching.coverage import COVERED, CoverageMatrix
from matching.pictures.svg import BOX, LETTER, LINE, MARGIN, box_height, picture, words, wrapped
from matching.skill_graph.graph import SkillGraph
from matching.text import Lang, Text

_MOST_LETTERS = 22
_CELL = 36
_GAP = 6
_FULL = 0.7
_FILLS = {"full": "#cce2d8", "part": "#d2e2f1", "none": "none"}


def coverage_svg(
    graph: SkillGraph, matrix: CoverageMatrix, lang: Lang = "vi", names: Mapping[str, str] | None = None
) -> str:
    """A row for each needed skill, a column for each offer, numbered from 1 and named below.

    A cell says per cent; it is filled as far as the skill is covered, and what is below 0.3 is a dash.
    ``names`` are those to show for the ids of offers.
    """
    labels = [wrapped(graph[key].label.of(lang), _MOST_LETTERS) for key in matrix.skills]
    shown = [names.get(offer, offer) if names else offer for offer in matrix.offers]
    letters = max(map(len, chain.from_iterable(labels)), default=0)
    left = MARGIN + round(letters * LETTER) + _GAP * 2
    parts = [
        words((left + _CELL * (at + 0.5), MARGIN + 12), str(at + 1), "skill-heading", "middle")
        for at in range(len(shown))
    ]
    top: float = MARGIN + LINE + _GAP
    for lines, row in zip(labels, matrix.values, strict=True):
        parts += [
            words((MARGIN, top + BOX / 2 + 5 + LINE * i), text, "skill-label") for i, text in enumerate(lines)
        ]
        height = box_height(lines)
        parts += [_cell(left + _CELL * at, top, height, value) for at, value in enumerate(row)]
        top += height + _GAP
    legend = list(chain.from_iterable(wrapped(f"{at}. {name}", 40) for at, name in enumerate(shown, 1)))
    parts += [words((MARGIN, top + LINE * (i + 1)), text, "skill-label") for i, text in enumerate(legend)]
    right = max([left + _CELL * len(shown), *(MARGIN + round(len(text) * LETTER) for text in legend)])
    title = Text("Ai đáp ứng điều gì", "Who covers what").of(lang)
    size = (right + MARGIN, top + LINE * len(legend) + MARGIN)
    return picture(title, _describe(graph, matrix, shown, lang), size, parts)


def _cell(x: float, y: float, height: float, value: float) -> str:
    """A frame, filled from below as far as the skill is covered."""
    kind = "full" if value >= _FULL else "part" if value >= COVERED else "none"
    filled = round(height * min(value, 1), 1) if value >= COVERED else 0
    said = f"{value * 100:.0f}" if value >= COVERED else "–"
    place = f'x="{x + 2:g}" width="{_CELL - 4:g}"'
    return (
        f'<g class="skill-cover skill-cover--{kind}">'
        f'<rect class="skill-cover__fill" {place} y="{y + height - filled:g}" height="{filled:g}" '
        f'fill="{_FILLS[kind]}"/>'
        f'<rect class="skill-cover__frame" {place} y="{y:g}" height="{height:g}" rx="4" fill="none" '
        f'stroke="#b1b4b6"/>'
        f"{words((x + _CELL / 2, y + height / 2 + 5), said, 'skill-label', 'middle')}</g>"
    )


def _describe(graph: SkillGraph, matrix: CoverageMatrix, shown: list[str], lang: Lang) -> str:
    """For each skill who covers it, and how far."""
    said = []
    for key, row in zip(matrix.skills, matrix.values, strict=True):
        who = [f"{name} {value:.0%}" for name, value in zip(shown, row, strict=True) if value >= COVERED]
        nobody = Text("chưa ai", "nobody").of(lang)
        said.append(f"{graph[key].label.of(lang)}: {', '.join(who) or nobody}.")
    return " ".join(said)
