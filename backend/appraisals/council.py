"""Whom to ask: a council the engine proposes, with the reason for everybody, in it or not.

Who has a conflict of interest with the applicant is barred, not merely ranked last. Suitability is the room
somebody has; what they are good at is not known of accounts yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec import Struct

import matching.text
from backend.accounts import queries as accounts
from backend.accounts.schemas import Actor, Role
from backend.applications.schemas import Application
from backend.appraisals import queries
from backend.kit.clock import local, today
from backend.kit.text import Text, sort_key
from matching.assignment import (
    Appraiser,
    Assignment,
    Bar,
    Dossier,
    Problem,
    Reasons,
    Suitability,
    assign,
    say_block,
)
from matching.conflicts import ConflictGraph, Party, Tie, bars

Label = Callable[[str], str]
MOST_OPEN = 5
"""Sheets somebody may have to fill in at once before nobody proposes them for more: a rule of the house."""


class Candidate(Struct, frozen=True, kw_only=True):
    """Somebody who appraises, how many sheets they owe, and why they are proposed, or not, or barred."""

    actor: Actor
    load: int
    is_proposed: bool
    is_barred: bool
    why: Text


class Council(Struct, frozen=True, kw_only=True):
    """Everybody by name, proposed ones marked; `block` says what stands in the way of a full council."""

    candidates: list[Candidate]
    block: Text | None

    @property
    def free(self) -> list[Candidate]:
        """Those who may be asked."""
        return [one for one in self.candidates if not one.is_barred]


async def propose_council(application: Application, asked: set[UUID], seats: int) -> Council:
    """Propose people for the seats still free, among those not asked already; three queries."""
    people = [one for one in await accounts.list_actors(Role.APPRAISER) if one.id not in asked]
    loads = await queries.open_sheets()
    problem = _problem(application, people, loads, await _bars(application, people), seats)
    found = assign(problem)
    names = {str(one.id): one.name for one in people} | {str(application.id): application.number or ""}

    label = _label(names)
    reasons = Reasons(problem, found, label)
    chosen = {seat.appraiser for seat in found.seats}
    barred = {bar.appraiser for bar in problem.bars}
    candidates = [
        Candidate(
            actor=one,
            load=loads.get(one.id, 0),
            is_proposed=str(one.id) in chosen,
            is_barred=str(one.id) in barred,
            why=_said(reasons.of(str(application.id), str(one.id)).text),
        )
        for one in people
    ]
    return Council(
        candidates=sorted(candidates, key=lambda one: sort_key(one.actor.name)), block=_block(found, label)
    )


def _problem(
    application: Application, people: Sequence[Actor], loads: dict[UUID, int], barred: list[Bar], seats: int
) -> Problem:
    dossier = str(application.id)
    return Problem(
        dossiers=(Dossier(dossier, want=seats),),
        appraisers=tuple(
            Appraiser(str(one.id), most=max(MOST_OPEN, loads.get(one.id, 0)), load=loads.get(one.id, 0))
            for one in people
        ),
        scores=tuple(Suitability(dossier, str(one.id), 1 / (1 + loads.get(one.id, 0))) for one in people),
        bars=tuple(barred),
    )


async def _bars(application: Application, people: Sequence[Actor]) -> list[Bar]:
    """Who has to do with the applicant, or once declared a conflict with it."""
    applicant = str(application.organisation_id)
    ties = [
        Tie(relation="membership", source=str(one.id), target=applicant)
        for one in people
        if application.organisation_id in one.belongs_to
    ]
    known = {one.id for one in people}
    ties += [
        Tie(relation="declared", source=str(person), target=applicant, since=local(at).date())
        for person, at in await queries.conflicts_with(application.organisation_id)
        if person in known
    ]
    parties = [Party(str(one.id), "person") for one in people] + [Party(applicant, "organisation")]
    names = {str(one.id): one.name for one in people} | {applicant: application.organisation_name}
    graph, cases = ConflictGraph(parties, ties), {str(application.id): [applicant]}
    return bars(graph, cases, [str(one.id) for one in people], today(), _label(names))


def _label(names: dict[str, str]) -> Label:
    return lambda id_: names.get(id_, id_)


def _block(found: Assignment, label: Label) -> Text | None:
    if found.is_feasible:
        return None
    said = [say_block(one, label) for one in found.blocks]
    return Text(" ".join(one.vi for one in said), " ".join(one.en for one in said))


def _said(text: matching.text.Text) -> Text:
    return Text(text.vi, text.en)
