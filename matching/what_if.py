"""What one offer would score if it were different: words, idf and topics stay as they were fitted.

The honest ground of every counterfactual: nothing is estimated, the changed offer is read and scored.
"""

from typing import Literal

import msgspec
import numpy as np
from scipy import sparse

from matching.corpus import Corpus
from matching.matcher import Matcher
from matching.profiles import Evidence, Offer, SkillLevel
from matching.rankers import Topics
from matching.reading import BEST_LEVEL, DECLARED, Item, Reading, read_declared, read_evidence
from matching.skill_graph.graph import SkillGraph
from matching.text import Lang, Text

_LEVEL = 3
KINDS: tuple[Literal["skill", "evidence"], ...] = ("skill", "evidence")


class Change(msgspec.Struct, frozen=True):
    """One single change of an offer: it declares a ``skill`` at level 3, or it has one more item of
    ``evidence``, the latest, whose title is the name of the skill."""

    skill: str
    kind: Literal["skill", "evidence"]

    def say(self, graph: SkillGraph, lang: Lang) -> str:
        """The condition of a sentence: what comes then is the caller's."""
        label = graph[self.skill].label.of(lang)
        if self.kind == "skill":
            return Text(f"Nếu khai thêm kỹ năng “{label}”, ", f"If they declared “{label}” too, ").of(lang)
        return Text(f"Nếu có minh chứng về “{label}”, ", f"If they had evidence of “{label}”, ").of(lang)


def narrowed(matcher: Matcher, offer_id: str) -> Matcher:
    """A matcher of one offer alone that scores as the whole one does. Raises UnknownOffer."""
    row = matcher.row(offer_id)
    return _alone(matcher, row, _items(matcher, row), 0, None)


def changed(matcher: Matcher, offer_id: str, change: Change) -> Matcher:
    """A matcher of the offer alone as it would be after the change. Raises UnknownOffer, UnknownSkill."""
    row = matcher.row(offer_id)
    kept = _items(matcher, row)
    claims = [at for at in kept if matcher.corpus.items[at].id == DECLARED]
    if change.kind == "evidence":
        years = [year for at in kept if (year := matcher.corpus.items[at].year)]
        fresh = _with_evidence(change.skill, max(years, default=None), matcher.graph)
        return _alone(matcher, row, kept, len(claims), fresh)
    kept = [at for at in kept if at not in claims]
    return _alone(matcher, row, kept, 0, _with_skill(matcher, claims, change.skill))


def _items(matcher: Matcher, row: int) -> list[int]:
    place = matcher.corpus.items_of(row)
    return list(range(place.start, place.stop))


def _with_evidence(key: str, year: int | None, graph: SkillGraph) -> tuple[Item, Reading]:
    skill = graph[key]
    title = skill.en if skill.vi == skill.en else f"{skill.vi} ({skill.en})"
    item = Evidence(id=f"if:{key}", title=title, year=year)
    return Item(0, item.id, item.kind, item.title, year), read_evidence(item, graph)


def _with_skill(matcher: Matcher, claims: list[int], key: str) -> tuple[Item, Reading]:
    """The declared skills of an offer, as they were read, and one more."""
    matcher.graph[key]
    levels: dict[str, float] = {key: _LEVEL}
    for at in claims:
        shown = matcher.corpus.strength[[at]]
        for column, strength in zip(shown.indices.tolist(), shown.data.tolist(), strict=True):
            known = matcher.graph.keys[column]
            levels[known] = max(levels.get(known, 0), strength * BEST_LEVEL)
    said = Offer(id=DECLARED, skills=tuple(SkillLevel(*pair) for pair in levels.items()))
    return Item(0, DECLARED, DECLARED, "", None), read_declared(said, matcher.graph)


def _alone(
    matcher: Matcher, row: int, kept: list[int], place: int, fresh: tuple[Item, Reading] | None
) -> Matcher:
    """A matcher of one offer with the items kept and, at a place among them, a fresh one."""
    corpus, topics = matcher.corpus, matcher.topics
    items = [msgspec.structs.replace(corpus.items[at], offer=0) for at in kept]
    matrices = [corpus.words[kept], corpus.concepts[kept], corpus.strength[kept]]
    vectors = topics.vectors[kept]
    if fresh:
        item, reading = fresh
        items.insert(place, item)
        rows = _read(corpus, reading, matcher.graph)
        matrices = [
            sparse.csr_array(sparse.vstack([old[:place], new, old[place:]], "csr"))
            for old, new in zip(matrices, rows, strict=True)
        ]
        vectors = np.insert(vectors, place, topics.vectors_of(rows[0])[0], axis=0)
    words, concepts, strength = matrices
    alone = Corpus(
        [corpus.offers[row]], items, corpus.term_vectors, corpus.skill_vectors, (words, concepts, strength)
    )
    semantic = matcher.semantic and matcher.semantic.narrowed(kept, place, fresh).fit(alone)
    restored = Topics().restore(alone, topics.columns, topics.by_term, vectors)
    return Matcher(alone, matcher.graph, restored, semantic, matcher.weights)


def _read(corpus: Corpus, reading: Reading, graph: SkillGraph) -> list[sparse.csr_array]:
    """One row of each matrix of the corpus."""
    columns = [graph.index[key] for key in reading.strength]
    values = np.array(list(reading.strength.values()), np.float32)
    strength = sparse.csr_array((values, ([0] * len(columns), columns)), shape=(1, len(graph)))
    words = corpus.term_vectors.transform([reading.terms])
    return [words, corpus.skill_vectors.transform([reading.skills]), strength]
