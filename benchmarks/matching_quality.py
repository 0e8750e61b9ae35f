"""How well the engine ranks: LR-bench ranker by ranker and blend by blend, with bootstrap intervals.

python -m benchmarks.matching_quality [FOLDER WITH PUBLIC DATA] [--semantic minilm|e5] [--vectors FOLDER]

The blend in use comes first, then every ranker alone; then how much of the choice of weights is luck: weights
chosen among many on half of the needs, judged on the other half.
"""

import argparse
import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from matching import Matcher
from matching.commands.bar import Bar
from matching.commands.signals import add_model, chosen_encoder
from matching.evaluate import LrBench, evaluate_esco, lr_bench_figures, read_lr_bench
from matching.evaluate_translations import evaluate_translations
from matching.metrics import JudgedPair, accuracy, bootstrap, loss
from matching.rankers import Bm25, Cosine, Popularity, Ranker
from matching.reading import Query, read_need
from matching.vectorizers import Floats

BESIDE = Path(__file__).parents[1].parent / "shared" / "data"
STEPS = (0.1, 0.2, 0.3, 0.4)
SPLITS = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", default=BESIDE)
    add_model(parser)
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"the public data are not in {options.data}: give their folder")
        return
    encoder = chosen_encoder(options)
    bench = read_lr_bench(options.data)
    matcher = Matcher.fit(bench.offers, progress=Bar("offers"), encoder=encoder)
    print("signals:", {name: round(weight, 3) for name, weight in matcher.signals.items()})
    queries = [read_need(need, matcher.graph) for need in bench.needs]
    for figure in lr_bench_figures(judged(bench, matcher.ranker, queries)):
        print(figure, flush=True)
    rankers = [Popularity(), Cosine(), Bm25()]
    for ranker in [*(one.fit(matcher.corpus) for one in rankers), *matcher.ranker.parts.values()]:
        pairs = judged(bench, ranker, queries)
        print(
            f"{ranker.name:<12} accuracy {bootstrap(pairs, accuracy)}   loss {bootstrap(pairs, loss)}",
            flush=True,
        )
    luck(bench, matcher, queries)
    for figure in (*evaluate_esco(options.data, encoder), *evaluate_translations(options.data, encoder)):
        print(figure, flush=True)


def judged(bench: LrBench, ranker: Ranker, queries: list[Query]) -> list[JudgedPair]:
    return pairs_of(bench, [ranker.scores(query) for query in queries])


def pairs_of(bench: LrBench, rows: list[Floats]) -> list[JudgedPair]:
    """``rows``: for each need the scores of all offers."""
    return bench.pairs(
        {
            (need.id, offer.id): float(score)
            for need, row in zip(bench.needs, rows, strict=True)
            for offer, score in zip(bench.offers, row, strict=True)
        }
    )


def luck(bench: LrBench, matcher: Matcher, queries: list[Query]) -> None:
    """Weights in steps of 0.1, the best on half of the needs against the other half, many times."""
    tried = list(weights_of(list(matcher.signals)))
    parts = [
        {name: one.item_scores(query) for name, one in matcher.ranker.parts.items()} for query in queries
    ]
    wrong = np.array([wrongs(bench, matcher, parts, weights) for weights in tried])
    gaps = np.array([triple.gap for triple in bench.triples])
    losses = (wrong * gaps).sum(axis=1) / gaps.sum()
    print(
        f"{len(tried)} blends: loss {losses.min():.3f} to {losses.max():.3f}, middle {np.median(losses):.3f}"
    )
    needs = np.array([triple.need for triple in bench.triples])
    draw = np.random.default_rng(0)
    found = []
    for _ in range(SPLITS):
        chosen = draw.permutation([need.id for need in bench.needs])[: len(bench.needs) // 2]
        half = np.isin(needs, chosen)
        best = wrong[np.argmin((wrong * gaps)[:, half].sum(axis=1))]
        found.append((1 - best[~half].mean(), (best * gaps)[~half].sum() / gaps[~half].sum()))
    print(
        "chosen on one half, judged on the other: accuracy {:.3f}, loss {:.3f}".format(
            *np.mean(found, axis=0)
        )
    )


def weights_of(names: list[str]) -> Iterator[dict[str, float]]:
    """All weights of at least 0.1 in steps of 0.1 of which only the last may be greater than 0.4."""
    for some in itertools.product(STEPS, repeat=len(names) - 1):
        if sum(some) < 0.95:
            yield dict(zip(names, (*some, 1 - sum(some)), strict=True))


def wrongs(
    bench: LrBench, matcher: Matcher, parts: list[dict[str, Floats]], weights: Mapping[str, float]
) -> Floats:
    """(triples,) 1 where the order is wrong, ½ for a tie. ``parts``: the item scores of each need."""
    blends = [np.sum([weights[name] * scores for name, scores in row.items()], axis=0) for row in parts]
    pairs = pairs_of(bench, [matcher.corpus.per_offer(blend.astype(np.float32)) for blend in blends])
    return np.array([0.5 if p.better == p.worse else float(p.better < p.worse) for p in pairs], np.float32)


if __name__ == "__main__":
    main()
