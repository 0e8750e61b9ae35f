"""Small drawings made on the server: a bar of days used, a gauge, a bar chart.

Each is an `<svg role="img">` with a `<title>`, without ids, scripts or style attributes, so it may stand in
any page under a strict content policy and any number of times. Colours are presentation attributes (paper,
mail) that the classes of the style sheet override (screen, night). A drawing never stands alone: the page
says the same in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from markupsafe import Markup

Level = Literal["", "soon", "late", "stopped"]

SOON = 0.8
"""Share of a limit from which a drawing warns."""

_COLOUR: dict[Level, str] = {"": "#0b4a8f", "soon": "#a86500", "late": "#b3162a", "stopped": "#57534d"}
_REST = "#d8d2c7"
_MOST_SEGMENTS = 31
_GAP = 0.6
_NAME_LETTERS = 25
_ROW = 30
_BAR_FROM, _BAR_ROOM, _CHART_WIDTH = 196, 220, 480


def level_of(value: float, limit: float) -> Level:
    """How near a value is to its limit: quiet, `soon` from 80 % on, `late` once above it."""
    if value > limit:
        return "late"
    return "soon" if limit and value / limit >= SOON else ""


@lru_cache(maxsize=4096)
def days_bar(used: int, limit: int, title: str, level: Level | None = None) -> Markup:
    """A bar of units of time, one segment each while they are few; more used than allowed fills it.

    `level` is worked out from the figures unless given. Raises ValueError when `limit` is not positive.
    """
    if limit <= 0:
        raise ValueError("a bar of days needs a positive limit")
    shade = level_of(used, limit) if level is None else level
    done = min(max(used, 0), limit)
    gap = _GAP if limit <= _MOST_SEGMENTS else 0
    body = _filled(_segments(0, done, limit, gap), shade) + _filled(_segments(done, limit, limit, gap), None)
    return _svg(title, "0 0 100 8", body, "app-svg--bar", stretch=True)


def gauge(value: float, limit: float, title: str, *, shown: str, limit_shown: str) -> Markup:
    """A half circle filled by `value` of `limit`; `shown` and `limit_shown` are the figures as written.

    Raises ValueError when `limit` is not positive.
    """
    if limit <= 0:
        raise ValueError("a gauge needs a positive limit")
    share = round(100 * min(max(value / limit, 0), 1), 1)
    body = _arc(100, None) + (_arc(share, level_of(value, limit)) if share else Markup())
    body += _text(90, 88, shown, size=26, anchor="middle", weight=600)
    body += _text(90, 118, limit_shown, size=13, anchor="middle", quiet=True)
    return _svg(title, "0 0 180 128", body, "app-svg--gauge")


def bars(rows: Sequence[tuple[str, float, str]], title: str) -> Markup:
    """A chart of lying bars, one row `(name, value, value as it is written)` each.

    Negative values count as none. Long names are cut here and whole in the table that stands beside it.
    No rows give no drawing.
    """
    if not rows:
        return Markup()
    highest = max((value for _, value, _ in rows), default=0) or 1
    body = Markup()
    for i, (name, value, written) in enumerate(rows):
        y, width = i * _ROW, round(_BAR_ROOM * max(value, 0) / highest, 1)
        cut = name if len(name) <= _NAME_LETTERS else name[: _NAME_LETTERS - 1].rstrip() + "…"
        body += _text(0, y + 20, cut, size=13)
        body += _filled(f"M{_BAR_FROM} {y + 7}h{max(width, 1)}v16H{_BAR_FROM}z", "")
        body += _text(_BAR_FROM + max(width, 1) + 8, y + 20, written, size=13, quiet=True)
    return _svg(title, f"0 0 {_CHART_WIDTH} {len(rows) * _ROW}", body, "app-svg--bars")


def _svg(title: str, box: str, body: Markup, kind: str, *, stretch: bool = False) -> Markup:
    ratio = Markup(' preserveAspectRatio="none"') if stretch else Markup()
    return Markup(
        '<svg class="app-svg {}" xmlns="http://www.w3.org/2000/svg" viewBox="{}" role="img"{}>'
        "<title>{}</title>{}</svg>"
    ).format(kind, box, ratio, title, body)


def _shape(name: str, level: Level | None) -> tuple[str, str]:
    """Class and colour of a shape; `level` None is what is left over of the limit."""
    if level is None:
        return "app-svg__rest" if name == "fill" else f"app-svg__{name} app-svg__{name}--rest", _REST
    return f"app-svg__{name}" + (f" app-svg__{name}--{level}" if level else ""), _COLOUR[level]


def _segments(start: int, end: int, limit: int, gap: float) -> str:
    """The outline of the units from `start` to `end`, each by itself when there is a gap between them."""
    if start == end:
        return ""
    scale = 100 / limit
    if not gap:
        return f"M{start * scale:.4g} 0h{(end - start) * scale:.4g}v8H{start * scale:.4g}z"
    width = f"{scale - gap:.4g}"
    return "".join(f"M{i * scale:.4g} 0h{width}v8h-{width}z" for i in range(start, end))


def _filled(outline: str, level: Level | None) -> Markup:
    if not outline:
        return Markup()
    kind, colour = _shape("fill", level)
    return Markup('<path class="{}" d="{}" fill="{}"/>').format(kind, outline, colour)


def _arc(share: float, level: Level | None) -> Markup:
    """The first `share` per cent of the half circle."""
    kind, colour = _shape("arc", level)
    return Markup(
        '<path class="{}" d="M16 92a74 74 0 0 1 148 0" fill="none" stroke="{}" stroke-width="14"'
        ' stroke-linecap="round" pathLength="100" stroke-dasharray="{} 200"/>'
    ).format(kind, colour, share)


def _text(
    x: float, y: float, text: str, *, size: int, anchor: str = "start", weight: int = 400, quiet: bool = False
) -> Markup:
    kind = "app-svg__label" if quiet else "app-svg__text"
    return Markup(
        '<text class="{}" x="{}" y="{}" font-size="{}" font-weight="{}" text-anchor="{}">{}</text>'
    ).format(kind, round(x, 1), y, size, weight, anchor, text)
