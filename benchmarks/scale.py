"""Fit and match over 1, 2 and 4 shards on this machine, and what 100 million profiles would take.

    python -m benchmarks.scale [OFFERS] [--shards 1,2,4]

More shards than cores share them: then a match takes no less time, and what is seen is the price of the
cluster. The projection is computed from what was measured here, on made-up profiles (see `matching_data`):
bytes a profile, milliseconds a profile, bytes a message. The vocabulary grows as a power of the profiles
(Heaps), the exponent is that between half of the offers and all of them.
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

NEEDS = 24
K = 20
GOAL = 100_000_000
NODE_MEMORY = 64e9
PATIENCE = 0.05  # seconds a node may work on a need
SHARED = ("stems.json", "pairs.npy", "term_idf.npy", "topics.columns.npy", "topics.by_term.npy")
"""Files of an index that every shard has; all others grow with its profiles."""


Result = TypeVar("Result")


class Measured(msgspec.Struct, frozen=True):
    """One process: files in bytes, seconds a match, terms."""

    profiles: int
    own: int
    shared: int
    fit: float
    match: float
    terms: int


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
    match, found = timed(lambda: [matcher.match(need, K) for need in asked])
    with tempfile.TemporaryDirectory() as name:
        save(matcher, Path(name) / "index")
        files = {file.name: file.stat().st_size for file in (Path(name) / "index").iterdir()}
    shared = sum(files[name] for name in SHARED)
    terms = len(matcher.corpus.term_vectors.names)
    own = sum(files.values()) - shared
    return Measured(len(made), own, shared, fit, match / len(asked), terms), found


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
    heaps = math.log(whole.terms / half.terms) / math.log(whole.profiles / half.profiles)
    shared = whole.shared * (GOAL / whole.profiles) ** heaps
    room = NODE_MEMORY - shared
    there = np.mean([len(pickle.dumps(need)) for need in asked])
    back = np.mean([len(pickle.dumps(matches)) for matches in found])
    print(f"a profile: {bytes_each:,.0f} bytes of index, {1e9 * seconds_each:,.0f} ms a million")
    print(f"vocabulary: {whole.terms:,} terms, {whole.shared / 1e6:.0f} MB, grows with exponent {heaps:.2f}")
    print(f"a need over the wire to a shard: {there:,.0f} bytes there, {back:,.0f} back")
    print(f"{GOAL:,} profiles:")
    total = GOAL * bytes_each
    print(f"  index {total / 1e12:.1f} TB in all, and a vocabulary of {shared / 1e9:.1f} GB on each node")
    if room <= 0:
        print(f"  the vocabulary alone is more than a node of {NODE_MEMORY / 1e9:.0f} GB: it must be cut")
        return
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
