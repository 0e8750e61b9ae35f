"""Why this offer for this need, to the last digit."""

from collections.abc import Iterator, Mapping

import msgspec
import numpy as np

from matching.coverage import COVERED
from matching.matcher import Band, FoundPath, Matcher, band_of
from matching.profiles import Need
from matching.rankers import Concepts
from matching.reading import DECLARED, Query, read_need
from matching.skill_graph.graph import SkillGraph, SkillPath
from matching.text import Lang, Text
from matching.vectorizers import Floats

_MOST_TERMS = 5
_SIGNALS = {
    "words": Text("cùng dùng các từ", "shares the words"),
    "topics": Text("cùng nhóm chủ đề", "is about the same topics"),
    "concepts": Text("cùng kỹ năng", "shares the skill"),
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

    ``would_score`` is what the score would at least be if the offer also covered ``lacking``, the most
    important needed skill that it does not cover; both ``None`` when it lacks none.
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
    lacking: str | None = None
    would_score: float | None = None

    @property
    def uncovered(self) -> tuple[str, ...]:
        return tuple(a.skill for a in self.answers if not a.is_covered)

    def say(self, graph: SkillGraph, lang: Lang, most: int = 5) -> list[str]:
        """The reasons as sentences: answers to the needed skills, the ``most`` greatest contributions, what
        lacks."""
        lines = [self._say_answer(answer, graph, lang) for answer in self.answers]
        lines += [self._say_contribution(part, graph, lang) for part in self.contributions[:most]]
        if self.lacking is not None and self.would_score is not None:
            label = graph[self.lacking].label.of(lang)
            lines.append(
                Text(
                    f"Nếu có thêm “{label}”, điểm ít nhất là {self.would_score:.3f} "
                    f"thay vì {self.score:.3f}.",
                    f"With “{label}” too, the score would be at least {self.would_score:.3f} "
                    f"instead of {self.score:.3f}.",
                ).of(lang)
            )
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
        reason, shown = _SIGNALS[part.signal].of(lang), self._source(part.evidence, lang)
        return f"+{part.value:.3f}: {shown} {reason}{detail}."

    def _source(self, evidence: str, lang: Lang) -> str:
        if evidence == DECLARED:
            return Text("kỹ năng tự khai", "the declared skills").of(lang)
        return f"“{self.titles.get(evidence) or evidence}”"


def explain(matcher: Matcher, need: Need, offer_id: str) -> Explanation:
    """Take the score of an offer apart. Raises UnknownOffer."""
    row = matcher.row(offer_id)
    query = read_need(need, matcher.graph)
    covered = matcher.coverage.of_query(query)
    factor = float(matcher.factor(query, covered)[row])
    signals = matcher.ranker.item_parts(query)
    parts = [part for part in _contributions(matcher, query, row, factor, signals) if part.value > 0]
    answers = tuple(_answers(matcher, query, row))
    score = float(matcher.corpus.per_offer(matcher.ranker.total(signals))[row] * np.float32(factor))
    lacking, would_score = _counterfactual(query, answers, score, factor)
    place = matcher.corpus.items_of(row)
    return Explanation(
        need=need.id,
        offer=offer_id,
        score=score,
        band=band_of(score),
        coverage=float(covered[row]) if query.skills else None,
        contributions=tuple(sorted(parts, key=lambda part: -part.value)),
        answers=answers,
        signals=matcher.signals,
        titles={item.id: item.title for item in matcher.corpus.items[place]},
        lacking=lacking,
        would_score=would_score,
    )


def _contributions(
    matcher: Matcher, query: Query, row: int, factor: float, parts: Mapping[str, Floats]
) -> Iterator[Contribution]:
    corpus = matcher.corpus
    place = corpus.items_of(row)
    shares = factor * corpus.shares(row, matcher.ranker.total(parts))
    need_words = corpus.term_vectors.project(query.terms)
    for at, share in enumerate(shares.tolist()):
        item = place.start + at
        for signal, scores in parts.items():
            if signal == "concepts":
                yield from _by_skill(matcher, query, item, share * matcher.signals[signal])
            else:
                shared = (
                    _shared_terms(matcher, need_words.multiply(corpus.words[[item]]))
                    if signal == "words"
                    else ()
                )
                value = share * float(scores[item])
                yield Contribution(value, signal, corpus.items[item].id, terms=shared)


def _by_skill(matcher: Matcher, query: Query, item: int, share: float) -> Iterator[Contribution]:
    """The concept score of an item, split over the pairs of a needed and a shown skill."""
    concepts = matcher.ranker.parts["concepts"]
    assert isinstance(concepts, Concepts)
    if not query.skills:
        return
    products = concepts.spread(query).multiply(matcher.corpus.concepts[[item]]).tocoo()
    for sub, skill, value in zip(*products.coords, products.data, strict=True):
        path = matcher.graph.path(query.skills[int(sub)].key, matcher.graph.keys[int(skill)])
        yield Contribution(share * float(value), "concepts", matcher.corpus.items[item].id, path)


def _shared_terms(matcher: Matcher, products: object) -> tuple[str, ...]:
    weights = np.asarray(products.toarray()).ravel()  # type: ignore[attr-defined]
    best = np.argsort(-weights, kind="stable")[:_MOST_TERMS]
    return tuple(matcher.corpus.term_vectors.names[int(i)] for i in best if weights[i] > 0)


def _answers(matcher: Matcher, query: Query, row: int) -> Iterator[Answer]:
    for sub in query.skills:
        covered = float(matcher.coverage.of_skill(sub.key)[row])
        yield Answer(sub.key, sub.importance, covered, matcher.find_path(sub.key, row))


def _counterfactual(
    query: Query, answers: tuple[Answer, ...], score: float, factor: float
) -> tuple[str | None, float | None]:
    """Full coverage of the most important lacking skill lifts the factor alone; its evidence could lift
    more."""
    lacking = [a for a in answers if not a.is_covered]
    if not lacking or not query.declared or score == 0:
        return None, None
    worst = max(lacking, key=lambda a: a.importance)
    gain = 0.5 * worst.importance * (1 - worst.covered) / sum(a.importance for a in answers)
    return worst.skill, score * (factor + gain) / factor
