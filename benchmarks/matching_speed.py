"""How fast the engine is: reading and fitting offers, then matching and explaining, and how much it holds.

    python -m benchmarks.matching_speed [OFFERS]

10,000 offers unless told otherwise; the page of suggestions is meant for 100,000 (some minutes, 5 GB to fit).
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from benchmarks.matching_data import needs, offers
from matching import Matcher, Need, SkillGraph, explain
from matching.artefact import load, save
from matching.io import read_offers

NEEDS = 50
PAGE = 10
Result = TypeVar("Result")


def timed(what: str, run: Callable[[], Result]) -> Result:
    start, worked = time.perf_counter(), time.process_time()
    result = run()
    took, work = time.perf_counter() - start, time.process_time() - worked
    print(f"{what:<44} {took:9.2f} s  ({work:.2f} s of processor)", flush=True)
    return result


def each(what: str, run: Callable[[Need], object], asked: list[Need]) -> None:
    times, works = [], []
    for need in asked:
        start, worked = time.perf_counter(), time.process_time()
        run(need)
        times.append(1000 * (time.perf_counter() - start))
        works.append(1000 * (time.process_time() - worked))
    middle, slow = np.percentile(times, [50, 95])
    work = np.median(works)
    print(f"{what:<44} {middle:8.1f} ms (95 % within {slow:.1f}; {work:.1f} of processor)", flush=True)


def resident() -> float:
    """MB in memory now, pages of mapped files included."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def page(matcher: Matcher, need: Need) -> list[object]:
    """The best with their paths, and why each scores what it scores."""
    best = matcher.match(need, PAGE)
    return [explain(matcher, need, match.offer, with_change=False) for match in best]


def fit(count: int, graph: SkillGraph, folder: Path) -> None:
    """Write offers, import them, fit and save an index of them."""
    lines = (msgspec.json.encode(offer) + b"\n" for offer in offers(count, graph))
    with (folder / "offers.jsonl").open("wb") as file:
        file.writelines(lines)
    read = timed(f"import {count} offers from JSON Lines", lambda: read_offers(folder / "offers.jsonl"))
    matcher = timed("fit (read texts, learn words and topics)", lambda: Matcher.fit(read, graph))
    print(f"{len(matcher.corpus.items)} items, {len(matcher.corpus.term_vectors.names)} terms")
    timed("save", lambda: save(matcher, folder / "index"))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{'most in memory while fitting':<44} {most:9.0f} MB")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    graph = timed("load the skill graph", SkillGraph.load)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        in_child(lambda: fit(count, graph, folder))  # the memory of fitting is not that of matching
        before = resident()
        matcher = timed("load", lambda: load(folder / "index", graph))
        print(f"{'the index on the disk':<44} {sum(size(folder / 'index')) / 1e6:9.0f} MB")
        asked = needs(3 * NEEDS, graph)
        timed("the first match of a process", lambda: matcher.match(asked[0]))
        each("match, 20 best with paths", lambda need: matcher.match(need, 20), asked[:NEEDS])
        each(
            f"page: {PAGE} best with paths and reasons", lambda n: page(matcher, n), asked[NEEDS : 2 * NEEDS]
        )
        each(
            "explain the best, with what would help",
            lambda need: explain(matcher, need, matcher.match(need, 1)[0].offer),
            asked[2 * NEEDS :],
        )
        print(f"{'in memory through matching':<44} {resident() - before:9.0f} MB (mapped pages included)")


def in_child(run: Callable[[], None]) -> None:
    """Run in a process of its own that ends with it."""
    child = get_context("fork").Process(target=run)
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(child.exitcode)


def size(folder: Path) -> Iterator[int]:
    return (file.stat().st_size for file in folder.iterdir())


if __name__ == "__main__":
    main()
