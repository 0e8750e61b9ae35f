"""QR codes as vector graphics, drawn here: nothing is asked of anybody."""

from __future__ import annotations

import io
from typing import Final

import segno

_QUIET_ZONE: Final = 2  # modules of white around the code
_REPAIRS: Final = "m"  # readable with 15 % of it spoilt


def qr_svg(content: str, title: str) -> str:
    """An `<svg>` element to place in a page; `title` is what a screen reader says."""
    out = io.BytesIO()
    segno.make(content, error=_REPAIRS, micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, border=_QUIET_ZONE, omitsize=True, title=title, nl=False
    )
    return out.getvalue().decode()


def qr_data_uri(content: str) -> str:
    """The same as a `data:` address for an `<img>` in a printed document, which must have an `alt`."""
    return str(
        segno.make(content, error=_REPAIRS, micro=False).svg_data_uri(border=_QUIET_ZONE, omitsize=True)
    )
