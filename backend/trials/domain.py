"""The verbs of trials: open, and every step of its machine. One verb, one transaction, one audit line."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.errors import RuleSaysNo
from backend.applications.schemas import Event
from backend.decisions import domain as decisions
from backend.decisions import ledger
from backend.documents import domain as documents
from backend.documents.schemas import PublicDocument, to_public
from backend.kit import audit
from backend.kit.clock import now, today
from backend.kit.db import retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import handler
from backend.kit.pages import PAGE_SIZE, Page
from backend.kit.text import Text, fold, nfc
from backend.programmes import domain as programmes
from backend.trials import queries
from backend.trials.certificates import CERTIFICATE, certify
from backend.trials.following import follow_decision as follow_decision
from backend.trials.labels import FIELD_FACT, MACHINE
from backend.trials.schemas import Cell, Facet, Filters, PublicTrial, Trial
from sandbox_rules import (
    Clock,
    LimitFinding,
    Machine,
    Open,
    Programme,
    Refused,
    ReportDue,
    State,
    calendar_of,
    clock,
    fire,
    judge_limits,
    open_transitions,
    report_dates,
)
from sandbox_rules import Event as Happened

OVERSEERS = (Role.SUPERVISOR, Role.OFFICER, Role.AUTHORITY, Role.AUDITOR)
SUMMARY, PLACE = "solution_summary", "plan_place"
FACETS = ("field", "state", "ward", "year")
WARD_KINDS = ("phường ", "xã ", "đặc khu ")


@handler(decisions.OPEN_TRIAL)
async def open_trial(payload: dict[str, Any]) -> None:
    """Make the trial of a signed grant, once: what the decision set and what may be public is frozen here."""
    application_id = UUID(payload["application"])
    async with transaction():
        if await queries.find_of_application(application_id) is not None:
            return
        application = await applications.found(application_id)
        decision = await decisions.signed_decision(application_id)
        if decision is None:
            raise LookupError(f"no signed grant on application {application_id}")
        if decision.starts_on is None or decision.ends_on is None:
            return  # the grant was recalled before its trial could be opened
        programme = programmes.pinned(application.pin)
        answers = applications.public_answers(application)
        number = await documents.take_number("trial")
        place, summary = str(answers.get(PLACE, "")), str(answers.get(SUMMARY, ""))
        searched = (number, application.title, application.organisation_name, place, summary)
        trial_id = await queries.insert_trial(
            application=application_id,
            decision=decision.id,
            organisation=application.organisation_id,
            programme_key=application.programme_key,
            pin_in_force=application.pin.in_force,
            pin_sha256=application.pin.sha256,
            number=number,
            state=programme.machines[MACHINE].start,
            title=application.title,
            title_folded=fold(application.title),
            summary=summary,
            field=_answer_to(programme, answers, FIELD_FACT),
            place=place,
            ward=ward_of(place),
            starts_on=decision.starts_on,
            ends_on=decision.ends_on,
            limits=decision.limits,
            conditions=decision.conditions,
            exemptions=decision.exemptions,
            public=answers,
            search=fold(" ".join(searched)),
        )
        line = {"application": application_id, "decision": decision.id, "number": number}
        await audit.record(trial_id, "trial:opened", None, line)


@retrying
async def move_trial(actor: Actor, trial_id: UUID, transition: str, reason: str = "") -> Trial:
    """Take one step of the trial's machine. Raises NotFound, Invalid (no reason), RuleSaysNo, Conflict."""
    said = nfc(reason).strip()
    async with transaction():
        trial = await get_trial(actor, trial_id)
        machine = machine_of(trial)
        try:
            fired = fire(
                programmes.pinned(trial.pin), MACHINE, trial.state, transition, roles_on(actor, trial), {}
            )
        except Refused as refused:
            if refused.code in {"not_your_role", "unknown_transition"}:
                raise NotFound from refused
            raise RuleSaysNo(refused) from refused
        if machine.transitions[transition].asks_reason and not said:
            raise Invalid(fields={"reason": _SAY_WHY})
        if not await queries.set_state(trial_id, trial.state, fired.to):
            raise Conflict
        if fired.state.closed:
            await ledger.end_exemptions(trial.decision_id)
        line = {"transition": transition, "from": trial.state, "to": fired.to}
        await audit.record(trial_id, "trial:moved", actor.id, {**line, "reason": said} if said else line)
        if CERTIFICATE in fired.issues:
            await certify(trial, transition, actor.id)
        return await get_trial(actor, trial_id)


async def get_trial(actor: Actor, trial_id: UUID) -> Trial:
    """The trial, for its participant and those who supervise. Raises NotFound."""
    trial = await queries.find_trial(trial_id)
    if trial is None or not roles_on(actor, trial):
        raise NotFound
    return trial


async def trial_of(application_id: UUID) -> Trial | None:
    """The trial an application led to; who may see the case may see it."""
    return await queries.find_of_application(application_id)


async def list_mine(actor: Actor) -> list[Trial]:
    """The trials of the actor's organisations, newest first."""
    return await queries.trials_of(actor.organisations)


async def list_trials(actor: Actor, filters: Filters, page: int = 1) -> Page[Trial]:
    """All trials for those who supervise, the first to end on top. Raises NotFound for others."""
    if not actor.has(*OVERSEERS):
        raise NotFound
    items, total = await queries.list_trials(filters, max(page, 1), PAGE_SIZE, ending_first=True)
    return Page(items=items, total=total, page=max(page, 1), size=PAGE_SIZE)


async def list_public(filters: Filters, page: int = 1, size: int = PAGE_SIZE) -> Page[PublicTrial]:
    """The public register, newest first: by the rule file a trial is public once granted."""
    items, total = await queries.list_public(filters, max(page, 1), size)
    return Page(items=items, total=total, page=max(page, 1), size=size)


async def list_public_after(filters: Filters, number: str, size: int) -> list[PublicTrial]:
    """The next trials of the register in the order of their numbers, for who reads all of it."""
    return await queries.list_public_after(filters, number, size)


async def get_public(number: str) -> PublicTrial:
    """The public side of one trial. Raises NotFound."""
    trial = await queries.find_public(number)
    if trial is None:
        raise NotFound
    return trial


async def public_decision(number: str) -> PublicDocument | None:
    """What anybody may know of the document that permits the trial; None when it is not public."""
    trial = await queries.find_by_number(number)
    signed = await decisions.signed_decision(trial.application_id) if trial else None
    if signed is None or signed.document_id is None:
        return None
    document = await documents.get_document(signed.document_id)
    return to_public(document) if document.public else None


async def certificate_of(trial: PublicTrial) -> PublicDocument | None:
    """What anybody may know of the certificate of a trial that was completed."""
    found = [one for one in await documents.list_for(trial.id) if one.kind == CERTIFICATE and one.public]
    return to_public(found[-1]) if found else None


async def list_facets(filters: Filters) -> list[Facet]:
    """How many trials each value of a facet would leave, the other filters kept; the commonest first."""
    cells = await queries.count_cube(filters)
    return [facet for name in FACETS for facet in _counted(name, cells, filters)]


async def stamp() -> str:
    """A word that changes whenever the register does: what was made from it before is then stale."""
    return await queries.stamp()


async def timeline_of(trial: PublicTrial) -> list[Event]:
    """What happened to the trial, oldest first."""
    return await applications.timeline_of(trial.id)


async def clocks_of(trial: Trial) -> list[Clock]:
    """The statutory clocks of the trial as of now: a replay of its audit chain."""
    programme = programmes.pinned(trial.pin)
    happened = [
        Happened(at=entry.at, transition=entry.data["transition"])
        for entry in await audit.entries(trial.id)
        if "transition" in entry.data
    ]
    return clock(happened, programme, calendar_of(programme.calendar), now(), MACHINE)


def state_of(trial: PublicTrial) -> State:
    """The state with its labels, phase and holder."""
    return machine_of(trial).states[trial.state]


def limits_of(trial: PublicTrial) -> list[LimitFinding]:
    """The limits of the grant as of today. No reading was taken yet: only the last day can be judged."""
    programme = programmes.pinned(trial.pin)
    bounds = {
        key: date.fromisoformat(bound) if isinstance(bound, str) else bound
        for key, bound in trial.limits.items()
    }
    return judge_limits(programme, bounds, [], today())


def reports_of(trial: PublicTrial) -> list[ReportDue]:
    """The reports the trial owes by its rule file, in the order they are due."""
    programme = programmes.pinned(trial.pin)
    return report_dates(programme, calendar_of(programme.calendar), trial.starts_on, trial.ends_on)


def steps_of(actor: Actor, trial: Trial) -> list[Open]:
    """The steps the actor may take now."""
    return open_transitions(programmes.pinned(trial.pin), MACHINE, trial.state, roles_on(actor, trial), {})


def machine_of(trial: PublicTrial) -> Machine:
    """The states and steps of the rule file the trial is pinned to."""
    return programmes.pinned(trial.pin).machines[MACHINE]


def roles_on(actor: Actor, trial: Trial) -> frozenset[str]:
    """The roles an actor has on this trial: a member of its organisation is its participant alone."""
    if trial.organisation_id in actor.belongs_to:
        return frozenset({"participant"} if trial.organisation_id in actor.organisations else ())
    return frozenset(str(role) for role in actor.roles if role in OVERSEERS)


def ward_of(place: str) -> str:
    """The ward, commune or special zone a place names: `Bến 5, Phường Hải An` gives `Phường Hải An`."""
    for part in place.split(","):
        if part.strip().lower().startswith(WARD_KINDS):
            return part.strip()
    return ""


def _counted(name: str, cells: list[Cell], filters: Filters) -> list[Facet]:
    """The values of one facet among the cells that pass the filters of all others."""
    wanted = {other: getattr(filters, other) for other in FACETS if other != name and getattr(filters, other)}
    counts: Counter[str] = Counter()
    for cell in cells:
        if all(getattr(cell, other) == value for other, value in wanted.items()):
            counts[str(getattr(cell, name))] += cell.count
    del counts[""]
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [Facet(facet=name, value=value, count=count) for value, count in ordered]


def _answer_to(programme: Programme, answers: dict[str, Any], fact: str) -> str:
    """The answer that feeds a fact."""
    key = next((field.key for field in programme.fields.values() if field.fact == fact), "")
    return str(answers.get(key, ""))


_SAY_WHY = Text("Nêu lý do; lý do được ghi vào hồ sơ.", "Say why; the reason goes on record.")
