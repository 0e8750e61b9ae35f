"""Why this offer for this need, to the last digit."""

from collections.abc import Iterator, Mapping

import msgspec
import numpy as np
from scipy import sparse

from matching.corpus import Corpus
from matching.coverage import COVERED
from matching.filters import Check, Conflicts, checks
from matching.matcher import Band, FoundPath, Matcher, band_of
from matching.profiles import Need
from matching.rankers import Concepts
from matching.reading import DECLARED, Query, read_need
from matching.skill_graph.graph import SkillGraph, SkillPath
from matching.text import Lang, Text
from matching.vectorizers import Columns, Floats, Rows
from matching.what_if import KINDS, Change, changed

_MOST_TERMS = 5
_MOST_TRIED = 3
_SHARES = {
    "words": Text("cùng dùng các từ", "shares the words"),
    "topics": Text("cùng nhóm chủ đề", "is about the same topics"),
    "concepts": Text("cùng kỹ năng", "shares the skill"),
    "semantic": Text("gần nghĩa", "is close in meaning"),
}
SIGNAL_NAMES = {
    "words": Text("từ ngữ", "words"),
    "topics": Text("chủ đề", "topics"),
    "concepts": Text("kỹ năng", "skills"),
    "semantic": Text("ý nghĩa", "meaning"),
}


class Contribution(msgspec.Struct, frozen=True):
    """A part of the score (> 0) that one signal finds in one item of evidence.

    For ``concepts`` the ``path`` leads from the needed skill to the skill the item shows; for ``words`` the
    ``terms`` are the shared stems that weigh most.
    """

    value: float
    signal: str
    evidence: str
    path: SkillPath | None = None
    terms: tuple[str, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """How far one needed skill is covered, in [0, 1], and by what."""

    skill: str
    importance: float
    covered: float
    path: FoundPath | None

    @property
    def is_covered(self) -> bool:
        return self.covered >= COVERED


class Explanation(msgspec.Struct, frozen=True):
    """The contributions, greatest first, add up to the score (to 1e-6).

    ``checks`` are the hard limits that apply. ``change`` is the one change for a skill the offer lacks that
    would lift it most, and ``would_score`` its score then, read and scored anew with the words and topics of
    the index; both ``None`` when nothing lacks or no such change lifts it.
    """

    need: str
    offer: str
    score: float
    band: Band
    coverage: float | None
    contributions: tuple[Contribution, ...]
    answers: tuple[Answer, ...]
    signals: dict[str, float]
    titles: dict[str, str]
    checks: tuple[Check, ...] = ()
    change: Change | None = None
    would_score: float | None = None

    @property
    def uncovered(self) -> tuple[str, ...]:
        return tuple(a.skill for a in self.answers if not a.is_covered)

    def say(self, graph: SkillGraph, lang: Lang, most: int = 5) -> list[str]:
        """The reasons as sentences: answers to the needed skills, the ``most`` greatest contributions, what
        lacks."""
        lines = [self._say_answer(answer, graph, lang) for answer in self.answers]
        lines += [self._say_contribution(part, graph, lang) for part in self.contributions[:most]]
        lines += [check.say(lang) for check in self.checks if check.rule != "consent" or not check.holds]
        if self.change is not None:
            would = Text(
                f"điểm sẽ là {self.would_score:.3f} thay vì",
                f"the score would be {self.would_score:.3f} instead of",
            )
            lines.append(f"{self.change.say(graph, lang)}{would.of(lang)} {self.score:.3f}.")
        return lines

    def _say_answer(self, answer: Answer, graph: SkillGraph, lang: Lang) -> str:
        label = graph[answer.skill].label.of(lang)
        if answer.path is None:
            return Text(f"Chưa có “{label}”.", f"“{label}” is not covered.").of(lang)
        way, shown = answer.path.path.say(graph, lang), self._source(answer.path.evidence, lang)
        return Text(
            f"“{label}” đạt {answer.covered:.0%}: {way}, theo {shown}.",
            f"“{label}” is covered by {answer.covered:.0%}: {way}, shown by {shown}.",
        ).of(lang)

    def _say_contribution(self, part: Contribution, graph: SkillGraph, lang: Lang) -> str:
        detail = f" “{part.path.say(graph, lang)}”" if part.path else ""
        detail = detail or (f" “{', '.join(part.terms)}”" if part.terms else "")
        reason, shown = _SHARES[part.signal].of(lang), self._source(part.evidence, lang)
        return f"+{part.value:.3f}: {shown} {reason}{detail}."

    def _source(self, evidence: str, lang: Lang) -> str:
        if evidence == DECLARED:
            return Text("kỹ năng tự khai", "the declared skills").of(lang)
        return f"“{self.titles.get(evidence) or evidence}”"


def explain(
    matcher: Matcher,
    need: Need,
    offer_id: str,
    conflicts: Conflicts | None = None,
    with_change: bool = True,
) -> Explanation:
    """Take the score of an offer apart.

    Parameters
    ----------
    offer_id : one of the offers of the matcher
    conflicts : what is known against offers, if somebody looked (see `filters.checks`)
    with_change : look for the change that would lift the score most, which takes several times as long as all
        else: a list does without

    Returns
    -------
    parts in [0, 1] that add up to the score (to 1e-6)

    Raises
    ------
    UnknownOffer : when it was not fitted
    """
    row = matcher.row(offer_id)
    query = read_need(need, matcher.graph)
    covered, each = matcher.coverage.of_offer(query, row)
    (factor,) = matcher.factor(query, np.array([covered], np.float32))
    items = matcher.corpus.items_of_all(np.array([row]))
    signals = matcher.ranker.some_parts(query, items)
    shares = factor * matcher.corpus.shares(row, matcher.ranker.total(signals))
    parts = [part for part in _contributions(matcher, query, items, shares, signals) if part.value > 0]
    answers = tuple(
        Answer(sub.key, sub.importance, far, matcher.find_path(sub.key, row))
        for sub, far in zip(query.skills, each.tolist(), strict=True)
    )
    score = float(matcher.corpus.per_offer(matcher.ranker.total(signals), np.array([row]))[0] * factor)
    tried = answers if with_change else ()
    change, would_score = _counterfactual(matcher, need, offer_id, tried, score)
    return Explanation(
        need=need.id,
        offer=offer_id,
        score=score,
        band=band_of(score, matcher.encoder_name),
        coverage=covered if query.skills else None,
        contributions=tuple(sorted(parts, key=lambda part: -part.value)),
        answers=answers,
        signals=matcher.signals,
        titles={matcher.corpus.items.ids[at]: matcher.corpus.items.titles[at] for at in items.tolist()},
        checks=checks(need, matcher.corpus.offers[row], conflicts),
        change=change,
        would_score=would_score,
    )


def _contributions(
    matcher: Matcher, query: Query, items: Rows, shares: Floats, parts: Mapping[str, Floats]
) -> Iterator[Contribution]:
    """The parts of the score of an offer: ``shares`` and ``parts`` (items,) of its items."""
    corpus = matcher.corpus
    need_words = corpus.term_vectors.project(query.terms, query.repeats)
    spread = _spread(matcher, query)
    for place, (item, share) in enumerate(zip(items.tolist(), shares.tolist(), strict=True)):
        evidence = corpus.items.ids[item]
        for signal, scores in parts.items():
            value = share * float(scores[place])
            if signal == "concepts":
                yield from _by_skill(matcher, query, spread, item, share * matcher.signals[signal])
            elif signal == "words":
                yield Contribution(value, signal, evidence, terms=_shared_terms(corpus, need_words, item))
            else:
                yield Contribution(value, signal, evidence)


def _spread(matcher: Matcher, query: Query) -> Floats:
    """(needed skills, skills): what each needed skill looks for."""
    concepts = matcher.ranker.parts["concepts"]
    assert isinstance(concepts, Concepts)
    return np.asarray(concepts.spread(query).toarray() if query.skills else np.zeros((0, len(matcher.graph))))


def _by_skill(
    matcher: Matcher, query: Query, spread: Floats, item: int, share: float
) -> Iterator[Contribution]:
    """The concept score of an item, split over the pairs of a needed and a shown skill."""
    shown, strength = _row(matcher.corpus.concepts, item)
    products = spread[:, shown] * strength
    for sub, at in np.argwhere(products).tolist():
        path = matcher.graph.path(query.skills[sub].key, matcher.graph.keys[shown[at]])
        value = share * float(products[sub, at])
        yield Contribution(value, "concepts", matcher.corpus.items.ids[item], path)


def _shared_terms(corpus: Corpus, need: sparse.csr_array, item: int) -> tuple[str, ...]:
    """The shared words that weigh most."""
    used, weights = _row(corpus.words, item)
    shared, mine, theirs = np.intersect1d(need.indices, used, assume_unique=True, return_indices=True)
    best = np.lexsort((shared, -need.data[mine] * weights[theirs]))[:_MOST_TERMS]
    return tuple(corpus.term_vectors.names[at] for at in shared[best].tolist())


def _row(matrix: sparse.csr_array, at: int) -> tuple[Columns, Floats]:
    """The columns and values of a row."""
    entries = slice(matrix.indptr[at], matrix.indptr[at + 1])
    return matrix.indices[entries], matrix.data[entries]


def _counterfactual(
    matcher: Matcher, need: Need, offer_id: str, answers: tuple[Answer, ...], score: float
) -> tuple[Change | None, float | None]:
    """The change for one of the most important lacking skills that lifts the score most."""
    lacking = sorted((a for a in answers if not a.is_covered), key=lambda a: -a.importance)
    tried = [Change(a.skill, kind) for a in lacking[:_MOST_TRIED] for kind in KINDS]
    found = [(changed(matcher, offer_id, change).score(need, offer_id), change) for change in tried]
    would_score, best = max(found, key=lambda pair: pair[0], default=(score, None))
    return (best, would_score) if would_score > score else (None, None)
