"""The router of the rule files for programs: from facts to the regimes that cover a trial."""

from __future__ import annotations

from datetime import date
from typing import Literal

from litestar import Controller, post
from litestar.params import JSONBody
from msgspec import Struct

from backend.programmes import wizard
from sandbox_rules import Fact, Finding, Pin, Route, Source, Text


class Facts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a trial, by the keys of the catalogue of facts; null and what is left out is unknown.

    Yes or no as a boolean, days as ISO dates, choices by their keys. `on` is the day of law, today if absent.
    """

    facts: dict[str, bool | int | float | str | None] = {}
    on: date | None = None


class FindingView(Struct, frozen=True, kw_only=True):
    """What became of one criterion; `value` is what was said, a day as an ISO date, null when unknown."""

    key: str
    outcome: Literal["met", "not_met", "unknown"]
    criterion: Text
    fact: str
    question: Text
    value: bool | int | float | str | None
    source: Source
    mend: Text | None


class RouteView(Struct, frozen=True, kw_only=True):
    """What one programme says of the trial, with its reasons and the very file that was asked."""

    key: str
    title: Text
    outcome: Literal["covers", "referred", "excluded", "open"]
    reasons: list[FindingView]
    referred_to: Text | None
    pin: Pin


class RoutingView(Struct, frozen=True, kw_only=True):
    """Is a sandbox needed, which regimes cover the trial, what to ask next (best question first)."""

    needed: Literal["met", "not_met", "unknown"]
    routes: list[RouteView]
    ask: list[Fact]


class RouteApi(Controller):
    """`/api/v1/route`"""

    path = "/api/v1/route"
    tags = ("Programmes",)

    @post(status_code=200)
    async def route_facts(self, data: JSONBody[Facts]) -> RoutingView:
        """Judge facts by the scope of every programme in force."""
        routing = wizard.judge_facts(data.facts, data.on)
        return RoutingView(
            needed=routing.needed, routes=[_view(one) for one in routing.routes], ask=list(routing.ask)
        )


def _view(one: Route) -> RouteView:
    return RouteView(
        key=one.key,
        title=one.title,
        outcome=one.outcome,
        reasons=[_finding(reason) for reason in one.reasons],
        referred_to=one.referred_to,
        pin=one.programme.pin,
    )


def _finding(one: Finding) -> FindingView:
    return FindingView(
        key=one.key,
        outcome=one.outcome,
        criterion=one.criterion,
        fact=one.fact,
        question=one.question,
        value=one.value.isoformat() if isinstance(one.value, date) else one.value,
        source=one.source,
        mend=one.mend,
    )
