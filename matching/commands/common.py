"""What several verbs share: where offers come from, needs, numbers."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from matching.artefact import load
from matching.commands.bar import Bar
from matching.commands.signals import add_signals, chosen_encoder, chosen_weights, weighed
from matching.filters import passing
from matching.io import read_needs, read_offers, unknown_skills
from matching.matcher import Matcher
from matching.profiles import Limits, Need, Offer
from matching.skill_graph.graph import SkillGraph


class Ranking(Protocol):
    """Whatever ranks by signals: in one process or over a cluster."""

    @property
    def signals(self) -> dict[str, float]: ...
    @property
    def encoder_name(self) -> str | None: ...


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
    left_out = "leave out the sentence model an index was made with and go by the other signals"
    parser.add_argument("--without-model", action="store_true", help=left_out)
    parser.add_argument("--needs", type=Path, required=True, help="needs (JSON Lines)")
    add_signals(parser)


def fitted(options: argparse.Namespace, graph: SkillGraph) -> Matcher:
    """A matcher of the offers of a file; keys the graph does not know are said. Raises BadLine, BadWeights,
    SemanticMissing."""
    rows = read_offers(options.offers)
    _say_unknown(rows, graph)
    matcher = Matcher.fit(rows, graph, Bar("offers"), chosen_encoder(options))
    return weighed(matcher, chosen_weights(options))


def read_sources(options: argparse.Namespace) -> tuple[Matcher, list[Need]]:
    """The matcher and the needs `add_sources` asked for. Raises BadLine, BadArtefact, BadWeights,
    SemanticMissing."""
    graph = SkillGraph.load()
    needs = read_needs(options.needs)
    _say_unknown(needs, graph)
    if not options.index:
        return fitted(options, graph), needs
    matcher = load(options.index, graph, chosen_encoder(options), options.without_model)
    return weighed(matcher, chosen_weights(options)), needs


def may_match(matcher: Matcher, need: Need) -> frozenset[str] | None:
    """The offers that pass the limits of a need; ``None`` when it asks none and nobody is hidden."""
    is_open = not need.organisation and need.limits == Limits()
    if is_open and all(offer.visible for offer in matcher.corpus.offers):
        return None
    return passing(need, matcher.corpus.offers)


def said_signals(matcher: Ranking) -> str:
    """The signals in use with their weights, and the sentence model if there is one."""
    listed = ", ".join(f"{name} {weight:.2f}" for name, weight in matcher.signals.items())
    return f"signals: {listed}" + (f" ({matcher.encoder_name})" if matcher.encoder_name else "")


def _say_unknown(rows: Sequence[Offer | Need], graph: SkillGraph) -> None:
    for row, key in unknown_skills(rows, graph):
        sys.stderr.write(f"{row}: no skill {key!r} in the graph; its words are looked for instead\n")
