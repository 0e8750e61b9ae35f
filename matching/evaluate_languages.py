"""Whether a need finds the same offers in Vietnamese and in English.

A file of needs has one JSON object a line: ``id`` and the same need as ``vi`` and ``en``. The offers are made
from the English names and scopes of the skill graph: nobody's data, and no word of Vietnamese in them.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np

from matching.evaluate import Figure
from matching.io import read_rows
from matching.matcher import Matcher
from matching.metrics import bootstrap
from matching.profiles import Evidence, Need, Offer
from matching.semantic import Encoder
from matching.skill_graph.graph import Skill, SkillGraph
from matching.text import without_marks

BEST = 10
OFFERS = 200
ITEMS = 3


class NeedInBoth(msgspec.Struct, frozen=True):
    id: str
    vi: str
    en: str


def evaluate_languages(file: Path, encoder: Encoder | None = None) -> Iterator[Figure]:
    """The mean share of the ten best offers that both wordings of a need have in common.

    Parameters
    ----------
    file : JSON Lines of `NeedInBoth`
    encoder : a sentence model that joins the other signals

    Yields
    ------
    Figure in [0, 1] with its 95 % bootstrap interval: over all needs, over those that may be looked at, over
    those held back (`is_held`), and over all with the Vietnamese typed without marks

    Raises
    ------
    BadLine, OSError
    """
    matcher = Matcher.fit(english_offers(SkillGraph.load()), encoder=encoder)
    rows = [row for _, row in read_rows(file, NeedInBoth)]
    shares = {row.id: shared(matcher, row) for row in rows}
    bare = [msgspec.structs.replace(row, vi=without_marks(row.vi)) for row in rows]
    groups = {
        "same ten in vi and en": [*shares.values()],
        "same ten, mend": [share for key, share in shares.items() if not is_held(key)],
        "same ten, held": [share for key, share in shares.items() if is_held(key)],
        "same ten, no marks": [shared(matcher, row) for row in bare],
    }
    for name, some in groups.items():
        if some:
            estimate = bootstrap(some, lambda drawn: float(np.mean(drawn)))
            yield Figure(name, estimate, f"{len(some)} needs of ours, {OFFERS} English offers")


def is_held(need: str) -> bool:
    """Whether a need belongs to the half that nobody looks into when names and words are mended: by a digest
    of its id, so that it stays there for ever."""
    return sha256(need.encode()).digest()[0] % 2 == 1


def shared(matcher: Matcher, need: NeedInBoth) -> float:
    """The share of the ten best in common, in [0, 1]."""
    best = [
        {match.offer for match in matcher.match(Need(id=need.id, text=text), BEST)}
        for text in (need.vi, need.en)
    ]
    return len(best[0] & best[1]) / BEST


def english_offers(graph: SkillGraph, count: int = OFFERS, seed: int = 0) -> list[Offer]:
    """People around one skill each, with papers on it and its neighbours in the graph."""
    draw = np.random.default_rng(seed)
    leaves = [skill for skill in graph if skill.broader]
    chosen = draw.permutation(len(leaves))[:count]
    return [_offer(leaves[int(at)], graph, draw) for at in chosen]


def _offer(skill: Skill, graph: SkillGraph, draw: np.random.Generator) -> Offer:
    near = sorted({*skill.broader, *skill.related, *skill.used_in})
    others = [graph[near[int(at)]] for at in draw.permutation(len(near))[: ITEMS - 1]]
    return Offer(
        id=skill.key,
        evidence=tuple(
            Evidence(id=f"{skill.key}-{i}", kind="paper", title=_name(one, draw), text=_text(one, skill))
            for i, one in enumerate([skill, *others])
        ),
    )


def _name(skill: Skill, draw: np.random.Generator) -> str:
    names = [skill.en, *skill.aliases.en]
    return names[int(draw.integers(len(names)))]


def _text(skill: Skill, main: Skill) -> str:
    return skill.scope.en if skill is main else f"{skill.scope.en} In connection with {main.en}."
