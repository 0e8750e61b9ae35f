"""The default: words, topics, concepts and, with a sentence model, meaning together."""

from collections.abc import Mapping
from typing import Self

import numpy as np

from matching.corpus import Corpus
from matching.rankers.base import Ranker
from matching.reading import Query
from matching.vectorizers import Floats, Rows
from matching.weights import WITHOUT_MODEL, check_weights


class Blend(Ranker):
    """A convex combination of the item scores of other rankers, already fitted."""

    name = "blend"

    def __init__(self, parts: Mapping[str, Ranker], weights: Mapping[str, float] = WITHOUT_MODEL) -> None:
        """``weights`` of parts that are not there are shared out among the others. Raises BadWeights."""
        check_weights(weights, parts)
        self.parts = dict(parts)
        total = sum(weights.get(name, 0) for name in parts)
        self.weights = {name: weights.get(name, 0) / total for name in parts}

    def fit(self, corpus: Corpus) -> Self:
        self.corpus = corpus
        for part in self.parts.values():
            part.fit(corpus)
        return self

    def item_parts(self, query: Query) -> dict[str, Floats]:
        """(items,) for each signal, times its weight: they add up to `item_scores`."""
        return {name: self.weights[name] * part.item_scores(query) for name, part in self.parts.items()}

    def some_part(self, name: str, query: Query, items: Rows) -> Floats:
        """One signal of these items, times its weight, to the last digit."""
        return np.asarray(self.weights[name] * self.parts[name].some_scores(query, items), np.float32)

    def some_parts(self, query: Query, items: Rows) -> dict[str, Floats]:
        """`item_parts` of these items, to the last digit."""
        return {name: self.some_part(name, query, items) for name in self.parts}

    def item_scores(self, query: Query) -> Floats:
        return self.total(self.item_parts(query))

    def total(self, parts: Mapping[str, Floats]) -> Floats:
        """(items,) the sum of `item_parts`."""
        return np.asarray(sum(parts.values()), np.float32)

    def bound_parts(self, query: Query) -> dict[str, Floats]:
        """(items,) for each signal, nowhere below `item_parts`; the same for signals without bounds."""
        return {name: self.weights[name] * part.bounds(query) for name, part in self.parts.items()}

    @property
    def bounded(self) -> list[str]:
        """The signals whose bounds are not yet their scores, the cheapest to score first."""
        return [name for name, part in reversed(self.parts.items()) if part.has_bounds]
