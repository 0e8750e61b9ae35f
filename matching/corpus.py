"""The offers as matrices: what every ranker is fitted on."""

from collections.abc import Callable, Sequence
from functools import cached_property

import msgspec
import numpy as np
from scipy import sparse

from matching.block import Block, read_block
from matching.fitting import BLOCK, Vocabulary, learn_words, stacked, weigh
from matching.items import Items
from matching.profiles import Offer, OfferEntry
from matching.reading import DECLARED, Item
from matching.skill_graph.graph import SkillGraph
from matching.vectorizers import Floats, ItemVectors, Rows, SparseVectors

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
    words, concepts : (items, terms) and (items, skills) float32, rows of length one; ``by_word`` and
        ``by_concept`` score them
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
        self.offers = list(offers)
        self.items = items if isinstance(items, Items) else Items.of(items)
        self.term_vectors, self.skill_vectors = term_vectors, skill_vectors
        self.words, self.concepts, self.strength = matrices
        self.by_word, self.by_concept = ItemVectors(self.words), ItemVectors(self.concepts)
        self.row = {offer.id: i for i, offer in enumerate(self.offers)}
        self.counts = np.bincount(self.items.owners, minlength=len(self.offers))
        self.starts = np.cumsum(self.counts) - self.counts
        place = np.arange(len(self.items)) - np.repeat(self.starts, self.counts)
        averaged = np.minimum(np.repeat(self.counts, self.counts), MOST_AVERAGED)
        share = np.where(place < MOST_AVERAGED, (1 - BEST_SHARE) / np.maximum(averaged, 1), 0)
        self._share = share.astype(np.float32)
        self._weight = np.where(self.items.of_kind(DECLARED), WEIGHT_OF_DECLARED, 1).astype(np.float32)

    @classmethod
    def read(cls, offers: Sequence[Offer], graph: SkillGraph, progress: Progress = silent) -> "Corpus":
        """Read all texts and fit vocabulary and idf on them.

        Raises ValueError when two offers share an id.
        """
        if len({offer.id for offer in offers}) < len(offers):
            raise ValueError("two offers share an id")
        blocks = [read_block((), graph)]
        for start in range(0, len(offers), BLOCK):
            blocks.append(read_block(offers[start : start + BLOCK], graph))
            progress(min(start + BLOCK, len(offers)), len(offers))
        return cls.of_blocks(blocks, learn_words(blocks), graph)

    @classmethod
    def of_blocks(cls, blocks: Sequence[Block], vocabulary: Vocabulary, graph: SkillGraph) -> "Corpus":
        """The offers of some blocks, weighed by a vocabulary that counted at least these."""
        firsts = np.cumsum([0, *(len(block.offers) for block in blocks)]).tolist()
        items = [
            msgspec.structs.replace(item, offer=first + item.offer) if first else item
            for first, block in zip(firsts, blocks, strict=False)
            for item in block.items
        ]
        weighed = [weigh(block, vocabulary) for block in blocks]
        return cls(
            [offer for block in blocks for offer in block.offers],
            items,
            SparseVectors(vocabulary.names, vocabulary.idf, vocabulary.size),
            SparseVectors(graph.keys, vocabulary.skill_idf, vocabulary.size),
            (
                stacked((one.words for one in weighed), len(vocabulary.names)),
                stacked((one.concepts for one in weighed), len(graph)),
                stacked((one.strength for one in weighed), len(graph)),
            ),
        )

    @cached_property
    def shown(self) -> sparse.csr_array:
        """(skills, offers): the greatest strength of a skill among the items of an offer."""
        coo = self.strength.tocoo()
        rows, columns = self.items.owners[coo.coords[0]], coo.coords[1]
        order = np.lexsort((coo.data, rows, columns))
        rows, columns, values = rows[order], columns[order], coo.data[order]
        last = np.append((rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1]), True)[: len(rows)]
        shape = (self.strength.shape[1], len(self.offers))
        return sparse.csr_array((values[last], (columns[last], rows[last])), shape=shape)

    def items_of(self, row: int) -> slice:
        return slice(int(self.starts[row]), int(self.starts[row] + self.counts[row]))

    def items_of_all(self, rows: Rows) -> Rows:
        """The items of these offers, offer by offer."""
        counts = self.counts[rows]
        first = np.repeat(self.starts[rows] - (np.cumsum(counts) - counts), counts)
        return np.asarray(first + np.arange(counts.sum()), np.intp)

    def per_offer(self, item_scores: Floats, rows: Rows | None = None) -> Floats:
        """(items,) to (offers,): ⅓ of the best item + ⅔ of the mean of the 20 latest; 0 without items.

        A claim (declared skills) counts 0.7 of evidence. With ``rows`` for these offers alone, from the
        scores of `items_of_all`, to the last digit the same.
        """
        items = slice(None) if rows is None else self.items_of_all(rows)
        counts = self.counts if rows is None else self.counts[rows]
        total = np.zeros(len(counts), np.float32)
        full = counts > 0
        starts = (np.cumsum(counts) - counts)[full]
        if starts.size:
            weighed = item_scores * self._weight[items]
            # scores are not negative: their bits are in their order, and whole numbers are compared faster
            best = np.maximum.reduceat(weighed.view(np.int32), starts).view(np.float32)
            mean = np.add.reduceat(weighed * self._share[items], starts)
            total[full] = np.float32(BEST_SHARE) * best + mean
        return total

    def shares(self, row: int, item_scores: Floats) -> Floats:
        """The factor of each item of one offer in `per_offer`: their products with the scores of its items
        add up to it."""
        place = self.items_of(row)
        factors = self._share[place].copy()
        if factors.size:
            factors[int(np.argmax(item_scores * self._weight[place]))] += BEST_SHARE
        return np.asarray(factors * self._weight[place], np.float32)
