"""The offers as matrices: what every ranker is fitted on."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy import sparse

from matching.profiles import Offer, OfferEntry
from matching.reading import DECLARED, Item, Reading, read_offer
from matching.skill_graph.graph import SkillGraph
from matching.vectorizers import Floats, SparseVectors

Progress = Callable[[int, int], None]
MOST_AVERAGED = 20
BEST_SHARE = 1 / 3
WEIGHT_OF_DECLARED = 0.7


def silent(done: int, total: int) -> None:
    """Progress nobody wants to see."""


class Corpus:
    """Items of all offers, those of one offer side by side.

    Attributes
    ----------
    words, concepts : (items, terms) and (items, skills) float32, rows of length one
    strength : (items, skills) float32 in [0, 1], how far an item shows a skill
    starts, counts : (offers,) first item and number of items of each offer
    """

    def __init__(
        self,
        offers: Sequence[OfferEntry],
        items: Sequence[Item],
        term_vectors: SparseVectors,
        skill_vectors: SparseVectors,
        matrices: tuple[sparse.csr_array, sparse.csr_array, sparse.csr_array],
    ) -> None:
        self.offers, self.items = list(offers), list(items)
        self.term_vectors, self.skill_vectors = term_vectors, skill_vectors
        self.words, self.concepts, self.strength = matrices
        self.row = {offer.id: i for i, offer in enumerate(self.offers)}
        owner = np.array([item.offer for item in self.items], np.intp)
        self.counts = np.bincount(owner, minlength=len(self.offers))
        self.starts = np.cumsum(self.counts) - self.counts
        place = np.arange(len(self.items)) - np.repeat(self.starts, self.counts)
        averaged = np.minimum(np.repeat(self.counts, self.counts), MOST_AVERAGED)
        self._share = np.where(place < MOST_AVERAGED, (1 - BEST_SHARE) / np.maximum(averaged, 1), 0)
        claims = np.array([item.kind == DECLARED for item in self.items], bool)
        self._weight = np.where(claims, WEIGHT_OF_DECLARED, 1).astype(np.float32)

    @classmethod
    def read(cls, offers: Sequence[Offer], graph: SkillGraph, progress: Progress = silent) -> "Corpus":
        """Read all texts and fit vocabulary and idf on them.

        Raises ValueError when two offers share an id.
        """
        if len({offer.id for offer in offers}) < len(offers):
            raise ValueError("two offers share an id")
        items: list[Item] = []
        readings: list[Reading] = []
        for row, offer in enumerate(offers):
            for item, reading in read_offer(row, offer, graph):
                items.append(item)
                readings.append(reading)
            progress(row + 1, len(offers))
        term_vectors = SparseVectors.fit([r.terms for r in readings])
        skill_vectors = SparseVectors.fit([r.skills for r in readings], graph.keys)
        matrices = (
            term_vectors.transform([r.terms for r in readings]),
            skill_vectors.transform([r.skills for r in readings]),
            _strengths(readings, graph),
        )
        return cls([o.entry for o in offers], items, term_vectors, skill_vectors, matrices)

    def items_of(self, row: int) -> slice:
        return slice(int(self.starts[row]), int(self.starts[row] + self.counts[row]))

    def per_offer(self, item_scores: Floats) -> Floats:
        """(items,) to (offers,): ⅓ of the best item + ⅔ of the mean of the 20 latest; 0 without items.

        A claim (declared skills) counts 0.7 of evidence.
        """
        total = np.zeros(len(self.offers), np.float32)
        full = self.counts > 0
        starts = self.starts[full]
        if starts.size:
            weighed = item_scores * self._weight
            best = np.maximum.reduceat(weighed, starts)
            total[full] = BEST_SHARE * best + np.add.reduceat(weighed * self._share, starts)
        return total

    def shares(self, row: int, item_scores: Floats) -> Floats:
        """The factor of each item of one offer in `per_offer`: their products with the scores add up to
        it."""
        place = self.items_of(row)
        factors = self._share[place].copy()
        if factors.size:
            factors[int(np.argmax(item_scores[place] * self._weight[place]))] += BEST_SHARE
        return np.asarray(factors * self._weight[place], np.float32)


def _strengths(readings: Sequence[Reading], graph: SkillGraph) -> sparse.csr_array:
    rows = [i for i, r in enumerate(readings) for _ in r.strength]
    columns = [graph.index[key] for r in readings for key in r.strength]
    values = np.array([value for r in readings for value in r.strength.values()], np.float32)
    return sparse.csr_array((values, (rows, columns)), shape=(len(readings), len(graph)))
