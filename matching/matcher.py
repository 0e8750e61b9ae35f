"""From a need to its best partners, with reasons."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, Self

import msgspec
import numpy as np

from matching.corpus import Corpus, Progress, silent
from matching.coverage import COVERED, Coverage
from matching.errors import UnknownOffer
from matching.profiles import Need, Offer
from matching.rankers import Blend, Concepts, Ranker, Semantic, Topics, Words
from matching.reading import Query, read_need
from matching.semantic.encoder import Encoder
from matching.skill_graph.graph import SkillGraph, SkillPath
from matching.vectorizers import Floats
from matching.weights import fixed_weights

Band = Literal["strong", "possible", "weak"]
# A sentence model lifts all scores. Share of LR-bench pairs that know the subject well (4 or 5 of 5), strong,
# possible and weak: without a model 78, 34 and 14 %, with minilm 76, 34 and 11 %, with e5 73, 29 and 15 %.
BANDS: dict[str | None, dict[Band, float]] = {
    None: {"strong": 0.2, "possible": 0.1, "weak": 0.0},
    "minilm": {"strong": 0.25, "possible": 0.15, "weak": 0.0},
    "e5": {"strong": 0.25, "possible": 0.2, "weak": 0.0},
}
UNCOVERED_SHARE = 0.5
PROMISING = 4
Rows = np.ndarray[tuple[int], np.dtype[np.intp]]


class FoundPath(msgspec.Struct, frozen=True):
    """How one needed skill is covered: the way through the graph and the item that shows its end.

    ``covered`` in (0, 1] is the strength of the way times the strength of the item.
    """

    path: SkillPath
    evidence: str
    covered: float


class Match(msgspec.Struct, frozen=True):
    """One offer for one need. ``coverage`` is ``None`` when the need names no skill of the graph."""

    offer: str
    score: float
    coverage: float | None
    band: Band
    paths: tuple[FoundPath, ...]


def band_of(score: float, encoder: str | None = None) -> Band:
    """The band of a score with a sentence model, or with none."""
    return next(band for band, least in BANDS[encoder].items() if score >= least)


class Matcher:
    """Ranks offers for needs. ``fit`` reads the offers once; a match takes milliseconds.

    Score = P · (½ + ½ · coverage) in [0, 1]; P is the blend of the signals over the items of an offer,
    coverage the share of the declared skills an offer covers. Needs without declared skills score P. Scores
    are comparable across offers and across needs. ``signals`` says which signals are in use and their
    weights.
    """

    corpus: Corpus
    graph: SkillGraph
    ranker: Blend

    @classmethod
    def fit(
        cls,
        offers: Sequence[Offer],
        graph: SkillGraph | None = None,
        progress: Progress = silent,
        encoder: Encoder | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> Self:
        """Read the offers and learn vocabulary, idf and topics from them.

        Parameters
        ----------
        offers : in any order; it decides nothing but the order of `scores`
        graph : that of the project unless given
        progress : told the offers read and all
        encoder : adds what a sentence model makes of the items (`open_encoder`)
        weights : of the signals, adding up to one, instead of the fixed ones

        Raises
        ------
        ValueError : for a repeated id
        BadWeights : for weights that do not fit the signals
        """
        graph = graph or SkillGraph.load()
        corpus = Corpus.read(offers, graph, progress)
        semantic = Semantic.read(offers, graph, encoder, progress).fit(corpus) if encoder else None
        return cls(corpus, graph, Topics().fit(corpus), semantic, weights)

    def __init__(
        self,
        corpus: Corpus,
        graph: SkillGraph,
        topics: Topics,
        semantic: Semantic | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> None:
        """``weights`` as given, ``None`` for the fixed ones. Raises BadWeights."""
        self.corpus, self.graph, self.topics = corpus, graph, topics
        self.semantic, self.weights = semantic, weights
        parts: dict[str, Ranker] = {"words": Words().fit(corpus), "concepts": Concepts(graph).fit(corpus)}
        if topics.is_fitted:
            parts["topics"] = topics
        if semantic:
            parts["semantic"] = semantic
        self.ranker = Blend(parts, weights or fixed_weights(self.encoder_name))
        self.ranker.corpus = corpus
        self.coverage = Coverage(corpus, graph)

    @property
    def encoder_name(self) -> str | None:
        """The sentence model in use."""
        return self.semantic.encoder.name if self.semantic else None

    def with_weights(self, weights: Mapping[str, float]) -> "Matcher":
        """The same offers, ranked with other weights. Raises BadWeights."""
        return Matcher(self.corpus, self.graph, self.topics, self.semantic, weights)

    @property
    def signals(self) -> dict[str, float]:
        """The signals in use and their weights, which add up to one."""
        return dict(self.ranker.weights)

    def match(self, need: Need, k: int = 20, among: Collection[str] | None = None) -> list[Match]:
        """The best offers that have anything to do with the need, best first, ties by id.

        Parameters
        ----------
        k : how many at most; 0 for every offer, also those with nothing in common
        among : only offers with these ids (see `filters.passing`); ids not fitted are ignored

        Returns
        -------
        matches with scores and coverage in [0, 1]: exactly those of scoring every offer
        """
        query = read_need(need, self.graph)
        covered = self.coverage.of_query(query)
        rows = self.rows(among)
        if k:
            rows, scores = self._best(query, k, rows, self.factor(query, covered))
        else:
            scores = self._scores(query, covered)[rows]
        ids = [self.corpus.offers[row].id for row in rows.tolist()]
        best = sorted(zip((-scores).tolist(), ids, rows.tolist(), strict=True))[: k or None]
        return [self._match(query, row, -score, float(covered[row])) for score, _, row in best]

    def _best(self, query: Query, k: int, rows: Rows, factor: Floats) -> tuple[Rows, Floats]:
        """The best ``k`` > 0 of these rows with a score above 0, and all that tie with the last, in no order;
        and their scores.

        Only those are scored exactly whose upper bound reaches the k-th best of the most promising (Fagin,
        Lotem and Naor 2003).
        """
        bounds = self.ranker.bound_parts(query)
        most = self.corpus.per_offer(self.ranker.total(bounds))[rows] * factor[rows]
        rows, most = rows[most > 0], most[most > 0]
        promising = rows[most >= _greatest(most, PROMISING * k)]
        _, reached = self._reaching(-np.inf, query, bounds, promising, factor)
        least = _greatest(reached, k)
        rows, scores = self._reaching(least, query, bounds, rows[most >= least], factor)
        kept = (scores > 0) & (scores >= _greatest(scores, k))
        return rows[kept], scores[kept]

    def _reaching(
        self, least: float, query: Query, bounds: Mapping[str, Floats], rows: Rows, factor: Floats
    ) -> tuple[Rows, Floats]:
        """Those of the rows whose score reaches ``least``, and their scores: signal by signal, scores take
        the place of bounds, and who cannot reach it any more is left out."""
        items = self.corpus.items_of_all(rows)
        parts = {name: each[items] for name, each in bounds.items()}
        scores = np.full(len(rows), np.inf, np.float32)
        for name in self.ranker.bounded:
            parts[name] = self.ranker.some_part(name, query, items)
            scores = self.corpus.per_offer(self.ranker.total(parts), rows) * factor[rows]
            scores = np.asarray(np.clip(scores, 0, 1), np.float32)
            kept = scores >= least
            of_kept = np.repeat(kept, self.corpus.counts[rows])
            rows, scores, items = rows[kept], scores[kept], items[of_kept]
            parts = {one: each[of_kept] for one, each in parts.items()}
        return rows, scores

    def rows(self, among: Collection[str] | None) -> Rows:
        """The rows of these offers in ascending order."""
        if among is None:
            return np.arange(len(self.corpus.offers))
        known = self.corpus.row
        return np.array(sorted(known[key] for key in among if key in known), np.intp)

    def score(self, need: Need, offer_id: str) -> float:
        """The score of one offer. Raises UnknownOffer."""
        return float(self.scores(need)[self.row(offer_id)])

    def scores(self, need: Need) -> Floats:
        """(offers,) float32 in [0, 1], in the order the offers were given."""
        query = read_need(need, self.graph)
        return self._scores(query, self.coverage.of_query(query))

    def row(self, offer_id: str) -> int:
        try:
            return self.corpus.row[offer_id]
        except KeyError:
            raise UnknownOffer(offer_id) from None

    def factor(self, query: Query, covered: Floats) -> Floats:
        """What the blends of offers are multiplied with, given how far each covers the need: 1 unless a
        person declared the skills."""
        if not query.declared:
            return np.ones(len(covered), np.float32)
        return np.asarray((1 - UNCOVERED_SHARE) + UNCOVERED_SHARE * covered, np.float32)

    def _scores(self, query: Query, covered: Floats) -> Floats:
        return np.asarray(np.clip(self.ranker.scores(query) * self.factor(query, covered), 0, 1), np.float32)

    def _match(self, query: Query, row: int, score: float, covered: float) -> Match:
        return Match(
            self.corpus.offers[row].id,
            score,
            covered if query.skills else None,
            band_of(score, self.encoder_name),
            tuple(path for sub in query.skills if (path := self.find_path(sub.key, row))),
        )

    def find_path(self, key: str, row: int) -> FoundPath | None:
        """The best way from a needed skill to an item of an offer, ``None`` when none covers 0.3 of it."""
        strength, place = self.corpus.strength, self.corpus.items_of(row)
        entries = slice(strength.indptr[place.start], strength.indptr[place.stop])
        skills = strength.indices[entries]
        covered = self.graph.reach_table[self.graph.index[key], skills] * strength.data[entries]
        if covered.max(initial=0) < COVERED:
            return None
        at = int(np.argmax(covered))
        path = self.graph.path(key, self.graph.keys[skills[at]])
        assert path is not None, "reach is only positive where there is a path"
        item = int(np.searchsorted(strength.indptr, entries.start + at, side="right")) - 1
        return FoundPath(path, self.corpus.items[item].id, float(covered[at]))


def _greatest(values: Floats, k: int) -> float:
    """The k-th greatest value; minus infinity when there are fewer."""
    return float(np.partition(values, len(values) - k)[len(values) - k]) if k <= len(values) else -np.inf
