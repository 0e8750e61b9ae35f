"""The pieces all pictures are made of. Lengths are in pixels at a letter height of 13."""

from collections.abc import Sequence
from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr

LETTER = 7.4  # width of a letter, generous for Vietnamese
LINE = 17
ROW = 34
BOX = 26
MARGIN = 16

Point = tuple[float, float]


def picture(title: str, said: str, size: Point, parts: Sequence[str], *, has_links: bool = False) -> str:
    """The whole: lines lie below everything else. ``said`` describes what is drawn."""
    lines = [part for part in parts if part.startswith("<line")]
    rest = [part for part in parts if not part.startswith("<line")]
    width, height = size
    name = title if has_links else f"{title}. {said}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="skill-picture" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" font-family="sans-serif" '
        f'role="{"group" if has_links else "img"}" aria-label={quoteattr(name)}>'
        f"<title>{escape(title)}</title><desc>{escape(said)}</desc>"
        f"{''.join(lines)}{''.join(rest)}</svg>"
    )


def width_of(label: str) -> float:
    """How wide the box of a label is, in one line."""
    return round(len(label) * LETTER + 20, 1)


def wrapped(label: str, most: int) -> list[str]:
    """The lines of a label of at most so many letters; a longer word is cut."""
    return wrap(label, most, break_on_hyphens=False) or [""]


def box(place: Point, lines: Sequence[str], kind: str, href: str | None = None) -> str:
    """A frame with a label of one or more lines; ``place`` is its upper left corner."""
    x, y = place
    inner = "".join(
        words((x + 10, y + BOX / 2 + 5 + LINE * i), line, "skill-label") for i, line in enumerate(lines)
    )
    width, height = max(map(width_of, lines)), box_height(lines)
    drawn = (
        f'<g class="{kind}"><rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4" '
        f'fill="#fff" stroke="#505a5f"/>{inner}</g>'
    )
    return f"<a href={quoteattr(href)}>{drawn}</a>" if href else drawn


def box_height(lines: Sequence[str]) -> float:
    """How tall the box of these lines is."""
    return BOX + LINE * (len(lines) - 1)


def words(place: Point, text: str, kind: str, anchor: str = "start") -> str:
    """One line of text; ``place`` is on its base line."""
    weight = ' font-weight="bold"' if kind == "skill-heading" else ""
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return (
        f'<text class="{kind}" x="{place[0]:g}" y="{place[1]:g}" font-size="13"{weight}{side}>'
        f"{escape(text)}</text>"
    )


def line(start: Point, end: Point, kind: str) -> str:
    """A straight line."""
    return (
        f'<line class="{kind}" x1="{start[0]:g}" y1="{start[1]:g}" x2="{end[0]:g}" y2="{end[1]:g}" '
        f'stroke="#b1b4b6" stroke-width="1.5"/>'
    )
