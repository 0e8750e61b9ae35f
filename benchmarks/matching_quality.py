"""How well the engine ranks: LR-bench through the command line, signal by signal, with bootstrap intervals.

python benchmarks/matching_quality.py [FOLDER WITH PUBLIC DATA]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from matching import Matcher, SkillGraph
from matching.evaluate import LrBench, evaluate_esco, lr_bench_figures, read_lr_bench
from matching.io import WrittenNeed
from matching.metrics import JudgedPair, accuracy, bootstrap, loss
from matching.rankers import Blend, Popularity, Ranker
from matching.reading import read_need

BESIDE = Path(__file__).parents[1].parent / "shared" / "data"


def through_the_command_line(bench: LrBench, folder: Path) -> list[JudgedPair]:
    for name, rows in (("offers", bench.offers), ("needs", bench.needs)):
        (folder / f"{name}.jsonl").write_bytes(b"\n".join(msgspec.json.encode(row) for row in rows))
    files = [f"--{name}={folder / name}.jsonl" for name in ("offers", "needs")]
    command = [
        sys.executable,
        "-m",
        "matching",
        "match",
        "--k=0",
        *files,
        f"--out={folder / 'matches.jsonl'}",
    ]
    subprocess.run(command, check=True)
    decoder = msgspec.json.Decoder(WrittenNeed)
    lines = [decoder.decode(line) for line in (folder / "matches.jsonl").read_bytes().splitlines()]
    return bench.pairs({(line.need, match.offer): match.score for line in lines for match in line.matches})


def by_ranker(bench: LrBench, name: str, ranker: Ranker) -> None:
    graph = SkillGraph.load()
    scores = {}
    for need in bench.needs:
        row = ranker.scores(read_need(need, graph))
        scores |= {(need.id, offer.id): float(row[i]) for i, offer in enumerate(bench.offers)}
    pairs = bench.pairs(scores)
    print(f"{name:<28} accuracy {bootstrap(pairs, accuracy)}   loss {bootstrap(pairs, loss)}", flush=True)


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else BESIDE
    bench = read_lr_bench(data)
    with tempfile.TemporaryDirectory() as folder:
        for figure in lr_bench_figures(through_the_command_line(bench, Path(folder))):
            print(figure, flush=True)
    matcher = Matcher.fit(bench.offers)
    by_ranker(bench, "popularity", Popularity().fit(matcher.corpus))
    for name, part in matcher.ranker.parts.items():
        by_ranker(bench, name, part)
    for share in (0.3, 0.5, 0.7):
        blend = Blend(
            {n: matcher.ranker.parts[n] for n in ("words", "topics")}, {"words": share, "topics": 1 - share}
        )
        blend.corpus = matcher.corpus
        by_ranker(bench, f"{share} words {1 - share:.1f} topics", blend)
    by_ranker(bench, "blend (default)", matcher.ranker)
    for figure in evaluate_esco(data):
        print(figure)


if __name__ == "__main__":
    main()
