"""From our structs to the engine's and back. Pure: no database, no request."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import msgspec

import matching
from backend.matchmaking.schemas import CoverageRow, Need, NeededSkill, PublicOffer, Reason, Step
from backend.matchmaking.skills import graph
from backend.matchmaking.team_schemas import TeamForm
from matching import Explanation, FoundPath, Match, Matcher, SkillGraph, WhyNot, teams, what_if
from matching.artefact import FORMAT
from matching.coverage import COVERED
from matching.feedback import signal_values
from matching.filters import passing
from matching.matcher import Rows
from matching.profiles import Limits
from matching.reading import DECLARED, read_need
from matching.teams import Team, TeamAnswer, TeamRules, form_teams

ABOUT = "about"
# "later" begins with the fourth month
FREE_IN_MONTHS = {"now": 0.0, "within_3_months": 3.0, "later": 4.0}


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """The best offers for a need among those allowed, how they cover it, and what no allowed offer covers.

    `values`: what each signal said of each match; times the weights they add up to its score.
    """

    matches: list[Match]
    values: list[dict[str, float]]
    matrix: list[CoverageRow]
    uncovered: list[str]
    passed: int


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
        organisations=(str(offer.organisation_id),) if offer.organisation_id else (),
        languages=tuple(offer.languages),
        country=offer.country,
        forms=tuple(offer.forms),
        free_in_months=FREE_IN_MONTHS[offer.availability],
        skills=tuple(matching.SkillLevel(skill.key, skill.level) for skill in offer.skills),
        evidence=(about, *items),
    )


def to_engine_need(need: Need) -> matching.Need:
    """The need as the engine reads it: its title is the first sentence."""
    skills = tuple(matching.SubNeed(skill.key, skill.weight, skill.required) for skill in need.skills)
    asked = need.limits
    limits = Limits(
        kinds=tuple(asked.kinds),
        languages=tuple(asked.languages),
        forms=tuple(asked.forms),
        within_months=FREE_IN_MONTHS[asked.availability] if asked.availability else None,
    )
    text = f"{need.title}.\n{need.text}"
    organisation = str(need.organisation_id)
    return matching.Need(str(need.id), text, skills, organisation=organisation, limits=limits)


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
    """The best `most` of the allowed offers that keep the limits of the need, best first, ties by id."""
    asked = to_engine_need(need)
    among = within_limits(matcher, asked, allowed)
    matches = matcher.match(asked, most, among)
    matrix = matrix_of(matcher, need, [match.offer for match in matches], matcher.rows(among))
    uncovered = [one.skill.key for one in matrix if one.best < COVERED]
    values = signal_values(matcher, asked, [match.offer for match in matches])
    return Ranked(matches=matches, values=values, matrix=matrix, uncovered=uncovered, passed=len(among))


def matrix_of(
    matcher: Matcher, need: Need, offers: Sequence[str], best_of: Rows | None = None
) -> list[CoverageRow]:
    """How these offers cover each needed skill, and the best of them or of the rows `best_of`."""
    shown = matcher.coverage.matrix(read_need(to_engine_need(need), matcher.graph), offers)
    rows = matcher.rows(offers) if best_of is None else best_of
    skills = {skill.key: skill for skill in need.skills}
    return [
        CoverageRow(
            skill=skills.get(key, NeededSkill(key=key)),
            values=list(values),
            best=float(matcher.coverage.of_skill(key)[rows].max(initial=0)),
        )
        for key, values in zip(shown.skills, shown.values, strict=True)
    ]


def propose(
    matcher: Matcher, need: Need, form: TeamForm, allowed: Collection[str], seconds: float
) -> TeamAnswer:
    """The best team of the allowed offers and two alternatives."""
    rules = TeamRules(
        most=form.most,
        institute_in="VN" if form.institute_in_vietnam else "",
        speaks=tuple(form.speaks),
        least=form.least / 100,
        include=tuple(str(offer) for offer in form.include),
    )
    return form_teams(matcher, to_engine_need(need), rules, among=allowed, seconds=seconds)


def describe_team(matcher: Matcher, need: Need, offers: Sequence[str]) -> Team | None:
    """What these offers cover together; None when the matcher lacks one of them."""
    if any(offer not in matcher.corpus.row for offer in offers):
        return None
    return teams.describe_team(matcher, to_engine_need(need), offers)


def why_not(matcher: Matcher, need: Need, offer: UUID, allowed: Collection[str], shown: int) -> WhyNot | None:
    """Why an offer is not among the first; None when the matcher lacks it."""
    if str(offer) not in matcher.corpus.row:
        return None
    return matching.why_not(matcher, to_engine_need(need), str(offer), shown, among=allowed)


def within_limits(matcher: Matcher, need: matching.Need, allowed: Collection[str]) -> Collection[str]:
    """Those of the allowed offers that keep the limits of a need."""
    if need.limits == Limits():
        return allowed
    return passing(need, (matcher.corpus.offers[row] for row in matcher.rows(allowed)))


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
