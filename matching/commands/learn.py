"""``learn``: answers to introductions in, weights of the signals out."""

import argparse
import sys
from pathlib import Path

import msgspec

from matching.champion import Report, compare
from matching.commands import Commands
from matching.commands.bar import Bar
from matching.commands.signals import add_model, chosen_encoder
from matching.evaluate import public_losses, read_lr_bench
from matching.feedback import read_answers
from matching.io import write_whole
from matching.matcher import Matcher
from matching.weights import fixed_weights, read_weights


class Written(msgspec.Struct, frozen=True):
    """The file `--weights` reads: the weights to use, the model they belong to, and how they came about."""

    weights: dict[str, float]
    encoder: str | None
    report: Report


def add(commands: Commands) -> None:
    """``learn``."""
    learn = commands.add_parser("learn", help="answers to introductions in (JSON Lines), weights out (JSON)")
    learn.add_argument("--answers", type=Path, required=True)
    learn.add_argument("--data", type=Path, required=True, help="folder with matching/lr_bench, which guards")
    learn.add_argument("--champion", type=Path, help="the weights in use; the fixed ones unless given")
    learn.add_argument("--out", type=Path, required=True)
    learn.add_argument("--lang", choices=("vi", "en"), default="vi", help="of the report (default vi)")
    add_model(learn)
    learn.set_defaults(run=_learn)


def _learn(options: argparse.Namespace) -> int:
    name: str | None = options.semantic
    champion = read_weights(options.champion).for_model(name) if options.champion else fixed_weights(name)
    answers = read_answers(options.answers, list(champion))
    bench = read_lr_bench(options.data)
    matcher = Matcher.fit(bench.offers, progress=Bar("offers"), encoder=chosen_encoder(options))
    report = compare(answers, champion, public_losses(bench, matcher))
    written = Written(report.weights, name, report)
    write_whole(options.out, [msgspec.json.format(msgspec.json.encode(written)), b"\n"])
    sys.stdout.writelines(f"{line}\n" for line in report.say(options.lang))
    return 0
