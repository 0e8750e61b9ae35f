"""``export``: the skill graph for others. ``import-taxonomy``: what is in somebody else's."""

import argparse
import sys
from pathlib import Path

from matching.commands import Commands
from matching.io import write_whole
from matching.skill_graph.export import FORMATS
from matching.skill_graph.graph import SkillGraph
from matching.skill_graph.taxonomies import read_taxonomy


def add(commands: Commands) -> None:
    """``export`` and ``import-taxonomy``."""
    export = commands.add_parser("export", help="the skill graph as SKOS")
    export.add_argument("--format", choices=sorted(FORMATS), required=True)
    export.add_argument("--out", type=Path, required=True)
    export.set_defaults(run=_export)
    imported = commands.add_parser("import-taxonomy", help="read a public taxonomy and count what is in it")
    imported.add_argument("files", type=Path, nargs="+", metavar="FILE")
    imported.set_defaults(run=_import_taxonomy)


def _export(options: argparse.Namespace) -> int:
    graph = SkillGraph.load()
    write_whole(options.out, [FORMATS[options.format](graph).encode()])
    sys.stderr.write(f"{len(graph)} skills, version {graph.version}\n")
    return 0


def _import_taxonomy(options: argparse.Namespace) -> int:
    for kind, number in read_taxonomy(options.files).counts().items():
        sys.stdout.write(f"{kind:<12} {number}\n")
    return 0
