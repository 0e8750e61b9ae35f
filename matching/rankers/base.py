"""The contract every ranker keeps."""

from abc import ABC, abstractmethod
from typing import ClassVar, Self

from matching.corpus import Corpus
from matching.reading import Query
from matching.vectorizers import Floats, Rows


class Ranker(ABC):
    """An estimator that says how well each item, and so each offer, answers a need.

    After ``fit(corpus)``: ``item_scores(query)`` is (items,) and ``scores(query)`` (offers,), float32 in [0,
    1]. Everything is fitted on the offers; nothing is normalised per need beyond the length of its vector,
    so the scores of one offer for different needs can be compared. The same input gives the same output.
    """

    name: ClassVar[str]
    has_bounds: ClassVar[bool] = False
    """Whether `bounds` take less time than `item_scores`."""
    corpus: Corpus

    @abstractmethod
    def fit(self, corpus: Corpus) -> Self: ...

    @abstractmethod
    def item_scores(self, query: Query) -> Floats: ...

    def scores(self, query: Query) -> Floats:
        return self.corpus.per_offer(self.item_scores(query))

    def bounds(self, query: Query) -> Floats:
        """(items,) nowhere below `item_scores`."""
        return self.item_scores(query)

    def some_scores(self, query: Query, items: Rows) -> Floats:
        """`item_scores` of these items, to the last digit."""
        return self.item_scores(query)[items]
