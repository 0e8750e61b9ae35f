"""From our structs to the engine's and back. Pure: no database, no request."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import msgspec
import numpy as np

import matching
from backend.matchmaking.schemas import CoverageRow, Need, NeededSkill, PublicOffer, Reason, Step
from backend.matchmaking.skills import graph
from matching import Explanation, FoundPath, Match, Matcher, SkillGraph, what_if
from matching.artefact import FORMAT
from matching.coverage import COVERED
from matching.matcher import band_of
from matching.reading import DECLARED, read_need

ABOUT = "about"


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """The best offers for a need among those allowed, how they cover it, and what no allowed offer covers."""

    matches: list[Match]
    matrix: list[CoverageRow]
    uncovered: list[str]


def to_engine_offer(offer: PublicOffer) -> matching.Offer:
    """The offer as the engine reads it. What it says of itself is a claim, and weighs as one."""
    about = matching.Evidence(id=ABOUT, kind=DECLARED, title=offer.headline, text=offer.about)
    items = [
        matching.Evidence(id=str(item.id), kind=item.kind, title=item.title, text=item.text, year=item.year)
        for item in offer.evidence
    ]
    return matching.Offer(
        id=str(offer.id),
        kind=offer.kind,
        name=offer.name,
        skills=tuple(matching.SkillLevel(skill.key, skill.level) for skill in offer.skills),
        evidence=(about, *items),
    )


def to_engine_need(need: Need) -> matching.Need:
    """The need as the engine reads it: its title is the first sentence."""
    skills = tuple(matching.SubNeed(skill.key, skill.weight, skill.required) for skill in need.skills)
    return matching.Need(id=str(need.id), text=f"{need.title}.\n{need.text}", skills=skills)


def fingerprint(offers: Sequence[matching.Offer], skills: SkillGraph) -> str:
    """SHA-256 in hexadecimal of the offers and of the whole graph: the name of what is fitted on them."""
    return digest_of(FORMAT, graph_digest(skills), msgspec.json.encode(offers).decode())


def digest_of(*parts: str) -> str:
    """SHA-256 in hexadecimal of several words."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def graph_digest(skills: SkillGraph) -> str:
    """SHA-256 in hexadecimal of every skill of the graph."""
    return hashlib.sha256(msgspec.json.encode(list(skills))).hexdigest()


def rank(matcher: Matcher, need: Need, allowed: Collection[str], most: int) -> Ranked:
    """The best `most` of the allowed offers, best first, ties by id, if anything speaks for them."""
    asked = read_need(to_engine_need(need), matcher.graph)
    rows = np.array(sorted(matcher.corpus.row[key] for key in allowed if key in matcher.corpus.row), int)
    covered = matcher.coverage.of_query(asked)
    scores = np.clip(matcher.ranker.scores(asked) * matcher.factor(asked, covered), 0, 1)
    ids = [offer.id for offer in matcher.corpus.offers]
    candidates = rows[scores[rows] > 0]
    if len(candidates) > most:
        least = np.partition(scores[candidates], -most)[-most]
        candidates = candidates[scores[candidates] >= least]
    best = sorted(candidates.tolist(), key=lambda row: (-scores[row], ids[row]))[:most]
    of_skill = {sub.key: matcher.coverage.of_skill(sub.key) for sub in asked.skills}
    wanted = need.skills or [NeededSkill(key=sub.key) for sub in asked.skills]
    matrix = [
        CoverageRow(
            skill=skill,
            values=[float(of_skill[skill.key][row]) for row in best],
            best=float(of_skill[skill.key][rows].max(initial=0)),
        )
        for skill in wanted
        if skill.key in of_skill
    ]
    paths = {key: [matcher.find_path(key, row) for row in best] for key in of_skill}
    matches = [
        Match(
            ids[row],
            float(scores[row]),
            float(covered[row]) if asked.skills else None,
            band_of(float(scores[row])),
            tuple(path for key in of_skill if (path := paths[key][at])),
        )
        for at, row in enumerate(best)
    ]
    return Ranked(
        matches=matches, matrix=matrix, uncovered=[one.skill.key for one in matrix if one.best < COVERED]
    )


def narrowed(matcher: Matcher, offer: UUID) -> Matcher | None:
    """A matcher of one offer alone that scores as the whole one does; None when the whole one lacks it."""
    return what_if.narrowed(matcher, str(offer)) if str(offer) in matcher.corpus.row else None


def explain(matcher: Matcher, need: Need, offer: UUID) -> Explanation | None:
    """The score of one offer taken apart; None when the matcher lacks the offer."""
    if str(offer) not in matcher.corpus.row:
        return None
    return matching.explain(matcher, to_engine_need(need), str(offer))


def reasons_of(paths: Iterable[FoundPath]) -> list[Reason]:
    """The ways to the covered skills, the best covered first."""
    found = [
        Reason(
            need=one.path.start,
            steps=[Step(edge=step.edge, key=step.key) for step in one.path.steps],
            evidence=one.evidence,
            covered=one.covered,
        )
        for one in paths
    ]
    return sorted(found, key=lambda reason: -reason.covered)


def fit(offers: Sequence[matching.Offer]) -> Matcher:
    """A matcher of these offers."""
    return Matcher.fit(offers, graph())
