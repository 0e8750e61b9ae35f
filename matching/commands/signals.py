"""Which signals a run uses: a sentence model, weights of one's own."""

import argparse
from pathlib import Path

from matching.matcher import Matcher
from matching.semantic import ENCODERS, Encoder, open_encoder
from matching.semantic.cache import CachedEncoder
from matching.weights import Weights, read_weights


def add_signals(parser: argparse.ArgumentParser) -> None:
    """``--semantic``, ``--vectors`` and ``--weights``."""
    add_model(parser)
    parser.add_argument("--weights", type=Path, help="weights of the signals, as `learn` writes them (JSON)")


def add_model(parser: argparse.ArgumentParser) -> None:
    """``--semantic`` and ``--vectors``."""
    parser.add_argument(
        "--semantic",
        choices=sorted(ENCODERS),
        help="a sentence model as a further signal (extra 'semantic'): minilm reads English, e5 a hundred "
        "languages and is slower",
    )
    parser.add_argument("--vectors", type=Path, help="a folder that keeps what the model made of texts")


def chosen_encoder(options: argparse.Namespace) -> Encoder | None:
    """The sentence model asked for. Raises SemanticMissing."""
    if not options.semantic:
        return None
    encoder = open_encoder(options.semantic)
    return CachedEncoder(encoder, options.vectors) if options.vectors else encoder


def chosen_weights(options: argparse.Namespace) -> Weights | None:
    """The weights of the file asked for. Raises BadWeights."""
    return read_weights(options.weights) if options.weights else None


def weighed(matcher: Matcher, weights: Weights | None) -> Matcher:
    """The matcher with these weights, or as it is. Raises BadWeights when they belong to another model."""
    return matcher.with_weights(weights.for_model(matcher.encoder_name)) if weights else matcher
