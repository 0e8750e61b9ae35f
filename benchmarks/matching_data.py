"""Offers and needs made by dice: as many as wanted, the same for the same number."""

from collections.abc import Iterator

import numpy as np

from matching import Evidence, Need, Offer, SkillGraph, SkillLevel, SubNeed

WORDS = [f"{a}{b}" for a in ("mod", "sys", "param", "struct", "field") for b in range(2_000)]
_USUAL = np.cumsum(1 / np.arange(1, len(WORDS) + 1))
PAPER = 110
NEED = 60


def offers(count: int, graph: SkillGraph, first: int = 0) -> Iterator[Offer]:
    """People with six skills, 2 to 6 papers of about 120 words around them and two skills declared.

    Offer ``i`` is the same whatever ``first`` and ``count``. The other words follow Zipf's law.
    """
    for i in range(first, first + count):
        draw = np.random.default_rng(i)
        known = [graph.keys[k] for k in draw.choice(len(graph), 6, replace=False)]
        papers = int(draw.integers(2, 7))
        words = _words(draw, papers * PAPER)
        evidence = []
        for j in range(papers):
            names = [graph[known[k]].names for k in draw.integers(6, size=3)]
            said = [some[int(draw.integers(len(some)))] for some in names]
            text = words[j * PAPER : (j + 1) * PAPER]
            for at, name in enumerate(said):
                text.insert(at * 30, name)
            evidence.append(Evidence(id=f"{i}-{j}", kind="paper", title=f"On {said[0]}", text=" ".join(text)))
        levels = draw.integers(1, 6, size=2).tolist()
        declared = tuple(SkillLevel(key, level) for key, level in zip(known, levels, strict=False))
        yield Offer(id=f"offer-{i:09}", skills=declared, evidence=tuple(evidence))


def needs(count: int, graph: SkillGraph) -> list[Need]:
    """Five skills with their scopes and 60 of the words papers are made of."""
    draw = np.random.default_rng(2**32)
    made = []
    for i in range(count):
        wanted = [graph.keys[k] for k in draw.choice(len(graph), 5, replace=False)]
        told = [f"{graph[key].vi}: {graph[key].scope.en}" for key in wanted]
        text = ". ".join([*told, " ".join(_words(draw, NEED))])
        made.append(Need(id=str(i), text=text, skills=tuple(SubNeed(key) for key in wanted)))
    return made


def _words(draw: np.random.Generator, count: int) -> list[str]:
    places = np.searchsorted(_USUAL, draw.random(count) * _USUAL[-1])
    return [WORDS[at] for at in places.tolist()]
