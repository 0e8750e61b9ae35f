"""``evaluate``: the engine against public judgements, judged sentences and needs in two languages."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from matching.commands import Commands, cluster
from matching.commands.bar import Bar
from matching.commands.cluster import add_cluster
from matching.commands.common import said_signals
from matching.commands.signals import add_model, chosen_encoder
from matching.errors import BadOption
from matching.evaluate import Figure, evaluate_esco, evaluate_lr_bench
from matching.evaluate_extraction import evaluate_extraction
from matching.evaluate_languages import evaluate_languages
from matching.evaluate_translations import evaluate_translations
from matching.matcher import Matcher
from matching.profiles import Offer
from matching.semantic import Encoder


def add(commands: Commands) -> None:
    """``evaluate``."""
    judge = commands.add_parser("evaluate", help="measures on public judgements and on judged sentences")
    judge.add_argument("--data", type=Path, help="folder with matching/ and taxonomies/")
    judge.add_argument("--sentences", type=Path, help="sentences with their skills (JSON Lines)")
    judge.add_argument("--both", type=Path, help="needs in Vietnamese and in English (JSON Lines)")
    add_model(judge)
    add_cluster(judge)
    judge.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    """Raises BadOption when there is nothing to measure with."""
    if not (options.data or options.sentences or options.both):
        raise BadOption("--data, --sentences, --both: none is given")
    encoder = chosen_encoder(options)
    fit = partial(_fit, encoder)
    measures: list[tuple[Callable[[Path], Iterable[Figure]], Path | None]] = [
        (
            partial(cluster.lr_bench, options) if options.cluster else partial(evaluate_lr_bench, fit=fit),
            options.data,
        ),
        (partial(evaluate_esco, encoder=encoder), options.data),
        (partial(evaluate_translations, encoder=encoder), options.data),
        (evaluate_extraction, options.sentences),
        (partial(evaluate_languages, encoder=encoder), options.both),
    ]
    for figures, source in measures:
        for figure in figures(source) if source else ():
            sys.stdout.write(f"{figure}\n")
            sys.stdout.flush()
    return 0


def _fit(encoder: Encoder | None, offers: Sequence[Offer]) -> Matcher:
    matcher = Matcher.fit(offers, progress=Bar("offers"), encoder=encoder)
    sys.stderr.write(f"{said_signals(matcher)}\n")
    return matcher
