"""``draw``: a skill's neighbourhood, a path, or who covers what, as SVG."""

import argparse
import sys
from pathlib import Path

from matching.commands import Commands
from matching.commands.common import add_sources, may_match, positive, read_sources
from matching.errors import BadOption
from matching.io import write_whole
from matching.pictures import coverage_svg, neighbourhood_svg, path_svg
from matching.reading import read_need
from matching.skill_graph.graph import SkillGraph


def add(commands: Commands) -> None:
    """``draw skill``, ``draw path`` and ``draw coverage``."""
    parser = commands.add_parser("draw", help="pictures as SVG: a skill, a path, who covers what")
    kinds = parser.add_subparsers(required=True)
    skill = kinds.add_parser("skill", help="a skill and its neighbours")
    skill.add_argument("key")
    skill.add_argument("--most", type=positive, default=40, help="neighbours at most (default 40)")
    skill.set_defaults(run=_skill)
    path = kinds.add_parser("path", help="the strongest way from one skill to another")
    path.add_argument("start")
    path.add_argument("end")
    path.add_argument("--evidence", default="", help="what shows the end of the way")
    path.set_defaults(run=_path)
    coverage = kinds.add_parser("coverage", help="one need and its best offers")
    add_sources(coverage)
    coverage.add_argument("--need", metavar="ID", help="which need of the file (default: the first)")
    coverage.add_argument("--k", type=positive, default=10, help="offers (default 10)")
    coverage.set_defaults(run=_coverage)
    for kind in (skill, path, coverage):
        kind.add_argument("--lang", choices=("vi", "en"), default="vi")
        kind.add_argument("--out", type=Path, required=True)


def _skill(options: argparse.Namespace) -> int:
    return _write(options, neighbourhood_svg(SkillGraph.load(), options.key, options.lang, options.most))


def _path(options: argparse.Namespace) -> int:
    graph = SkillGraph.load()
    path = graph.path(options.start, options.end)
    assert path is not None, "the curated graph hangs together"
    return _write(options, path_svg(graph, path, options.lang, options.evidence))


def _coverage(options: argparse.Namespace) -> int:
    matcher, needs = read_sources(options)
    need = next((one for one in needs if options.need in (None, one.id)), None)
    if need is None:
        raise BadOption(f"no need {options.need} in {options.needs.name}")
    matches = matcher.match(need, options.k, may_match(matcher, need))
    matrix = matcher.coverage.matrix(read_need(need, matcher.graph), [match.offer for match in matches])
    names = {offer.id: offer.name for offer in matcher.corpus.offers if offer.name}
    return _write(options, coverage_svg(matcher.graph, matrix, options.lang, names))


def _write(options: argparse.Namespace, picture: str) -> int:
    write_whole(options.out, [picture.encode()])
    sys.stderr.write(f"{options.out.name}\n")
    return 0
