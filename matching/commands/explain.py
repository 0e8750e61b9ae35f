"""``explain``: why these offers for each need, or why not a certain one."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from matching.commands import Commands
from matching.commands.bar import Bar
from matching.commands.common import add_sources, may_match, positive, read_sources
from matching.explain import Explanation, explain
from matching.io import write_lines
from matching.matcher import Matcher
from matching.profiles import Need
from matching.skill_graph.graph import SkillGraph
from matching.why_not import WhyNot, why_not


class Explained(msgspec.Struct, frozen=True):
    """One line of the output; the sentences say the same as the data."""

    explanation: Explanation
    vi: list[str]
    en: list[str]


class NotMatched(msgspec.Struct, frozen=True):
    """One line of the output of ``--why-not``."""

    why_not: WhyNot
    vi: list[str]
    en: list[str]


def add(commands: Commands) -> None:
    """``explain``."""
    parser = commands.add_parser("explain", help="why these offers, or why not a certain one")
    add_sources(parser)
    parser.add_argument("--k", type=positive, default=5, help="the best of each need (default 5)")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--offer", metavar="ID", help="this offer instead of the best")
    one.add_argument("--why-not", metavar="ID", help="why this offer is not among the best k")
    parser.add_argument("--out", type=Path, required=True)
    parser.set_defaults(run=_explain)


def _explain(options: argparse.Namespace) -> int:
    matcher, needs = read_sources(options)
    lines = write_lines(options.out, _lines(matcher, needs, options))
    sys.stderr.write(f"{lines} explanations of {len(needs)} needs\n")
    return 0


def _lines(
    matcher: Matcher, needs: list[Need], options: argparse.Namespace
) -> Iterator[Explained | NotMatched]:
    bar = Bar("needs")
    for done, need in enumerate(needs, 1):
        if options.why_not:
            found = why_not(matcher, need, options.why_not, options.k)
            yield NotMatched(found, *_said(found, matcher.graph))
        elif options.offer:
            yield _explained(matcher, need, options.offer)
        else:
            for match in matcher.match(need, options.k, may_match(matcher, need)):
                yield _explained(matcher, need, match.offer)
        bar(done, len(needs))


def _explained(matcher: Matcher, need: Need, offer: str) -> Explained:
    found = explain(matcher, need, offer)
    return Explained(found, *_said(found, matcher.graph))


def _said(found: Explanation | WhyNot, graph: SkillGraph) -> tuple[list[str], list[str]]:
    return found.say(graph, "vi"), found.say(graph, "en")
