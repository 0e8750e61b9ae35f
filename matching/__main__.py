"""Command line: ``python -m matching match | evaluate``."""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from matching.errors import MatchingError
from matching.evaluate import evaluate_esco, evaluate_lr_bench
from matching.io import WrittenNeed, read_needs, read_offers, unknown_skills, write_lines, written
from matching.matcher import Matcher
from matching.profiles import Need
from matching.skill_graph.graph import SkillGraph

_EVERY_SECONDS = 0.5


class Bar:
    """Progress on standard error, at most twice a second, ended by a line of its own."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._next = time.monotonic() + _EVERY_SECONDS

    def __call__(self, done: int, total: int) -> None:
        if done < total and time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _EVERY_SECONDS
        filled = 30 * done // max(total, 1)
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r{self._what} [{'#' * filled:<30}] {done}/{total}{end}")
        sys.stderr.flush()


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (MatchingError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m matching", description="Ranks offers for needs, with reasons."
    )
    commands = parser.add_subparsers(required=True)
    match = commands.add_parser("match", help="offers and needs in, matches out (JSON Lines)")
    match.add_argument("--offers", type=Path, required=True)
    match.add_argument("--needs", type=Path, required=True)
    match.add_argument(
        "--k", type=_count, default=20, help="matches per need; 0 for every offer (default 20)"
    )
    match.add_argument("--out", type=Path, required=True)
    match.set_defaults(run=_match)
    judge = commands.add_parser("evaluate", help="accuracy and loss on public judgements")
    judge.add_argument("--data", type=Path, required=True, help="folder with matching/ and taxonomies/")
    judge.set_defaults(run=_evaluate)
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("a whole number, 0 or more")
    return int(text)


def _match(options: argparse.Namespace) -> int:
    graph = SkillGraph.load()
    offers, needs = read_offers(options.offers), read_needs(options.needs)
    for row, key in unknown_skills([*offers, *needs], graph):
        sys.stderr.write(f"{row}: no skill {key!r} in the graph; its words are looked for instead\n")
    matcher = Matcher.fit(offers, graph, Bar("offers"))
    count = write_lines(options.out, _matches(matcher, needs, options.k))
    used = ", ".join(f"{name} {weight:.2f}" for name, weight in matcher.signals.items())
    sys.stderr.write(f"{count} needs, {len(offers)} offers; signals: {used}\n")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    for figures in (evaluate_lr_bench, evaluate_esco):
        for figure in figures(options.data):
            sys.stdout.write(f"{figure}\n")
    return 0


def _matches(matcher: Matcher, needs: list[Need], k: int) -> Iterator[WrittenNeed]:
    bar = Bar("needs")
    for done, need in enumerate(needs, 1):
        yield written(need, matcher.match(need, k))
        bar(done, len(needs))


if __name__ == "__main__":
    sys.exit(main())
