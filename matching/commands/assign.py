"""``assign``: who appraises which dossier."""

import argparse
import sys
from pathlib import Path
from typing import TypeVar

from matching.assignment import (
    Appraiser,
    Bar,
    Dossier,
    Limits,
    Pin,
    Problem,
    Suitability,
    assign,
    say_block,
    say_relaxation,
)
from matching.commands import Commands
from matching.errors import BadOption
from matching.io import read_rows, write_lines

_FILES = {
    "dossiers": "id, want, aspects, per_institution",
    "appraisers": "id, institution, aspects, least, most, load",
    "scores": "dossier, appraiser, score from 0 to 1",
    "bars": "pairs that must never be: dossier, appraiser, rule, why {vi, en}",
    "pins": "seats given already: dossier, appraiser",
    "limits": "one line for all: per_institution, cap, seed, fairness",
}
_REQUIRED = ("dossiers", "appraisers")
_Row = TypeVar("_Row")


def add(commands: Commands) -> None:
    """``assign``."""
    parser = commands.add_parser("assign", help="who appraises which dossier, or which rules block")
    for name, fields in _FILES.items():
        parser.add_argument(f"--{name}", type=Path, required=name in _REQUIRED, help=fields)
    parser.add_argument("--out", type=Path, required=True)
    parser.set_defaults(run=_assign)


def _assign(options: argparse.Namespace) -> int:
    limits = _rows(options.limits, Limits)
    if len(limits) > 1:
        raise BadOption(f"{options.limits.name} has more than one line")
    problem = Problem(
        dossiers=_rows(options.dossiers, Dossier),
        appraisers=_rows(options.appraisers, Appraiser),
        scores=_rows(options.scores, Suitability),
        bars=_rows(options.bars, Bar),
        pins=_rows(options.pins, Pin),
        limits=limits[0] if limits else Limits(),
    )
    plan = assign(problem)
    write_lines(options.out, [plan])
    said = [*map(say_block, plan.blocks), *map(say_relaxation, plan.relaxation)]
    for line in [text.en for text in said] or [f"{len(plan.seats)} seats"]:
        sys.stderr.write(f"{line}\n")
    return 0


def _rows(file: Path | None, kind: type[_Row]) -> tuple[_Row, ...]:
    return tuple(row for _, row in read_rows(file, kind)) if file else ()
