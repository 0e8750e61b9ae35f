"""How good a ranking is, and how sure we are of the number."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
import numpy as np

_Row = TypeVar("_Row")


class JudgedPair(msgspec.Struct, frozen=True):
    """Two scores of which the first should be greater; ``gap`` > 0 is how far the judgements are apart."""

    better: float
    worse: float
    gap: float


class Estimate(msgspec.Struct, frozen=True):
    """A figure with the 95 % interval of its bootstrap."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def accuracy(pairs: Sequence[JudgedPair]) -> float:
    """The share of pairs in the right order; a tie is half right. In [0, 1]."""
    return sum(1 - _wrong(pair) for pair in pairs) / len(pairs)


def loss(pairs: Sequence[JudgedPair]) -> float:
    """Σ gap of the pairs in the wrong order / Σ gap; a tie is half wrong. In [0, 1] (Stelmakh et al.
    2023)."""
    return sum(pair.gap * _wrong(pair) for pair in pairs) / sum(pair.gap for pair in pairs)


def _wrong(pair: JudgedPair) -> float:
    if pair.better == pair.worse:
        return 0.5
    return float(pair.better < pair.worse)


def reciprocal_rank(scores: Sequence[float], right: int) -> float:
    """1 / rank of the ``right`` entry; among equals the middle rank, so that ties are no gift."""
    above = sum(score > scores[right] for score in scores)
    equal = sum(score == scores[right] for score in scores)
    return 1 / (above + (equal + 1) / 2)


def bootstrap(
    rows: Sequence[_Row], figure: Callable[[Sequence[_Row]], float], times: int = 1000, seed: int = 0
) -> Estimate:
    """The figure over the rows and its 2.5th and 97.5th percentile over resampled rows."""
    draw = np.random.default_rng(seed)
    picks = draw.integers(len(rows), size=(times, len(rows)))
    values = [figure([rows[i] for i in pick]) for pick in picks]
    low, high = np.percentile(values, [2.5, 97.5])
    return Estimate(figure(rows), float(low), float(high))
