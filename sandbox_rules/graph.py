"""Draws a machine: each state a column, each step a row of its own, so that nothing overlaps."""

from __future__ import annotations

from html import escape

from sandbox_rules.schema import Machine, State, Transition
from sandbox_rules.text import Lang

COLUMN, ROW, HEAD, MARGIN = 128, 44, 74, 20
INK, LINE, OPEN, CLOSED, PAPER = "#0b2540", "#5b7083", "#e3eef7", "#e9ece3", "#ffffff"


def graph_of(machine: Machine, lang: Lang) -> str:
    """Return the machine as a self-contained SVG without styles or scripts."""
    columns = {key: MARGIN + COLUMN // 2 + COLUMN * at for at, key in enumerate(machine.states)}
    width = 2 * MARGIN + COLUMN * len(columns)
    height = 2 * MARGIN + HEAD + ROW * len(machine.transitions)
    title = escape(machine.label.of(lang))
    parts = [_tag("title", title), _tag("rect", width=width, height=height, fill=PAPER)]
    for key, state in machine.states.items():
        parts.extend(_state(state, columns[key], height, lang))
    for row, step in enumerate(machine.transitions.values()):
        parts.extend(_step(step, columns, MARGIN + HEAD + ROW * row + ROW // 2 + 10, lang))
    frame = {"xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height, "role": "img"}
    box = {"viewBox": f"0 0 {width} {height}"}
    letters = {"aria-label": title, "font-family": "sans-serif", "font-size": 12, "fill": INK}
    return _tag("svg", "\n" + "\n".join(parts) + "\n", **frame, **box, **letters) + "\n"


def _tag(name: str, inner: str = "", /, **attributes: object) -> str:
    """Write an element; an underscore in an attribute's name stands for its dash."""
    pairs = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f"<{name}{pairs}>{inner}</{name}>"


def _state(state: State, x: int, height: int, lang: Lang) -> list[str]:
    box, fill = COLUMN - 12, CLOSED if state.closed else OPEN
    lines = _wrap(state.label.of(lang), 17)
    first = MARGIN + 29 - 7 * (len(lines) - 1)
    return [
        _tag("line", x1=x, y1=MARGIN + 50, x2=x, y2=height - MARGIN, stroke=LINE, stroke_dasharray="2 4"),
        _tag("rect", x=x - box // 2, y=MARGIN, width=box, height=50, rx=6, fill=fill, stroke=LINE),
        *(
            _tag("text", escape(line), x=x, y=first + 14 * at, text_anchor="middle")
            for at, line in enumerate(lines)
        ),
    ]


def _step(step: Transition, columns: dict[str, int], y: int, lang: Lang) -> list[str]:
    """A row: a dot at each state the step may leave, a line, an arrow at the state it leads to.

    A step that stays in its state is a bow back to it.
    """
    target, sources = columns[step.to], [columns[at] for at in step.at]
    left, right = min(*sources, target), max(*sources, target)
    stays = target in sources
    turn = 1 if target == right and not stays else -1
    end = y + 14 if stays else y
    tip = f"{target},{end} {target - 8 * turn},{end - 4} {target - 8 * turn},{end + 4}"
    bow = {"d": f"M {target} {y} h 18 a 7 7 0 0 1 0 14 H {target + 6}", "fill": "none", "stroke": INK}
    label = {"x": (left + right) // 2, "y": y - 8, "text_anchor": "middle"}
    halo = {"stroke": PAPER, "stroke_width": 4, "paint_order": "stroke"}
    return [
        _tag("line", x1=left, y1=y, x2=right, y2=y, stroke=INK, stroke_width=1.5),
        *([_tag("path", **bow, stroke_width=1.5)] if stays else []),
        *(_tag("circle", cx=x, cy=y, r=4) for x in sources),
        _tag("polygon", points=tip),
        _tag("text", escape(step.label.of(lang)), **label, **halo),
    ]


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines[:3]
