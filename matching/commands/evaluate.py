"""``evaluate``: the engine against public judgements and judged sentences."""

import argparse
import sys
from functools import partial
from pathlib import Path

from matching.commands import Commands, cluster
from matching.commands.cluster import add_cluster
from matching.evaluate import evaluate_esco, evaluate_lr_bench
from matching.evaluate_extraction import evaluate_extraction


def add(commands: Commands) -> None:
    """``evaluate``."""
    judge = commands.add_parser("evaluate", help="measures on public judgements and on judged sentences")
    judge.add_argument("--data", type=Path, help="folder with matching/ and taxonomies/")
    judge.add_argument("--sentences", type=Path, help="sentences with their skills (JSON Lines)")
    add_cluster(judge)
    judge.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    measures = [
        (partial(cluster.lr_bench, options) if options.cluster else evaluate_lr_bench, options.data),
        (evaluate_esco, options.data),
        (evaluate_extraction, options.sentences),
    ]
    for figures, source in measures:
        for figure in figures(source) if source else ():
            sys.stdout.write(f"{figure}\n")
    return 0
