"""The engine against public judgements: LR-bench (people for a paper) and ESCO (skills for a phrase).

The data stay outside the project: a folder with ``matching/lr_bench``, ``matching/esco_skill_extraction`` and
``taxonomies/esco``.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np

from matching.matcher import Match, Matcher
from matching.metrics import Estimate, JudgedPair, accuracy, bootstrap, loss
from matching.phrases import PhraseIndex
from matching.profiles import Evidence, Need, Offer
from matching.semantic import Encoder


class Figure(msgspec.Struct, frozen=True):
    """A measured figure beside the best published one."""

    name: str
    estimate: Estimate
    published: str

    def __str__(self) -> str:
        return f"{self.name:<24} {self.estimate!s:<24} {self.published}"


class JudgedTriple(msgspec.Struct, frozen=True):
    """For ``need`` the offer ``better`` was judged ``gap`` > 0 points above ``worse``."""

    need: str
    better: str
    worse: str
    gap: float


class LrBench(msgspec.Struct, frozen=True):
    """Papers as needs, researchers with their papers as offers, and who knows a paper better."""

    offers: tuple[Offer, ...]
    needs: tuple[Need, ...]
    triples: tuple[JudgedTriple, ...]

    def pairs(self, scores: Mapping[tuple[str, str], float]) -> list[JudgedPair]:
        """``scores`` are looked up by (need, offer)."""
        return [JudgedPair(scores[t.need, t.better], scores[t.need, t.worse], t.gap) for t in self.triples]


class _Paper(msgspec.Struct, frozen=True):
    title: str
    abstract: str


class _Author(msgspec.Struct, frozen=True):
    score: float
    author_id: str
    papers: tuple[_Paper, ...]


class _Anchor(msgspec.Struct, frozen=True):
    paper_id: str
    paper_title: str
    abstract: str


class _Row(msgspec.Struct, frozen=True):
    anchor: _Anchor
    positive: _Author
    negative: _Author


def read_lr_bench(data: Path) -> LrBench:
    """The 212 triples.

    Parameters
    ----------
    data : folder with ``matching/lr_bench``

    Raises
    ------
    FileNotFoundError
    """
    source = (data / "matching" / "lr_bench" / "evaluations_pc.json").read_bytes()
    rows = msgspec.json.decode(source, type=list[_Row])
    offers, needs = {}, {}
    for row in rows:
        anchor = row.anchor
        needs[anchor.paper_id] = Need(id=anchor.paper_id, text=f"{anchor.paper_title}\n{anchor.abstract}")
        for author in (row.positive, row.negative):
            offers[author.author_id] = _offer(author)
    triples = [
        JudgedTriple(
            r.anchor.paper_id, r.positive.author_id, r.negative.author_id, r.positive.score - r.negative.score
        )
        for r in rows
    ]
    return LrBench(tuple(offers.values()), tuple(needs.values()), tuple(triples))


def _offer(author: _Author) -> Offer:
    return Offer(
        id=author.author_id,
        evidence=tuple(
            Evidence(id=f"{author.author_id}-{i}", kind="paper", title=paper.title, text=paper.abstract)
            for i, paper in enumerate(author.papers)
        ),
    )


class JudgedPhrase(msgspec.Struct, frozen=True):
    """A phrase of a job advert and the entry of the vocabulary that people chose for it."""

    phrase: str
    entry: int


def read_esco(
    data: Path, part: str = "tech_test", encoder: Encoder | None = None
) -> tuple[PhraseIndex, list[JudgedPhrase]]:
    """ESCO's skills and the judged phrases of a part that name one of them.

    Parameters
    ----------
    data : folder with ``taxonomies/esco`` and ``matching/esco_skill_extraction``
    part : ``tech_test``, ``house_test``, ``techwolf_test`` or a validation part
    encoder : joins letters and stems in the index

    Raises
    ------
    FileNotFoundError

    References
    ----------
    Decorte, Van Hautte, Demeester and Develder 2022, *Design of Negative Sampling Strategies for Distantly
    Supervised Skill Extraction*.
    """
    source = (data / "taxonomies" / "esco" / "skills_labelled.json").read_bytes()
    skills = list(msgspec.json.decode(source, type=dict[str, dict[str, str]]).values())
    entries = {skill["label"].lower(): i for i, skill in reversed(list(enumerate(skills)))}
    index = PhraseIndex([skill["label"] for skill in skills], [skill["rest"] for skill in skills], encoder)
    place = data / "matching" / "esco_skill_extraction" / f"{part}_annotations.csv"
    with place.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    judged = [
        JudgedPhrase((row["sub_span"] or row["span"]).strip(), entries[row["label"].strip().lower()])
        for row in rows
        if row["label"].strip().lower() in entries
    ]
    return index, judged


class Fitted(Protocol):
    """What answers needs: `Matcher`, or one over a cluster."""

    def match(self, need: Need, k: int) -> Sequence[Match]: ...


def evaluate_lr_bench(data: Path, fit: Callable[[Sequence[Offer]], Fitted] = Matcher.fit) -> Iterator[Figure]:
    bench = read_lr_bench(data)
    matcher = fit(bench.offers)
    scores = {(need.id, m.offer): m.score for need in bench.needs for m in matcher.match(need, k=0)}
    yield from lr_bench_figures(bench.pairs(scores))


def public_losses(bench: LrBench, matcher: Matcher) -> Callable[[Mapping[str, float]], dict[str, float]]:
    """What LR-bench loses by other weights, for `champion.compare`: the order of people for a paper."""

    def losses(weights: Mapping[str, float]) -> dict[str, float]:
        other = matcher.with_weights(weights)
        ids = [offer.id for offer in other.corpus.offers]
        rows = {need.id: dict(zip(ids, other.scores(need).tolist(), strict=True)) for need in bench.needs}
        scores = {(need, offer): score for need, row in rows.items() for offer, score in row.items()}
        return {"LR-bench": loss(bench.pairs(scores))}

    return losses


def lr_bench_figures(pairs: Sequence[JudgedPair]) -> list[Figure]:
    return [
        Figure(
            "LR-bench accuracy", bootstrap(pairs, accuracy), "0.698 TF-IDF, 0.769 RATE (8 billion parameters)"
        ),
        Figure("LR-bench loss", bootstrap(pairs, loss), "0.241 TF-IDF, 0.180 RATE (8 billion parameters)"),
    ]


def evaluate_esco(data: Path, encoder: Encoder | None = None) -> Iterator[Figure]:
    index, judged = read_esco(data, encoder=encoder)
    ranks = [_reciprocal_rank(index, phrase) for phrase in judged]
    yield Figure(
        "ESCO tech MRR", bootstrap(ranks, lambda some: float(np.mean(some))), "0.410 TF-IDF, 0.472 letters"
    )


def _reciprocal_rank(index: PhraseIndex, judged: JudgedPhrase) -> float:
    """1 / rank; among equals the middle rank."""
    scores = index.scores(judged.phrase)
    mine = scores[judged.entry]
    return float(1 / ((scores > mine).sum() + ((scores == mine).sum() + 1) / 2))
