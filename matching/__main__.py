"""Command line: ``python -m matching match | evaluate | export | import-taxonomy``."""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from matching.errors import MatchingError
from matching.evaluate import evaluate_esco, evaluate_lr_bench
from matching.evaluate_extraction import evaluate_extraction
from matching.io import (
    WrittenNeed,
    read_needs,
    read_offers,
    unknown_skills,
    write_lines,
    write_whole,
    written,
)
from matching.matcher import Matcher
from matching.profiles import Need
from matching.skill_graph.export import FORMATS
from matching.skill_graph.graph import SkillGraph
from matching.skill_graph.taxonomies import read_taxonomy

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
    judge = commands.add_parser("evaluate", help="measures on public judgements and on judged sentences")
    judge.add_argument("--data", type=Path, help="folder with matching/ and taxonomies/")
    judge.add_argument("--sentences", type=Path, help="sentences with their skills (JSON Lines)")
    judge.set_defaults(run=_evaluate)
    export = commands.add_parser("export", help="the skill graph as SKOS")
    export.add_argument("--format", choices=sorted(FORMATS), required=True)
    export.add_argument("--out", type=Path, required=True)
    export.set_defaults(run=_export)
    imported = commands.add_parser("import-taxonomy", help="read a public taxonomy and count what is in it")
    imported.add_argument("files", type=Path, nargs="+", metavar="FILE")
    imported.set_defaults(run=_import_taxonomy)
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
    measures = [
        (evaluate_lr_bench, options.data),
        (evaluate_esco, options.data),
        (evaluate_extraction, options.sentences),
    ]
    for figures, source in measures:
        for figure in figures(source) if source else ():
            sys.stdout.write(f"{figure}\n")
    return 0


def _export(options: argparse.Namespace) -> int:
    graph = SkillGraph.load()
    write_whole(options.out, [FORMATS[options.format](graph).encode()])
    sys.stderr.write(f"{len(graph)} skills, version {graph.version}\n")
    return 0


def _import_taxonomy(options: argparse.Namespace) -> int:
    for kind, count in read_taxonomy(options.files).counts().items():
        sys.stdout.write(f"{kind:<12} {count}\n")
    return 0


def _matches(matcher: Matcher, needs: list[Need], k: int) -> Iterator[WrittenNeed]:
    bar = Bar("needs")
    for done, need in enumerate(needs, 1):
        yield written(need, matcher.match(need, k))
        bar(done, len(needs))


if __name__ == "__main__":
    sys.exit(main())
