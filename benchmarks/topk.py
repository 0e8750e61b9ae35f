"""The best 20 of many profiles for one need: our index and others, in one run.

python -m benchmarks.topk [PROFILES] [NEEDS]     (usual: 1000000 1000; needs the extra "bench")

Each need is put to all in turn, several rounds. The smallest time of a need counts, and seconds of the
processor rather than of the clock, as others may be using the machine.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks import topk_data, topk_peers
from benchmarks.topk_data import Profiles
from benchmarks.topk_peers import Need, Peer
from matching.index import TopIndex

BEST = 20
SINGLE_NEEDS, ROUNDS = 50, 4
SLICE = 20  # needs that Q @ X.T takes at a time; the result of more would not fit in memory
OURS, IN_C = "ours", "C, every posting"
Result = TypeVar("Result")


def timed(run: Callable[[], Result]) -> tuple[float, Result]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def spent(run: Callable[[], Result]) -> tuple[float, float, Result]:
    """Seconds of the processor, of all threads, and seconds by the clock."""
    start = time.process_time()
    clock, result = timed(run)
    return time.process_time() - start, clock, result


def stage(what: str, run: Callable[[], Result]) -> Result:
    seconds, result = timed(run)
    print(f"  {what:<46} {seconds:9.2f} s", flush=True)
    return result


def main() -> None:
    count, asked = (
        int(sys.argv[i]) if len(sys.argv) > i else usual for i, usual in ((1, 1_000_000), (2, 1_000))
    )
    with tempfile.TemporaryDirectory(prefix="benthu-topk-") as name:
        folder = Path(name)
        print(f"{count:,} profiles, {topk_data.SKILLS:,} skills; preparing:")
        profiles = stage("draw the profiles", lambda: topk_data.profiles(count))
        stage(
            "ours: build from matrices, on disk",
            lambda: TopIndex.build(profiles.ids, profiles.weights, folder / "ours"),
        )
        index = stage("ours: open", lambda: TopIndex.open(folder / "ours"))
        stage("ours: open and compare every byte", lambda: TopIndex.open(folder / "ours", anew=True))
        exact, rough = peers(index, profiles, folder)
        one_need(exact, rough, profiles, topk_data.needs(SINGLE_NEEDS))
        many_needs(index, exact.get(IN_C), profiles, topk_data.needs(asked, seed=2))
        changes(index)
        resident(folder / "ours")


def peers(index: TopIndex, profiles: Profiles, folder: Path) -> tuple[dict[str, Peer], dict[str, Peer]]:
    """The exact ones and the others."""

    def ours(need: Need, k: int) -> NDArray[np.intp]:
        hits = index.search(need, np.ones(len(need), np.float32), k)
        return np.array([int(hit.id.removeprefix("profile-")) for hit in hits])

    exact: dict[str, Peer] = {OURS: ours}
    if reference := topk_peers.in_c(profiles, folder):
        exact[IN_C] = reference
    else:
        print("  no C compiler: no C reference")
    exact["scipy X @ q, argpartition"] = topk_peers.in_scipy(profiles)
    exact["sparse-dot-topn"] = topk_peers.in_sparse_dot_topn(profiles)
    exact["bm25s"] = topk_peers.in_bm25s(profiles)
    exact["tantivy"] = stage("tantivy: index", lambda: topk_peers.in_tantivy(profiles, folder / "tantivy"))
    return exact, stage("faiss: project and train", lambda: topk_peers.in_faiss(profiles))


def one_need(exact: dict[str, Peer], rough: dict[str, Peer], profiles: Profiles, asked: list[Need]) -> None:
    """Each need in turn to all, each time in another order."""
    everyone, draw = {**exact, **rough}, np.random.default_rng(6)
    times = {name: np.full((2, ROUNDS, len(asked)), np.inf) for name in everyone}
    shared = dict.fromkeys(rough, 0)
    for turn in range(ROUNDS):
        for number, need in enumerate(asked):
            found = {}
            for name in draw.permutation(list(everyone)).tolist():
                *seconds, found[name] = spent(lambda: everyone[name](need, BEST))  # noqa: B023
                times[name][:, turn, number] = seconds
            check(found, list(exact), profiles, need)
            for name in rough:
                shared[name] += len(set(found[name]) & set(found[OURS]))
    postings = float(np.median([lengths(profiles)[need].sum() for need in asked]))
    print(f"\nthe best {BEST} for one need (5 to 12 skills, {postings:,.0f} postings in the middle)")
    print(f"  {'milliseconds of the processor':<32}{'least':>8}{'middle':>8}{'mean':>8}", end="")
    print(f"{'/ ours':>8}{'/ C':>8}{'middle by the clock':>22}")
    smallest = {name: 1e3 * seconds.min(axis=1) for name, seconds in times.items()}
    middle = {name: float(np.median(each[0])) for name, each in smallest.items()}
    for name, (each, clock) in smallest.items():
        print(f"  {name:<32}{each.min():8.2f}{middle[name]:8.2f}{each.mean():8.2f}", end="")
        to_c = f"{middle[name] / middle[IN_C]:8.2f}" if IN_C in middle else f"{'-':>8}"
        print(f"{middle[name] / middle[OURS]:8.2f}{to_c}{np.median(clock):22.2f}", end="")
        print(
            ""
            if name in exact
            else f"   {shared[name] / (BEST * ROUNDS * len(asked)):.0%} of the exact result"
        )
    floor(profiles, postings, middle[OURS])


def lengths(profiles: Profiles) -> NDArray[np.int64]:
    return np.bincount(profiles.weights.indices, minlength=topk_data.SKILLS)


def check(found: dict[str, NDArray[np.intp]], exact: list[str], profiles: Profiles, need: Need) -> None:
    """The exact ones found the same scores, best first; what is equal to six digits may be in any order."""
    asked = np.zeros(topk_data.SKILLS)
    asked[need] = 1
    scores = {name: profiles.weights[found[name]].astype(np.float64) @ asked for name in exact}
    for name in exact:
        np.testing.assert_allclose(scores[name], scores[OURS], rtol=1e-6, err_msg=name)


def floor(profiles: Profiles, postings: float, ours: float) -> None:
    """What memory alone would take: read the postings, clear the scores and read them once."""
    block = np.ones(64_000_000, np.float32)
    reading = min(spent(block.sum)[0] for _ in range(7))
    copied = np.empty_like(block)
    copying = min(spent(lambda: np.copyto(copied, block))[0] for _ in range(7))
    speed = max(block.nbytes / reading, 2 * block.nbytes / copying)
    moved = 8 * postings + 2 * 4 * profiles.weights.shape[0]
    least = 1e3 * moved / speed
    print(
        f"  memory moves {speed / 1e9:.1f} GB/s; the {moved / 1e6:.1f} MB of a need take {least:.2f} ms",
        end="",
    )
    print(f", ours {ours / least:.1f} times that")


def many_needs(index: TopIndex, in_c: Peer | None, profiles: Profiles, asked: list[Need]) -> None:
    """All needs, a slice at a time in turn to each."""
    matrix = sparse.vstack([topk_peers.row_of(need, topk_data.SKILLS) for need in asked], "csr")
    by_skill = profiles.weights.T.tocsr()
    ways: dict[str, Callable[[sparse.csr_array], object]] = {
        "ours, 1 thread": lambda part: index.search_many(part, BEST),
        "ours, 2 threads": lambda part: index.search_many(part, BEST, workers=2),
        "scipy Q @ X.T and the best of it": lambda part: best_of(part @ by_skill),
        "sparse-dot-topn, 1 thread": lambda part: topk_peers.best_products(part, by_skill, BEST),
        "sparse-dot-topn, 2 threads": lambda part: topk_peers.best_products(part, by_skill, BEST, 2),
    }
    if in_c is not None:
        ways["C, one need after the other"] = lambda part: [
            in_c(need, BEST) for need in np.split(part.indices.astype(np.int32), part.indptr[1:-1])
        ]
    seconds = {name: np.zeros(2) for name in ways}
    for start in range(0, len(asked), SLICE):
        part = sparse.csr_array(matrix[start : start + SLICE])
        for name, way in ways.items():
            seconds[name] += spent(lambda: way(part))[:2]  # noqa: B023
    print(f"\n{f'{len(asked):,} needs, {SLICE} at a time':<40}{'processor, s':>16}{'/ ours':>8}", end="")
    print(f"{'clock, s':>12}{'/ ours':>8}")
    for name, (processor, clock) in seconds.items():
        ours = seconds["ours, 1 thread"]
        print(f"  {name:<46}{processor:8.2f}{processor / ours[0]:8.2f}{clock:12.2f}{clock / ours[1]:8.2f}")


def best_of(scores: sparse.csr_array) -> list[NDArray[np.int32]]:
    """The columns of the greatest entries of each row."""
    best = []
    for start, end in zip(scores.indptr, scores.indptr[1:], strict=False):
        values, k = scores.data[start:end], min(BEST, end - start)
        top = np.argpartition(values, len(values) - k)[len(values) - k :]
        best.append(scores.indices[start:end][top[np.argsort(-values[top])]])
    return best


def changes(index: TopIndex) -> None:
    """Put, search at once, remove, with a thousand changes waiting; then merge."""
    draw = np.random.default_rng(3)
    new = [
        (f"new-{i}", np.sort(draw.choice(topk_data.SKILLS, 15, replace=False)), np.ones(15))
        for i in range(1_000)
    ]
    need = topk_data.needs(1, seed=4)[0]
    ones = np.ones(len(need))
    print("\nchanges")
    before = min(spent(lambda: index.search(need, ones))[0] for _ in range(9))
    each = [1e3 * timed(lambda: index.put(*profile))[0] for profile in new[:100]]  # noqa: B023
    stage("900 put at once", lambda: index.put_many(new[100:]))
    after = min(spent(lambda: index.search(need, ones))[0] for _ in range(9))
    print(f"  a put, on disk and seen: {np.median(each):.2f} ms in the middle, {max(each):.1f} at most")
    print(f"  a search: {1e3 * before:.2f} ms, with {index.pending:,} changes waiting {1e3 * after:.2f} ms")
    stage("merge", index.merge)


RESIDENT = """
import sys
from pathlib import Path
import numpy as np
from benchmarks import topk_data
from matching.index import TopIndex
index = TopIndex.open(Path(sys.argv[1]))
for need in topk_data.needs(300, seed=5):
    index.search(need, np.ones(len(need)))
lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(*(int(lines[name].split()[0]) // 1024 for name in ("VmRSS", "RssAnon", "RssFile")))
"""


def resident(folder: Path) -> None:
    """Memory of a process that has opened the index and answered 300 needs."""
    command = [sys.executable, "-c", RESIDENT, str(folder)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    total, own, mapped = output.split()
    print(
        f"\na process of its own after 300 needs: {total} MiB resident ({own} its own, {mapped} mapped files)"
    )


if __name__ == "__main__":
    main()
