"""How fast the engine is: reading and fitting 10,000 offers, then matching and explaining.

python benchmarks/matching_speed.py [OFFERS]
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from matching import Evidence, Matcher, Need, Offer, SkillGraph, SkillLevel, SubNeed, explain
from matching.artefact import load, save
from matching.io import read_offers

NEEDS = 50
Result = TypeVar("Result")


def offers(count: int, graph: SkillGraph, seed: int = 0) -> list[Offer]:
    """People with six skills, 2 to 6 papers of about 120 words around them and two skills declared."""
    draw = np.random.default_rng(seed)
    filler = [f"{a}{b}" for a in ("mod", "sys", "param", "struct", "field") for b in range(2_000)]
    usual = 1 / np.arange(1, len(filler) + 1)
    made = []
    for i in range(count):
        known = draw.choice(len(graph), 6, replace=False)
        evidence = []
        for j in range(int(draw.integers(2, 7))):
            names = [str(draw.choice(graph[graph.keys[k]].names)) for k in draw.choice(known, 3)]
            words = draw.choice(filler, 110, p=usual / usual.sum()).tolist()
            for at, name in enumerate(names):
                words.insert(at * 30, name)
            evidence.append(
                Evidence(id=f"{i}-{j}", kind="paper", title=f"On {names[0]}", text=" ".join(words))
            )
        declared = tuple(SkillLevel(graph.keys[k], float(draw.integers(1, 6))) for k in known[:2])
        made.append(Offer(id=f"offer-{i:06}", skills=declared, evidence=tuple(evidence)))
    return made


def needs(graph: SkillGraph, seed: int = 1) -> list[Need]:
    draw = np.random.default_rng(seed)
    made = []
    for i in range(NEEDS):
        wanted = [graph.keys[k] for k in draw.choice(len(graph), 5, replace=False)]
        text = ". ".join(f"{graph[key].vi}: {graph[key].scope.en}" for key in wanted)
        made.append(Need(id=str(i), text=text, skills=tuple(SubNeed(key) for key in wanted)))
    return made


def timed(what: str, run: Callable[[], Result]) -> Result:
    start = time.perf_counter()
    result = run()
    print(f"{what:<44} {time.perf_counter() - start:8.2f} s", flush=True)
    return result


def each(what: str, run: Callable[[Need], object], asked: list[Need]) -> None:
    times = []
    for need in asked:
        start = time.perf_counter()
        run(need)
        times.append(1000 * (time.perf_counter() - start))
    middle, slow = np.percentile(times, [50, 95])
    print(f"{what:<44} {middle:8.1f} ms (95 % within {slow:.1f} ms)", flush=True)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    graph = timed("load the skill graph", SkillGraph.load)
    made = offers(count, graph)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "offers.jsonl").write_bytes(b"\n".join(msgspec.json.encode(offer) for offer in made))
        read = timed(f"import {count} offers from JSON Lines", lambda: read_offers(folder / "offers.jsonl"))
        matcher = timed("fit (read texts, learn words and topics)", lambda: Matcher.fit(read, graph))
        print(f"{len(matcher.corpus.items)} items, {len(matcher.corpus.term_vectors.names)} terms")
        timed("save", lambda: save(matcher, folder / "index"))
        matcher = timed("load", lambda: load(folder / "index", graph))
        asked = needs(graph)
        matcher.match(asked[0])
        each("match, 20 best with paths", lambda need: matcher.match(need, 20), asked)
        each("explain the best", lambda need: explain(matcher, need, matcher.match(need, 1)[0].offer), asked)


if __name__ == "__main__":
    main()
