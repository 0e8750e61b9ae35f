"""A team problem as numbers: who covers which share of what, and what a team must fulfil."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta

from matching.coverage import COVERED
from matching.profiles import OfferEntry

PENALTY = 0.02
MOST = 20
Rule = Literal["most", "institute_in", "speaks", "budget", "least", "include"]
RULES: tuple[Rule, ...] = ("most", "institute_in", "speaks", "budget", "least", "include")
Bools = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Floats64 = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Seats = tuple[int, ...]


class TeamRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """What must hold of a team as a whole; what is empty is not asked.

    At most ``most`` members; at least one institute in the country ``institute_in``; each of the languages
    ``speaks`` spoken by some member; the costs add up to at most ``budget`` (an offer without a known cost is
    out then); at least the share ``least`` of the need covered; the offers ``include`` in it.
    """

    most: Annotated[int, Meta(ge=1, le=MOST)] = 5
    institute_in: str = ""
    speaks: tuple[str, ...] = ()
    budget: Annotated[float, Meta(ge=0)] | None = None
    least: Annotated[float, Meta(ge=0, le=1)] = 0
    include: tuple[str, ...] = ()

    def without(self, rule: Rule) -> "TeamRules":
        """The same rules but one. Costs still have to be known where there was a budget."""
        loose = {"most": MOST, "budget": np.inf}.get(rule, getattr(TeamRules(), rule))
        return msgspec.structs.replace(self, **{rule: loose})

    @property
    def asked(self) -> list[Rule]:
        """The rules in force."""
        return ["most", *(rule for rule in RULES[1:] if getattr(self, rule) != getattr(TeamRules(), rule))]


class Problem:
    """Candidates in the order of their ids, one of each kind of equals and as many more as asked.

    Attributes
    ----------
    weights : (skills,) float64, the importances as shares: they add up to 1
    values : (candidates, skills) float64 in [0, 1]; what is below 0.3 counts as nothing
    costs : (candidates,) float64
    groups : for each thing some member must fulfil its rule and (candidates,) bool, who fulfils it
    """

    def __init__(
        self,
        entries: Sequence[OfferEntry],
        values: Floats64,
        importances: Sequence[float],
        rules: TeamRules,
        equals: int = 3,
    ) -> None:
        self.rules = rules
        self.weights = np.asarray(importances, np.float64) / max(sum(importances), 1e-12)
        order = sorted(range(len(entries)), key=lambda at: entries[at].id)
        values = np.where(values >= COVERED, values, 0).astype(np.float64)
        order = [at for at in order if rules.budget is None or entries[at].cost is not None]
        kept = _without_equals(order, entries, values, rules, equals)
        self.entries = [entries[at] for at in kept]
        self.values = values[kept]
        self.costs = np.array([entry.cost or 0 for entry in self.entries], np.float64)
        self.groups = list(_groups(self.entries, rules))

    def share(self, team: Seats) -> float:
        """The share of the need a team covers, in [0, 1]."""
        return float(self.weights @ self.values[list(team)].max(axis=0, initial=0))

    def value(self, team: Seats) -> float:
        """What is maximised: the share less 0.02 for each member."""
        return self.share(team) - PENALTY * len(team)

    def cost(self, team: Seats) -> float:
        return float(self.costs[list(team)].sum())

    def fits(self, team: Seats) -> bool:
        """Whether a team keeps every rule."""
        return (
            self.may_grow_to(team)
            and self.share(team) >= self.rules.least - 1e-9
            and all(fulfils[list(team)].any() for _, fulfils in self.groups)
        )

    def may_grow_to(self, team: Seats) -> bool:
        """Whether a team is neither too large nor too dear."""
        dear = self.rules.budget is not None and self.cost(team) > self.rules.budget + 1e-9
        return len(team) <= self.rules.most and not dear


def _needs(entry: OfferEntry, rules: TeamRules) -> tuple[bool, ...]:
    """Which of the things some member must fulfil this one does, in the order of `_groups`."""
    institute = [
        bool(rules.institute_in) and entry.kind == "institute" and entry.country == rules.institute_in
    ]
    speaks = [language in entry.languages for language in rules.speaks]
    return (*institute, *speaks, *(entry.id == key for key in rules.include))


def _groups(entries: Sequence[OfferEntry], rules: TeamRules) -> list[tuple[Rule, Bools]]:
    names: list[Rule] = ["institute_in", *["speaks"] * len(rules.speaks), *["include"] * len(rules.include)]  # type: ignore[list-item]
    width = len(names)
    table = np.array([_needs(entry, rules) for entry in entries], bool).reshape(len(entries), width)
    asked = range(0 if rules.institute_in else 1, width)
    return [(names[at], table[:, at]) for at in asked]


def _without_equals(
    order: Sequence[int], entries: Sequence[OfferEntry], values: Floats64, rules: TeamRules, equals: int
) -> list[int]:
    """Who may be of use, and of those who cover and fulfil the same only the cheapest few.

    Nothing is lost: a team never gains by a second one of a kind, and each next alternative needs at most
    one more.
    """
    kinds: dict[tuple[object, ...], list[int]] = {}
    for at in order:
        fulfils = _needs(entries[at], rules)
        if values[at].any() or any(fulfils):
            kinds.setdefault((values[at].tobytes(), fulfils), []).append(at)
    kept = [
        at for alike in kinds.values() for at in sorted(alike, key=lambda at: entries[at].cost or 0)[:equals]
    ]
    return sorted(kept, key=lambda at: entries[at].id)
