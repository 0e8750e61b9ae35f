"""``serve-shards``: workers on this machine; and what ``--cluster`` makes of fit, match and evaluate."""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from matching.cluster import ShardedMatcher, connected, fit_shards
from matching.cluster.serve import HOST, join, serve
from matching.commands import Commands
from matching.commands.bar import Bar
from matching.commands.common import positive, said_signals
from matching.commands.signals import chosen_weights
from matching.errors import BadArtefact, BadLine, MatchingError
from matching.evaluate import Figure, evaluate_lr_bench
from matching.io import WrittenNeed, read_needs, read_rows, unknown_skills, write_lines, written
from matching.profiles import Need, Offer
from matching.skill_graph.graph import SkillGraph
from matching.text import Text


class OneMachineOnly(MatchingError):
    """An option that a cluster cannot honour."""

    code = "matching.one_machine_only"

    def __init__(self, option: str) -> None:
        super().__init__(
            Text(
                f"{option} chưa dùng được cùng --cluster. Hãy bỏ {option} hoặc chạy trên một máy.",
                f"{option} does not work with --cluster. Leave it out, or run on one machine.",
            )
        )


def add(commands: Commands) -> None:
    """``serve-shards``."""
    parser = commands.add_parser(
        "serve-shards",
        help="workers for --cluster; whoever reaches their ports can run programs here, so keep them to a "
        "network of your own",
    )
    parser.add_argument("--workers", type=positive, default=2, help="processes (default 2)")
    parser.add_argument("--host", default=HOST, help=f"address to listen on (default {HOST}: this machine)")
    parser.add_argument("--port", type=int, default=8786, help="of the scheduler; 0 for any free one")
    parser.add_argument("--join", metavar="tcp://…", help="work for a scheduler that runs already")
    parser.set_defaults(run=_serve)


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """``--cluster`` and ``--shards``."""
    parser.add_argument("--cluster", metavar="tcp://…", help="the scheduler that `serve-shards` printed")
    parser.add_argument("--shards", type=positive, default=2, help="shards to fit over a cluster (default 2)")


def fit(options: argparse.Namespace) -> int:
    """Fit ``options.offers`` into shards. Raises what `fit_shards` and `connected` do, and BadLine."""
    _refuse(options)
    with connected(options.cluster) as client:
        _fit(client, options, options.out)
        matcher = ShardedMatcher(client, options.out)
        shards = len(matcher.shards)
        sys.stderr.write(f"{matcher.size} offers in {shards} shards; {said_signals(matcher)}\n")
    return 0


def match(options: argparse.Namespace) -> int:
    """Match over shards that `fit` made, or over offers fitted for this run."""
    _refuse(options)
    needs = read_needs(options.needs)
    with connected(options.cluster) as client, _shards(client, options) as folder:
        matcher = ShardedMatcher(client, folder, chosen_weights(options), options.without_model)
        if options.semantic not in (None, matcher.encoder_name):
            model = matcher.encoder_name or "none"
            raise BadArtefact(f"it is ranked with the model {model}, not {options.semantic}")
        lines = write_lines(options.out, _matches(matcher, needs, options.k))
        sys.stderr.write(f"{lines} needs, {matcher.size} offers; {said_signals(matcher)}\n")
    return 0


def lr_bench(options: argparse.Namespace, data: Path) -> list[Figure]:
    """LR-bench over a cluster; shards lie in the current folder for the time being."""
    _refuse(options)
    with connected(options.cluster) as client, _beside(Path.cwd() / "shards") as folder:

        def fitted(offers: Sequence[Offer]) -> ShardedMatcher:
            fit_shards(client, offers, folder, options.shards, encoder=options.semantic)
            matcher = ShardedMatcher(client, folder)
            sys.stderr.write(f"{said_signals(matcher)}\n")
            return matcher

        return list(evaluate_lr_bench(data, fitted))


def _serve(options: argparse.Namespace) -> int:
    def say(address: str) -> None:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()

    if options.join:
        join(options.join, options.workers, say)
    else:
        serve(options.host, options.port, options.workers, say)
    return 0


def _refuse(options: argparse.Namespace) -> None:
    """Each worker encodes for itself: there is no one folder that could keep what they encoded."""
    if options.vectors:
        raise OneMachineOnly("--vectors")


def _fit(client: object, options: argparse.Namespace, folder: Path) -> None:
    weights = chosen_weights(options)
    fit_shards(
        client,
        _offers(options.offers),
        folder,
        options.shards,
        encoder=options.semantic,
        weights=weights.for_model(options.semantic) if weights else None,
    )


def _offers(file: Path) -> Iterator[Offer]:
    graph, known = SkillGraph.load(), set[str]()
    for line, offer in read_rows(file, Offer):
        if offer.id in known:
            raise BadLine(file.name, line, "$.id", f"the id {offer.id!r} was used before")
        known.add(offer.id)
        for row, key in unknown_skills([offer], graph):
            sys.stderr.write(f"{row}: no skill {key!r} in the graph; its words are looked for instead\n")
        yield offer


@contextmanager
def _shards(client: object, options: argparse.Namespace) -> Iterator[Path]:
    if options.index:
        yield options.index
        return
    with _beside(options.out) as folder:
        _fit(client, options, folder)
        yield folder


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """The name of a folder beside a file, which is gone afterwards: workers see what is there."""
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=f".{file.name}.") as folder:
        yield Path(folder) / "shards"


def _matches(matcher: ShardedMatcher, needs: Sequence[Need], k: int) -> Iterator[WrittenNeed]:
    bar = Bar("needs")
    found = matcher.match_within_limits(needs, k)
    for done, (need, matches) in enumerate(zip(needs, found, strict=True), 1):
        yield written(need, matches)
        bar(done, len(needs))
