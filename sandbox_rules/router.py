"""From a handful of answers to the regimes that cover a trial, each with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from sandbox_rules.eligibility import Finding, Outcome, judge
from sandbox_rules.loader import Programmes
from sandbox_rules.programme import Programme
from sandbox_rules.schema import Criterion, Fact, Value
from sandbox_rules.text import Text


class Route(Struct, frozen=True):
    """What one regime says of a trial.

    ``covers``: apply under it; ``referred``: it covers the trial but ``referred_to`` decides;
    ``excluded``: a criterion of its scope is not met; ``open``: something must be asked first.
    """

    key: str
    title: Text
    outcome: Literal["covers", "referred", "excluded", "open"]
    reasons: tuple[Finding, ...]
    referred_to: Text | None
    programme: Programme


class Routing(Struct, frozen=True):
    """Is a sandbox needed, which regimes cover the trial, and what to ask next (best question first)."""

    needed: Outcome
    routes: tuple[Route, ...]
    ask: tuple[Fact, ...]

    def with_outcome(self, outcome: str) -> list[Route]:
        """Return the regimes of one outcome."""
        return [route for route in self.routes if route.outcome == outcome]


def route(programmes: Programmes, facts: Mapping[str, Value], on: date) -> Routing:
    """Judge the scope of every regime in force on a day. Unknown facts exclude nothing."""
    newest = {one.key: one for one in programmes.all() if one.in_force <= on}
    routes = [_route(programme, facts) for programme in newest.values()]
    return Routing(_needed(newest.values(), facts), tuple(routes), tuple(_questions(routes)))


def _route(programme: Programme, facts: Mapping[str, Value]) -> Route:
    judged = [(rule, judge(programme, rule, facts)) for rule in programme.scope.values()]
    failed = [(rule, finding) for rule, finding in judged if finding.outcome == "not_met"]
    if failed:
        return _failed(programme, failed)
    findings = tuple(finding for _, finding in judged)
    if any(finding.outcome == "unknown" for finding in findings):
        return Route(programme.key, programme.title, "open", findings, None, programme)
    outcome: Literal["covers", "referred"] = "referred" if programme.referred_to else "covers"
    return Route(programme.key, programme.title, outcome, findings, programme.referred_to, programme)


def _failed(programme: Programme, failed: list[tuple[Criterion, Finding]]) -> Route:
    """Excluded by any criterion that refers to nobody, otherwise referred."""
    reasons = tuple(finding for _, finding in failed)
    elsewhere = [rule.referred_to for rule, _ in failed]
    if None in elsewhere:
        return Route(programme.key, programme.title, "excluded", reasons, None, programme)
    return Route(programme.key, programme.title, "referred", reasons, elsewhere[0], programme)


def _needed(programmes: Iterable[Programme], facts: Mapping[str, Value]) -> Outcome:
    """A sandbox is needed if any regime's own question says so, not needed if every answer says no."""
    outcomes = {
        judge(programme, rule, facts).outcome
        for programme in programmes
        for rule in programme.scope.values()
        if rule.shows_need
    }
    if "met" in outcomes:
        return "met"
    return "not_met" if outcomes == {"not_met"} else "unknown"


def _questions(routes: list[Route]) -> list[Fact]:
    """Return the unknown facts, first the one that decides on most of the open regimes."""
    unknown: Counter[str] = Counter()
    catalogue: dict[str, Fact] = {}
    for one in routes:
        if one.outcome == "open":
            asked = {finding.fact: None for finding in one.reasons if finding.outcome == "unknown"}
            unknown.update(asked.keys())
            catalogue.update((key, one.programme.facts[key]) for key in asked)
    return [catalogue[key] for key, _ in unknown.most_common()]
