"""Persons and organisations with dated ties, and which of them bar an appraiser from a case.

It fails closed: a tie whose end is not known is running, one whose start is not known always was, a share
that is not known is enough, and who may be somebody, or has not been identified, is in conflict until a
person clears it. As JSON Lines, one object a line, with the fields of `Party` and `Tie`; dates as
``"2026-01-15"``."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
import networkx as nx
from msgspec import Meta

from matching.conflicts.rules import (
    CLEARED,
    POSSIBLE,
    SAME,
    UNIDENTIFIED,
    BadConflicts,
    ConflictRule,
    ConflictRules,
    Way,
)
from matching.identity import Identities
from matching.profiles import Key
from matching.text import Text

Status = Literal["clear", "conflict", "unknown"]
_Paths = dict[str, tuple["Tie", ...]]


class Party(msgspec.Struct, frozen=True, omit_defaults=True):
    """``{"id": "p1", "kind": "person"}``; ``identified``: false when nothing says who it is
    (`matching.identity.is_identified`)."""

    id: Key
    kind: Literal["person", "organisation"]
    identified: bool = True


class Tie(msgspec.Struct, frozen=True, omit_defaults=True):
    """``{"relation": "employment", "source": "p1", "target": "o1", "since": "2019-09-01", "until": null,
    "evidence": "CV of 2026"}``

    Both days count. ``share`` in [0, 1]. ``cleared`` ties two records that are not one person, or a person
    and a party of whom one was not identified; they need ``since``, ``by`` and ``reason``, as nothing is
    cleared without somebody who says why. ``same_person`` is said by a person too, or comes from
    `Identities`."""

    relation: Key
    source: Key
    target: Key
    since: date | None = None
    until: date | None = None
    share: Annotated[float, Meta(ge=0, le=1)] | None = None
    evidence: str = ""
    by: str = ""
    reason: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        dates = "" if self.since is None else str(self.since), "" if self.until is None else str(self.until)
        return (self.relation, self.source, self.target, *dates, str(self.share), self.evidence, self.reason)

    def runs(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


class Conflict(msgspec.Struct, frozen=True):
    """``rule`` bars the person in regard to ``party``; ``path``: the ties from one to the other, as they were
    given. Not ``certain``: somebody on the path is only possibly the one meant, or nobody was identified."""

    rule: str
    party: str
    certain: bool
    path: tuple[Tie, ...] = ()


class Standing(msgspec.Struct, frozen=True):
    """Of a person towards a case: with any conflict, certain (conflict) or not (unknown), they are barred.
    ``clearings``: what was set aside, by whom and why."""

    status: Status
    conflicts: tuple[Conflict, ...]
    clearings: tuple[Tie, ...]


class ConflictGraph:
    """Who is barred from appraising for whom, on a day.

    Parameters
    ----------
    parties : persons and organisations
    ties : between parties, with dates; cleared ones set a conflict aside
    identities : of `matching.identity.resolve`: records of one person count together, possible ones in doubt
    rules : which ways through ties bar; those of ``conflict_rules.toml`` unless given

    Raises
    ------
    BadConflicts : for a tie with unknown ends or relation, ending before it starts, or cleared by nobody
    """

    def __init__(
        self,
        parties: Iterable[Party],
        ties: Iterable[Tie] = (),
        identities: Identities | None = None,
        rules: ConflictRules | None = None,
    ) -> None:
        self.rules = rules or ConflictRules.load()
        self._identified = {party.id: party.identified for party in parties}
        self._graphs: dict[str, nx.MultiDiGraph] = defaultdict(nx.MultiDiGraph)
        given = list(ties)
        for tie in given:
            self._check(tie)
        self._cleared = [tie for tie in given if tie.relation == CLEARED]
        links = list(_links(identities)) if identities else []
        standing = {tie for tie in [*given, *links] if tie.relation != CLEARED}
        for tie in sorted(standing, key=lambda one: one.order):
            self._add(tie)
        self._reach = lru_cache(maxsize=1_000)(self._reach_of)

    def between(self, person: str, parties: Iterable[str], on: date) -> list[Conflict]:
        """Why this person may not appraise a case of these parties on that day, one conflict for each rule
        and party: the shortest path, a certain one before others. In the order of the rules, then of the
        parties."""
        wanted = sorted(set(parties))
        found = list(self._unidentified(person, wanted, on))
        for rule, sure, doubtful in self._reach(person, on):
            for party in wanted:
                if party in sure:
                    found.append(Conflict(rule, party, certain=True, path=sure[party]))
                elif party in doubtful:
                    found.append(Conflict(rule, party, certain=False, path=doubtful[party]))
        return found

    def standing(self, person: str, parties: Iterable[str], on: date) -> Standing:
        wanted = sorted(set(parties))
        conflicts = tuple(self.between(person, wanted, on))
        status: Status = "clear"
        if conflicts:
            status = "conflict" if any(one.certain for one in conflicts) else "unknown"
        used = [tie for tie in self._cleared if tie.runs(on) and {tie.source, tie.target} & {person, *wanted}]
        return Standing(status, conflicts, tuple(sorted(used, key=lambda tie: tie.order)))

    def _check(self, tie: Tie) -> None:
        for end in (tie.source, tie.target):
            if end not in self._identified:
                raise BadConflicts(Text(f"không có {end}", f"there is no {end}"))
        if self.rules.relation(tie.relation) is None:
            raise BadConflicts(Text(f"không có quan hệ {tie.relation}", f"there is no {tie.relation}"))
        if tie.since and tie.until and tie.until < tie.since:
            raise BadConflicts(Text("ngày kết thúc trước ngày bắt đầu", "a tie ends before it starts"))
        if tie.relation == CLEARED and not (tie.since and tie.by.strip() and tie.reason.strip()):
            raise BadConflicts(
                Text("xác nhận thiếu ngày, người hoặc lý do", "a clearing lacks its day, person or reason")
            )

    def _add(self, tie: Tie) -> None:
        relation = self.rules.relation(tie.relation)
        is_symmetric = relation is not None and relation.symmetric
        graph = self._graphs[tie.relation]
        graph.add_edge(tie.source, tie.target, tie=tie, way="on")
        graph.add_edge(tie.target, tie.source, tie=tie, way="on" if is_symmetric else "back")

    def _is_identified(self, id_: str) -> bool:
        return self._identified.get(id_, False)

    def _is_cleared(self, a: str, b: str, on: date) -> bool:
        return any({tie.source, tie.target} == {a, b} and tie.runs(on) for tie in self._cleared)

    def _unidentified(self, person: str, parties: Sequence[str], on: date) -> Iterator[Conflict]:
        """A case without any party counts as one whose party is not identified."""
        for party in parties or [""]:
            known = self._is_identified(person) and self._is_identified(party)
            if not known and not self._is_cleared(person, party, on):
                yield Conflict(UNIDENTIFIED, party, certain=False)

    def _reach_of(self, person: str, on: date) -> list[tuple[str, _Paths, _Paths]]:
        """Each rule with everybody it leads to for certain, and at all."""
        return [
            (one.key, self._reached(one, person, on, True), self._reached(one, person, on, False))
            for one in self.rules.rules
        ]

    def _reached(self, rule: ConflictRule, person: str, on: date, certain: bool) -> _Paths:
        """Everybody the rule leads to, with the shortest path; breadth first."""
        start = _Place(person, 0 if rule.relation else 1)
        queue: deque[tuple[_Place, tuple[Tie, ...]]] = deque([(start, ())])
        seen = {start}
        reached: _Paths = {}
        while queue:
            place, path = queue.popleft()
            if place.steps > rule.least_depth:
                reached.setdefault(place.id, path)
            for after, tie in self._next(rule, place, on, certain):
                if after not in seen:
                    seen.add(after)
                    queue.append((after, (*path, tie)))
        return reached

    def _next(
        self, rule: ConflictRule, place: "_Place", on: date, certain: bool
    ) -> Iterator[tuple["_Place", Tie]]:
        for other, tie, _ in self._ties(SAME, place.id):
            if tie.runs(on):
                yield _Place(other, place.steps, place.is_possible), tie
        if not (certain or place.is_possible):
            for other, tie, _ in self._ties(POSSIBLE, place.id):
                if tie.runs(on) and not self._is_cleared(place.id, other, on):
                    yield _Place(other, place.steps, True), tie
        follows = [one.relation for one in rule.through] if place.steps else [rule.relation]
        for relation in follows if place.steps <= rule.depth else ():
            for other, tie, way in self._ties(relation, place.id):
                if _leads(rule, place.steps, tie, way, on):
                    yield _Place(other, place.steps + 1), tie

    def _ties(self, relation: str, id_: str) -> Iterator[tuple[str, Tie, Way]]:
        graph = self._graphs.get(relation)
        if graph is not None and id_ in graph:
            for _, other, edge in graph.out_edges(id_, data=True):
                yield other, edge["tie"], edge["way"]


class _Place(msgspec.Struct, frozen=True):
    """Where a search stands: ``steps`` ties taken, of which the first is that of the rule; whether it came
    here by a possible identity, for two of them in a row prove nothing."""

    id: str
    steps: int
    is_possible: bool = False


def _leads(rule: ConflictRule, steps: int, tie: Tie, way: Way, on: date) -> bool:
    if steps == 0:
        end = tie.until and rule.cools_until(tie.until)
        runs = (tie.since is None or tie.since <= on) and (end is None or on <= end)
        return tie.relation == rule.relation and rule.way in (way, "both") and runs
    return tie.runs(on) and any(
        tie.relation == one.relation
        and one.way in (way, "both")
        and (tie.share is None or tie.share >= one.least_share)
        for one in rule.through
    )


def _links(identities: Identities) -> Iterator[Tie]:
    """Identity as ties, their signs as evidence; who contradicts themselves is only possibly one person."""
    doubtful = {id_ for one in identities.contradictions for id_ in (one.a, one.b)}
    torn = [set(cluster) for cluster in identities.clusters if doubtful & set(cluster)]
    for one in identities.same:
        is_torn = any(one.a in cluster for cluster in torn)
        yield Tie(POSSIBLE if is_torn else SAME, one.a, one.b, evidence=" ".join(one.signs))
    for one in identities.possible:
        yield Tie(POSSIBLE, one.a, one.b, evidence=" ".join(one.signs))
