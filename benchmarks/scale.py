"""Fit and match over 1, 2 and 4 shards on this machine, and what 100 million profiles would take.

    python -m benchmarks.scale [OFFERS] [--shards 1,2,4]

More shards than cores share them: then a match takes no less time, and what is seen is the price of the
cluster. The projection is computed from what was measured here, on made-up profiles (see `matching_data`):
bytes a profile, milliseconds a profile, bytes a message. Stems grow as a power of the profiles (Heaps): with
the exponent between half of the offers and all of them, or with that of a newspaper's words where those made
up repeat themselves more. Pairs of stems are bounded, as each has to be in one of so many items.
"""

import argparse
import math
import os
import pickle
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from benchmarks.matching_data import needs, offers
from matching import Match, Matcher, Need, Offer, SkillGraph
from matching.artefact import save
from matching.cluster import ShardedMatcher, connected, fit_shards
from matching.cluster.serve import local_cluster
from matching.fitting import RAREST_PAIR
from matching.vectorizers import TermNames

NEEDS = 24
K = 20
TIMES = 5
GOAL = 100_000_000
NODE_MEMORY = 64e9
HEAPS = 0.49  # of Reuters RCV1, Manning, Raghavan and Schütze 2008, 5.1.1
PATIENCE = 0.05  # seconds a node may work on a need
SHARED = ("stems.json", "pairs.npy", "term_idf.npy", "topics.columns.npy", "topics.by_term.npy")
"""Files of an index that every shard has; all others grow with its profiles."""


Result = TypeVar("Result")


class Measured(msgspec.Struct, frozen=True):
    """One process: files in bytes, seconds a match, stems, all terms, pairs of stems an item."""

    profiles: int
    own: int
    shared: int
    fit: float
    match: float
    stems: int
    terms: int
    pairs_each: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("offers", type=int, nargs="?", default=4_000)
    parser.add_argument("--shards", default="1,2,4")
    options = parser.parse_args()
    graph = SkillGraph.load()
    made, asked = list(offers(options.offers, graph)), needs(NEEDS, graph)
    print(f"{len(made):,} profiles, {os.cpu_count()} cores, {NEEDS} needs, {K} best")
    half, _ = in_one_process(made[: len(made) // 2], asked, graph)
    whole, expected = in_one_process(made, asked, graph)
    print(f"one process        fit {whole.fit:7.1f} s   {1000 * whole.match:6.1f} ms a need")
    for shards in (int(number) for number in options.shards.split(",")):
        over(shards, made, asked, expected)
    project(half, whole, asked, expected)


def in_one_process(
    made: Sequence[Offer], asked: list[Need], graph: SkillGraph
) -> tuple[Measured, list[list[Match]]]:
    fit, matcher = timed(lambda: Matcher.fit(made, graph))
    matcher.match(asked[0], K)
    found = [matcher.match(need, K) for need in asked]
    # the smallest of several: between two sizes lies less than what a busy machine adds
    each = [min(timed(lambda: matcher.match(need, K))[0] for _ in range(TIMES)) for need in asked]  # noqa: B023
    with tempfile.TemporaryDirectory() as name:
        save(matcher, Path(name) / "index")
        files = {file.name: file.stat().st_size for file in (Path(name) / "index").iterdir()}
    shared = sum(files[name] for name in SHARED)
    names, words = matcher.corpus.term_vectors.names, matcher.corpus.words
    assert isinstance(names, TermNames)
    pairs_each = float(np.mean(words.indices >= len(names.stems)) * words.nnz / words.shape[0])
    own = sum(files.values()) - shared
    sizes = len(names.stems), len(names), pairs_each
    return Measured(len(made), own, shared, fit, sum(each) / len(asked), *sizes), found


def over(shards: int, made: Sequence[Offer], asked: list[Need], expected: list[list[Match]]) -> None:
    """One worker for each shard; the answers must be those of one process."""
    with (
        local_cluster(shards) as cluster,
        connected(cluster.scheduler_address) as client,
        tempfile.TemporaryDirectory() as name,
    ):
        fit, _ = timed(lambda: fit_shards(client, made, Path(name) / "shards", shards))
        matcher = ShardedMatcher(client, Path(name) / "shards")
        matcher.match(asked[0], K)
        alone, found = timed(lambda: [matcher.match(need, K) for need in asked])
        many, again = timed(lambda: list(matcher.match_within_limits(asked, K)))
        if found != expected or again != expected:
            raise SystemExit("the shards answer otherwise than one process")
        held = sorted(info["metrics"]["memory"] / 1e6 for info in workers(client))
    print(
        f"{shards} shards           fit {fit:7.1f} s   {1000 * alone / len(asked):6.1f} ms a need, "
        f"{1000 * many / len(asked):.1f} many at once; {held[-1]:.0f} MB in the largest worker"
    )


def workers(client: Any) -> list[dict[str, Any]]:
    return list(client.scheduler_info(n_workers=-1)["workers"].values())


def project(half: Measured, whole: Measured, asked: list[Need], found: list[list[Match]]) -> None:
    """What the goal would take, from two sizes in one process and the messages of one shard."""
    bytes_each = (whole.own - half.own) / (whole.profiles - half.profiles)
    seconds_each = max((whole.match - half.match) / (whole.profiles - half.profiles), 1e-9)
    heaps = max(math.log(whole.stems / half.stems) / math.log(whole.profiles / half.profiles), HEAPS)
    stems = whole.stems * (GOAL / whole.profiles) ** heaps
    pairs = whole.pairs_each * RAREST_PAIR
    shared = whole.shared / whole.terms * (stems + pairs)
    room = NODE_MEMORY - shared
    there = np.mean([len(pickle.dumps(need)) for need in asked])
    back = np.mean([len(pickle.dumps(matches)) for matches in found])
    print(f"a profile: {bytes_each:,.0f} bytes of index, {1e9 * seconds_each:,.0f} ms a million", end="")
    print(f" ({1e3 * half.match:.2f} ms for half of them, {1e3 * whole.match:.2f} for all)")
    print(f"vocabulary: {whole.stems:,} stems, {whole.terms:,} with pairs, {whole.shared / 1e6:.0f} MB")
    print(f"a need over the wire to a shard: {there:,.0f} bytes there, {back:,.0f} back")
    print(f"{GOAL:,} profiles:")
    total = GOAL * bytes_each
    print(f"  index {total / 1e12:.1f} TB in all; on each node a vocabulary of {shared / 1e9:.1f} GB:")
    print(f"    {stems:,.0f} stems, grown with exponent {heaps:.2f}, and at most {pairs:,.0f} pairs")
    for_memory, for_time = math.ceil(total / room), math.ceil(GOAL * seconds_each / PATIENCE)
    print(f"  {for_memory:,} nodes of {NODE_MEMORY / 1e9:.0f} GB to hold it all in memory")
    print(f"  {for_time:,} cores to answer a need within {1000 * PATIENCE:.0f} ms")
    nodes = max(for_memory, for_time)
    print(f"  with {nodes:,} shards: {(total / nodes + shared) / 1e9:.1f} GB in each, and")
    print(f"    {nodes * (there + back) / 1e6:.2f} MB a need through the one that merges")
    hours = whole.fit / whole.profiles * GOAL / nodes / 3600
    print(f"    {hours:.1f} hours to read and weigh on as many cores, without the sums over all")


def timed(run: Callable[[], Result]) -> tuple[float, Result]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    main()
