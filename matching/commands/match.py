"""``fit``: offers in, an index out. ``match``: offers or an index and needs in, matches out."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from matching.artefact import save
from matching.commands import Commands, cluster
from matching.commands.bar import Bar
from matching.commands.cluster import add_cluster
from matching.commands.common import add_sources, count, fitted, may_match, read_sources, said_signals
from matching.commands.signals import add_signals
from matching.io import WrittenNeed, write_lines, written
from matching.matcher import Matcher
from matching.profiles import Need
from matching.skill_graph.graph import SkillGraph


def add(commands: Commands) -> None:
    """``fit`` and ``match``."""
    fit = commands.add_parser("fit", help="offers in (JSON Lines), an index out (a new folder)")
    fit.add_argument("--offers", type=Path, required=True)
    fit.add_argument("--out", type=Path, required=True)
    add_signals(fit)
    add_cluster(fit)
    fit.set_defaults(run=_fit)
    match = commands.add_parser("match", help="offers and needs in, matches out (JSON Lines)")
    add_sources(match)
    match.add_argument("--k", type=count, default=20, help="matches per need; 0 for every offer (default 20)")
    match.add_argument("--out", type=Path, required=True)
    add_cluster(match)
    match.set_defaults(run=_match)


def _fit(options: argparse.Namespace) -> int:
    if options.cluster:
        return cluster.fit(options)
    matcher = fitted(options, SkillGraph.load())
    save(matcher, options.out)
    corpus = matcher.corpus
    sys.stderr.write(f"{len(corpus.offers)} offers, {len(corpus.items)} items; {said_signals(matcher)}\n")
    return 0


def _match(options: argparse.Namespace) -> int:
    if options.cluster:
        return cluster.match(options)
    matcher, needs = read_sources(options)
    lines = write_lines(options.out, _matches(matcher, needs, options.k))
    sys.stderr.write(f"{lines} needs, {len(matcher.corpus.offers)} offers; {said_signals(matcher)}\n")
    return 0


def _matches(matcher: Matcher, needs: list[Need], k: int) -> Iterator[WrittenNeed]:
    bar = Bar("needs")
    for done, need in enumerate(needs, 1):
        yield written(need, matcher.match(need, k, may_match(matcher, need)))
        bar(done, len(needs))
