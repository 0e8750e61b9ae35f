"""Who may read what of a case: told once more, in other words than the product's, and asked at random."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.appraisals import domain as appraisals
from backend.decisions import domain as decisions
from backend.kit.errors import NotFound
from backend.opinions import domain as opinions
from backend.trials import domain as trials
from tests.journeys.random_people import People

STAFF = {Role.OFFICER, Role.AUTHORITY, Role.SUPERVISOR, Role.AUDITOR}
SEE_SHEETS = {Role.OFFICER, Role.AUTHORITY, Role.AUDITOR}
SEE_OPINIONS = {Role.OFFICER, Role.APPRAISER, Role.AUTHORITY, Role.SUPERVISOR, Role.AUDITOR}
PARTS = "select * from appraisal where application = $1 order by round"
WAITING = """
    select application, appraiser from appraisal one where submitted_at is null and exists (
        select 1 from appraisal other where other.application = one.application
            and other.round = one.round and other.submitted_at is not null)
    order by assigned_at, application, id"""
"""Who must not see yet what others have given already."""


async def leaks(raw: Any, rng: random.Random, people: People, cases: list[UUID]) -> list[str]:
    """Let a random person read a random case; what they got and must not have, or the other way round."""
    chosen, name = rng.choice(cases), rng.choice(list(people.actors))
    waiting = await raw.fetch(WAITING)
    if waiting and rng.random() < 0.5:
        row = rng.choice(waiting)
        chosen, name = row["application"], people.names[row["appraiser"]]
    case, actor = await applications.found(chosen), people.actors[name]
    parts = [dict(row) for row in await raw.fetch(PARTS, case.id)]
    return [f"{name} of {case.number}: {fault}" async for fault in _read(actor, case, parts)]


async def _read(actor: Actor, case: Application, parts: list[dict[str, Any]]) -> AsyncIterator[str]:
    is_ours = case.organisation_id in actor.belongs_to
    mine = [one for one in parts if one["appraiser"] == actor.id]
    is_barred = any(one["conflict"] == "declared" for one in mine)
    is_staff = not is_ours and not is_barred and case.number is not None and bool(STAFF & actor.roles)
    try:
        got = await applications.get_application(actor, case.id)
    except NotFound:
        got = None
    if (got is not None) != (is_ours or is_staff):
        yield f"opening the case gave {got is not None}"
    if got is not None and not is_ours and got.answers != (case.handed_in or {}):
        yield "somebody reads what is not handed in"
    if not is_ours and await appraisals.may_read(actor, case) and (is_barred or not mine):
        yield "an appraiser reads a case that is not theirs"
    async for fault in _sheets(actor, case, mine, is_ours, is_barred):
        yield fault
    signed = {"signed", "recalled"}
    drafts = [one for one in await decisions.decisions_of(actor, case) if one.state not in signed]
    if drafts and (is_ours or not STAFF & actor.roles):
        yield "drafts of a decision"
    if await opinions.opinions_of(actor, case) and (is_ours or not SEE_OPINIONS & actor.roles):
        yield "opinions"
    trial = await trials.trial_of(case.id)
    if trial is not None:
        is_acting = case.organisation_id in actor.organisations
        may = is_acting or (not is_ours and bool(STAFF & actor.roles))
        try:
            await trials.get_trial(actor, trial.id)
        except NotFound:
            may = not may
        if not may:
            yield "the trial"


async def _sheets(
    actor: Actor, case: Application, mine: list[dict[str, Any]], is_ours: bool, is_barred: bool
) -> AsyncIterator[str]:
    """Nobody sees what others gave before their own is in; who is in conflict never, nor the applicant."""
    try:
        opened = await appraisals.get_case(actor, case.id)
    except NotFound:
        opened = None
    may_open = not is_barred and bool(SEE_SHEETS & actor.roles or (mine and Role.APPRAISER in actor.roles))
    if (opened is not None) != (not is_ours and case.number is not None and may_open):
        yield f"opening the appraisal gave {opened is not None}"
    summary = await appraisals.summary_of(actor, case)
    others = [one for one in summary.appraisals if one.appraiser_id != actor.id] if summary else []
    if summary and (others or summary.mean is not None):
        is_in = bool(mine) and mine[-1]["submitted_at"] is not None
        if is_ours or is_barred or not (is_in if mine else bool(SEE_SHEETS & actor.roles)):
            yield "sheets of others"
