"""Lines of CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

BOM = "\ufeff"
"""Without it a widespread spreadsheet takes UTF-8 for something else."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so may be run by a spreadsheet instead of shown."""


def csv_line(cells: Iterable[str]) -> str:
    """One line; a cell that a spreadsheet would run is made text by an apostrophe."""
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell for cell in cells])
    return out.getvalue()
