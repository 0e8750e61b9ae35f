"""Learning from answers to introductions: weights of the signals close to those in use.

P(accepted) = σ(a + b · w·x − c · ln rank): x are the values of the signals when an offer was shown, w ≥ 0 the
weights (Σ w = 1), b ≥ 0 and c ≥ 0. Who stands lower is looked at less kindly; that must not be taken for a
fault of the signals (position bias, Joachims et al. 2005), so the rank explains a part of its own. The
log-loss is pulled quadratically towards the weights in use: a few answers change next to nothing. The same
answers give the same weights, to the last digit.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta
from scipy.optimize import LinearConstraint, minimize

from matching.errors import BadLine
from matching.io import read_rows
from matching.matcher import Matcher
from matching.profiles import Key, Need
from matching.reading import Query, read_need

Doubles = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Unknowns = np.ndarray[tuple[int], np.dtype[np.float64]]
Bound = tuple[float | None, float | None]
PULL = 100.0
HELD_OUT_OF = 4
DIGITS = 3
# keeps a, b and c finite when the answers could be told apart without fault
_RIDGE = 0.01
_FIRST_GUESS = (0.0, 1.0, 0.0)
_SHARE: Bound = (0.0, 1.0)
_BOUNDS: list[Bound] = [(None, None), (0.0, None), (0.0, None)]
_MOST_STEPS, _CLOSE = 500, 1e-10


class Answer(msgspec.Struct, frozen=True):
    """What became of one introduction: ``rank`` from 1 and ``signals`` (`signal_values`) as it was shown."""

    need: Key
    offer: Key
    answer: Literal["accepted", "declined"]
    rank: Annotated[int, Meta(ge=1)]
    signals: dict[str, Annotated[float, Meta(ge=0)]]


class Model(msgspec.Struct, frozen=True):
    """How likely an answer is: intercept ``a``, slope ``b`` of the score and effect ``c`` of the position."""

    weights: dict[str, float]
    a: float
    b: float
    c: float

    def losses(self, answers: Sequence[Answer]) -> list[float]:
        """The log-loss of each answer, in nats."""
        x, signs, ranks = _arrays(answers, list(self.weights))
        scores = x @ np.array(list(self.weights.values()))
        return [float(loss) for loss in _losses(scores, signs, ranks, (self.a, self.b, self.c))]


def signal_values(matcher: Matcher, need: Need, offer_ids: Sequence[str]) -> list[dict[str, float]]:
    """For each offer the value of each signal: times the weights in use they add up to its score (to 1e-6).

    To be kept with a suggestion when it is shown. Raises UnknownOffer.
    """
    query = read_need(need, matcher.graph)
    return [_values(matcher, query, matcher.row(offer_id)) for offer_id in offer_ids]


def _values(matcher: Matcher, query: Query, row: int) -> dict[str, float]:
    items = matcher.corpus.items_of_all(np.array([row]))
    parts = {name: part.some_scores(query, items) for name, part in matcher.ranker.parts.items()}
    blend = matcher.ranker.total({name: matcher.signals[name] * scores for name, scores in parts.items()})
    covered = np.array([matcher.coverage.of_offer(query, row)[0]], np.float32)
    shares = matcher.corpus.shares(row, blend) * matcher.factor(query, covered)
    return {name: float((shares * scores).sum()) for name, scores in parts.items()}


def read_answers(file: Path, signals: Sequence[str]) -> list[Answer]:
    """The answers of a JSON Lines file. Raises BadLine.

    A signal that rested when an offer was shown may be missing and counts 0.
    """
    answers = []
    for number, row in read_rows(file, Answer):
        if strange := sorted(set(row.signals) - set(signals)):
            what = f"{', '.join(strange)}: the signals in use are {', '.join(signals)}"
            raise BadLine(file.name, number, "$.signals", what)
        answers.append(row)
    return answers


def is_held_out(need: str) -> bool:
    """Every fourth need, by a digest of its id: also of answers still to come, always the same ones."""
    return hashlib.blake2b(need.encode(), digest_size=4).digest()[0] % HELD_OUT_OF == 0


def learn(answers: Sequence[Answer], fixed: Mapping[str, float], pull: float = PULL) -> dict[str, float]:
    """Weights near ``fixed`` that describe the answers better; in steps of 0.001, adding up to one."""
    x, signs, ranks = _arrays(answers, list(fixed))
    start = np.array(list(fixed.values()))
    unit = _spread(x @ start)
    size = len(start)

    def cost(values: Unknowns) -> float:
        weights, others = values[:size], values[size:]
        loss = _losses(x @ weights / unit, signs, ranks, others).sum()
        return float(loss + pull * np.square(weights - start).sum() + _RIDGE * np.square(others).sum())

    found = minimize(
        cost,
        np.array([*start, *_FIRST_GUESS]),
        method="SLSQP",
        bounds=[*([_SHARE] * size), *_BOUNDS],
        constraints=LinearConstraint(np.array([[1.0] * size + [0.0] * len(_BOUNDS)]), 1, 1),
        options={"maxiter": _MOST_STEPS, "ftol": _CLOSE},
    )
    return _rounded(dict(zip(fixed, found.x.tolist(), strict=False)))


def describe(answers: Sequence[Answer], weights: Mapping[str, float]) -> Model:
    """The likeliest answers to scores by these weights."""
    x, signs, ranks = _arrays(answers, list(weights))
    scores = x @ np.array(list(weights.values()))
    unit = _spread(scores)

    def cost(values: Unknowns) -> float:
        return float(_losses(scores / unit, signs, ranks, values).sum() + _RIDGE * np.square(values).sum())

    found = minimize(
        cost,
        np.array(_FIRST_GUESS),
        method="SLSQP",
        bounds=_BOUNDS,
        options={"maxiter": _MOST_STEPS, "ftol": _CLOSE},
    )
    a, b, c = found.x.tolist()
    return Model(dict(weights), *(round(value, 6) for value in (a, b / unit, c)))


def _spread(scores: Doubles) -> float:
    """The standard deviation, or 1: in units of it all unknowns are of like size."""
    return float(scores.std()) or 1.0


def _losses(scores: Doubles, signs: Doubles, ranks: Doubles, abc: Sequence[float] | Doubles) -> Doubles:
    a, b, c = abc
    return np.asarray(np.logaddexp(0, -signs * (a + b * scores - c * ranks)), np.float64)


def _arrays(answers: Sequence[Answer], names: Sequence[str]) -> tuple[Doubles, Doubles, Doubles]:
    """Values of the signals (answers, names), +1 for accepted or -1, ln rank."""
    values = [[answer.signals.get(name, 0.0) for name in names] for answer in answers]
    signs = [1.0 if answer.answer == "accepted" else -1.0 for answer in answers]
    ranks = np.log([answer.rank for answer in answers])
    return np.array(values, np.float64).reshape(len(answers), len(names)), np.array(signs), ranks


def _rounded(weights: Mapping[str, float]) -> dict[str, float]:
    """Steps of 0.001 by the greatest remainders, so that they still add up to one."""
    steps = 10**DIGITS
    whole = {name: int(max(weight, 0) * steps) for name, weight in weights.items()}
    order = sorted(weights, key=lambda name: whole[name] - weights[name] * steps)
    for name in order[: steps - sum(whole.values())]:
        whole[name] += 1
    return {name: count / steps for name, count in whole.items()}
