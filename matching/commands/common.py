"""What several verbs share: where offers come from, needs, numbers."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from matching.artefact import load
from matching.commands.bar import Bar
from matching.filters import passing
from matching.io import read_needs, read_offers, unknown_skills
from matching.matcher import Matcher
from matching.profiles import Limits, Need, Offer
from matching.skill_graph.graph import SkillGraph


def count(text: str) -> int:
    """A whole number from 0, for argparse."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("a whole number, 0 or more")
    return int(text)


def positive(text: str) -> int:
    """A whole number from 1, for argparse."""
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError("a whole number, 1 or more")
    return int(text)


def add_sources(parser: argparse.ArgumentParser) -> None:
    """``--offers`` or ``--index``, and ``--needs``."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--offers", type=Path, help="offers (JSON Lines), fitted for this run")
    source.add_argument("--index", type=Path, help="a folder that `fit` made")
    parser.add_argument("--needs", type=Path, required=True, help="needs (JSON Lines)")


def fitted(offers: Path, graph: SkillGraph) -> Matcher:
    """A matcher of the offers of a file; keys the graph does not know are said. Raises BadLine."""
    rows = read_offers(offers)
    _say_unknown(rows, graph)
    return Matcher.fit(rows, graph, Bar("offers"))


def read_sources(options: argparse.Namespace) -> tuple[Matcher, list[Need]]:
    """The matcher and the needs `add_sources` asked for. Raises BadLine, BadArtefact."""
    graph = SkillGraph.load()
    needs = read_needs(options.needs)
    _say_unknown(needs, graph)
    return load(options.index, graph) if options.index else fitted(options.offers, graph), needs


def may_match(matcher: Matcher, need: Need) -> frozenset[str] | None:
    """The offers that pass the limits of a need; ``None`` when it asks none and nobody is hidden."""
    is_open = not need.organisation and need.limits == Limits()
    if is_open and all(offer.visible for offer in matcher.corpus.offers):
        return None
    return passing(need, matcher.corpus.offers)


def _say_unknown(rows: Sequence[Offer | Need], graph: SkillGraph) -> None:
    for row, key in unknown_skills(rows, graph):
        sys.stderr.write(f"{row}: no skill {key!r} in the graph; its words are looked for instead\n")
