"""Shared meaning: what a sentence model makes of the texts, item by item."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Self

import numpy as np

from matching.corpus import Corpus, Progress, silent
from matching.profiles import Offer
from matching.rankers.base import Ranker
from matching.reading import Item, Query, Reading
from matching.semantic.encoder import Encoder
from matching.semantic.texts import item_text, need_text, offer_texts
from matching.skill_graph.graph import SkillGraph
from matching.vectorizers import Floats, Rows, unit

Halves = np.ndarray[tuple[int, ...], np.dtype[np.float16]]
_ITEMS_AT_ONCE = 8_192


class Semantic(Ranker):
    """max(0, (cos(need, item) − floor) / (1 − floor)): an item never shares its vector with another one.

    ``vectors`` (items, size) float16, rows of length one, are in the order of the items of the corpus.
    """

    name = "semantic"

    def __init__(self, encoder: Encoder, graph: SkillGraph, vectors: Halves) -> None:
        self.encoder, self.graph, self.vectors = encoder, graph, vectors
        # a match is explained right after it was found, in several ways: the need is encoded once
        self._vector_of = lru_cache(maxsize=256)(self._encode)

    @classmethod
    def read(
        cls, offers: Sequence[Offer], graph: SkillGraph, encoder: Encoder, progress: Progress = silent
    ) -> Self:
        """Encode all items of all offers: each is halfway between its title and its whole text."""
        texts = [pair for offer in offers for pair in offer_texts(offer, graph, encoder)]
        wholes, titles = ([pair[at] for pair in texts] for at in (0, 1))
        both = encoder.encode([*wholes, *titles], progress)
        return cls(encoder, graph, unit(both[: len(texts)] + both[len(texts) :]).astype(np.float16))

    def fit(self, corpus: Corpus) -> Self:
        """Raises ValueError when the vectors are not those of the items."""
        if self.vectors.shape != (len(corpus.items), self.encoder.size):
            raise ValueError(f"{self.vectors.shape} vectors for {len(corpus.items)} items")
        self.corpus = corpus
        return self

    def narrowed(self, rows: Sequence[int], place: int, fresh: tuple[Item, Reading] | None) -> Self:
        """The ranker, not yet fitted, of some items and, at a place among them, of a new one: only a title or
        only declared skills."""
        kept = self.vectors[rows]
        if fresh:
            text = item_text(fresh[0].title, fresh[1].skills, self.graph, self.encoder)
            kept = np.insert(kept, place, self._vector_of(text), axis=0)
        made = type(self)(self.encoder, self.graph, kept)
        made._vector_of = self._vector_of
        return made

    def item_scores(self, query: Query) -> Floats:
        return self._scores(query, self.vectors)

    def some_scores(self, query: Query, items: Rows) -> Floats:
        return self._scores(query, self.vectors[items])

    def _scores(self, query: Query, vectors: Halves) -> Floats:
        need = self._vector_of(need_text(query, self.graph, self.encoder))
        cosines = np.zeros(len(vectors), np.float32)
        for start in range(0, len(cosines), _ITEMS_AT_ONCE):
            some = slice(start, start + _ITEMS_AT_ONCE)
            # each row is added up by itself, so that it scores the same beside any others
            cosines[some] = np.einsum("ij,j->i", vectors[some].astype(np.float32), need)
        floor = np.float32(self.encoder.floor)
        return np.asarray(np.clip((cosines - floor) / (1 - floor), 0, 1), np.float32)

    def _encode(self, text: str) -> Floats:
        (row,) = self.encoder.encode([text])
        return np.asarray(row, np.float32)
