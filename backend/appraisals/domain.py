"""The verbs of appraisal: assign, declare, score, conclude. One verb, one transaction, one audit line.

The chain tells that somebody scored and when, never which marks: history must not undo blindness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any
from uuid import UUID

from backend.accounts import queries as accounts
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.dossier import MACHINE
from backend.applications.schemas import Application
from backend.appraisals import queries
from backend.appraisals.errors import (
    AlreadyDeclared,
    AlreadyScored,
    ConflictNotDeclared,
    NotOpenForAppraisal,
)
from backend.appraisals.schemas import Appraisal, Summary, Task
from backend.kit import audit
from backend.kit.db import transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.text import Text, nfc
from sandbox_rules import Appraisal as Sheet

OVERSEERS = (Role.OFFICER, Role.AUTHORITY, Role.AUDITOR)
"""Who handles or checks appraisals without scoring: for them nothing is blind once it is given."""
MAX_REMARKS = 5000


async def assign_appraisers(
    actor: Actor, application_id: UUID, account_ids: Sequence[UUID]
) -> list[Appraisal]:
    """Ask people to appraise an application in its appraisal phase.

    Raises NotFound, NotOpenForAppraisal, Invalid for somebody who may not appraise it (no appraiser, a member
    of the applicant, asked already).
    """
    async with transaction():
        application = await _of_officer(actor, application_id)
        _require_open(application)
        before = await queries.list_appraisals(application_id)
        chosen = list(dict.fromkeys(account_ids))
        await _require_eligible(application, chosen, {one.appraiser_id for one in before})
        await queries.insert_appraisals(application_id, chosen, 1, actor.id)
        line = {"appraisers": [str(one) for one in chosen]}
        await audit.record(application_id, "appraisal:assigned", actor.id, line)
        return await queries.list_appraisals(application_id)


async def declare_conflict(actor: Actor, application_id: UUID, conflict: bool, reason: str = "") -> Appraisal:
    """Say once whether one has a conflict of interest: with one, the case is closed to the appraiser."""
    async with transaction():
        application, mine = await _mine(actor, application_id)
        _require_open(application)
        said = nfc(reason).strip()
        if conflict and not said:
            raise Invalid(fields={"reason": _SAY_WHY})
        if not await queries.set_declaration(mine.id, "declared" if conflict else "none", said):
            raise AlreadyDeclared
        await audit.record(application_id, "appraisal:declared", actor.id, {"conflict": conflict})
        return (await _mine(actor, application_id))[1]


async def submit_scores(
    actor: Actor, application_id: UUID, scores: Mapping[str, Any], remarks: str
) -> Appraisal:
    """Give one's marks, once and for all of the sheet's criteria.

    Raises NotFound (not assigned, or conflicted), ConflictNotDeclared, NotOpenForAppraisal, AlreadyScored,
    Invalid.
    """
    async with transaction():
        application, mine = await _mine(actor, application_id)
        _require_open(application)
        _require_declared(mine)
        sheet = sheet_of(application)
        marks = checked_marks(sheet, scores)
        said = nfc(remarks).strip()
        if len(said) > MAX_REMARKS:
            raise Invalid(fields={"remarks": _TOO_LONG})
        if not await queries.set_scores(mine.id, marks, said, weighted(sheet, marks)):
            raise AlreadyScored
        await audit.record(application_id, "appraisal:scored", actor.id, {"round": mine.round})
        return (await _mine(actor, application_id))[1]


async def conclude_appraisal(actor: Actor, application_id: UUID) -> Application:
    """Close the appraisal; the rule file asks for the quorum."""
    async with transaction():
        application = await _of_officer(actor, application_id)
        summary = _summary(application, await queries.list_appraisals(application_id), show=True)
        return await applications.move_application(
            actor,
            application_id,
            "conclude_appraisal",
            guards={"quorum_reached": summary.is_quorate},
            data={"mean": summary.mean, "submitted": summary.submitted},
        )


async def open_sheet(actor: Actor, application_id: UUID) -> tuple[Application, Appraisal]:
    """The application and one's own part in it, for the page where one declares and scores.

    Raises NotFound when not assigned. A conflicted appraiser gets it too: the page says so and shows no more.
    """
    return await _mine(actor, application_id, even_conflicted=True)


async def summary_of(actor: Actor, application: Application) -> Summary | None:
    """How far the appraisal is, with as much of the scores as this actor may see; None: nothing at all.

    Blind: an appraiser sees the others' marks only after giving their own; a conflicted one never.
    """
    appraisals = await queries.list_appraisals(application.id)
    if application.organisation_id in actor.organisations or not appraisals:
        return None
    mine = next((one for one in reversed(appraisals) if one.appraiser_id == actor.id), None)
    if mine is not None:
        return (
            None
            if mine.conflict == "declared"
            else _summary(application, appraisals, mine.submitted_at is not None)
        )
    return _summary(application, appraisals, show=True) if actor.has(*OVERSEERS) else None


async def may_read(actor: Actor, application: Application) -> bool:
    """Whether the case is open to this actor as an appraiser: assigned, declared, without a conflict."""
    appraisals = await queries.list_appraisals(application.id)
    mine = [one for one in appraisals if one.appraiser_id == actor.id]
    return bool(mine) and mine[-1].conflict == "none"


async def is_barred(actor: Actor, application_id: UUID) -> bool:
    """Whether the actor has declared a conflict on this case: then no other role opens it either."""
    appraisals = await queries.list_appraisals(application_id)
    return any(one.appraiser_id == actor.id and one.conflict == "declared" for one in appraisals)


async def list_tasks(actor: Actor) -> list[Task]:
    """What is assigned to the actor, what is still open first."""
    return await queries.list_tasks(actor.id)


def sheet_of(application: Application) -> Sheet:
    """The scoring sheet of the rule file the application is pinned to. Raises NotOpenForAppraisal."""
    sheet = applications.rules_of(application).appraisal
    if sheet is None:
        raise NotOpenForAppraisal
    return sheet


def checked_marks(sheet: Sheet, scores: Mapping[str, Any]) -> dict[str, int]:
    """One whole mark within the scale for every criterion. Raises Invalid naming each that is not."""
    scale = range(sheet.lowest, sheet.highest + 1)
    say = Text(
        f"Chọn một mức từ {sheet.lowest} đến {sheet.highest}.",
        f"Choose a mark from {sheet.lowest} to {sheet.highest}.",
    )
    wrong = {
        key: say for key in sheet.criteria if type(scores.get(key)) is not int or scores[key] not in scale
    }
    unknown = {key: _NO_SUCH_CRITERION for key in scores if key not in sheet.criteria}
    if wrong or unknown:
        raise Invalid(fields=wrong | unknown)
    return {key: scores[key] for key in sheet.criteria}


def weighted(sheet: Sheet, marks: Mapping[str, float]) -> float:
    """The weighted mean of the marks on the sheet's scale; weights sum to 1."""
    return round(sum(criterion.weight * marks[key] for key, criterion in sheet.criteria.items()), 4)


def _summary(application: Application, appraisals: Sequence[Appraisal], show: bool) -> Summary:
    sheet = sheet_of(application)
    latest = max((one.round for one in appraisals), default=1)
    current = [one for one in appraisals if one.round == latest]
    given = [one for one in current if one.scores is not None and one.weighted_score is not None]
    scores = [one.weighted_score for one in given if one.weighted_score is not None] if show else []
    mean = fmean(scores) if scores else None
    return Summary(
        round=latest,
        assigned=len(current),
        conflicted=sum(one.conflict == "declared" for one in current),
        submitted=len(given),
        quorum=sheet.quorum,
        mean=mean,
        spread=max(scores) - min(scores) if scores else None,
        by_criterion=_means(sheet, given) if scores else {},
        passed=None if mean is None else mean >= sheet.pass_mark,
        appraisals=current if show else [],
    )


def _means(sheet: Sheet, given: Sequence[Appraisal]) -> dict[str, float]:
    return {key: fmean(one.scores[key] for one in given if one.scores) for key in sheet.criteria}


async def _of_officer(actor: Actor, application_id: UUID) -> Application:
    """A submitted application, for an officer who is neither its applicant nor barred. Raises NotFound."""
    application = await applications.get_application(actor, application_id)
    if "officer" not in applications.roles_on(actor, application) or await is_barred(actor, application_id):
        raise NotFound
    return application


async def _mine(
    actor: Actor, application_id: UUID, *, even_conflicted: bool = False
) -> tuple[Application, Appraisal]:
    """The application and the actor's latest part in it. Raises NotFound when not assigned or conflicted."""
    appraisals = await queries.list_appraisals(application_id)
    mine = [one for one in appraisals if one.appraiser_id == actor.id]
    if not mine or (mine[-1].conflict == "declared" and not even_conflicted):
        raise NotFound
    return await applications.get_application(actor, application_id, also=_assigned), mine[-1]


async def _assigned(_: Application) -> bool:
    return True


def _require_open(application: Application) -> None:
    machine = applications.rules_of(application).machines[MACHINE]
    if machine.states[application.state].phase != "appraisal":
        raise NotOpenForAppraisal


def _require_declared(mine: Appraisal) -> None:
    if mine.conflict is None:
        raise ConflictNotDeclared


async def _require_eligible(application: Application, chosen: Sequence[UUID], asked: set[UUID]) -> None:
    """Everyone chosen is an appraiser, not of the applicant's organisation, and not asked already."""
    if not chosen:
        raise Invalid(fields={"appraisers": _CHOOSE})
    known = {one.id: one for one in await accounts.list_actors(Role.APPRAISER)}
    for one in chosen:
        if one in asked:
            raise Invalid(fields={"appraisers": _ASKED})
        if one not in known or application.organisation_id in known[one].organisations:
            raise Invalid(fields={"appraisers": _NOT_ELIGIBLE})


_SAY_WHY = Text(
    "Nêu xung đột lợi ích là gì (ví dụ: làm việc cho tổ chức đề nghị).",
    "Say what the conflict is (for example: employed by the applicant).",
)
_TOO_LONG = Text(f"Nhận xét tối đa {MAX_REMARKS} ký tự.", f"Remarks: at most {MAX_REMARKS} characters.")
_NO_SUCH_CRITERION = Text("Phiếu chấm không có tiêu chí này.", "The sheet has no such criterion.")
_CHOOSE = Text("Chọn ít nhất một người thẩm định.", "Choose at least one appraiser.")
_ASKED = Text(
    "Có người đã được phân công rồi. Bỏ chọn người đó.", "Somebody has been asked already. Leave them out."
)
_NOT_ELIGIBLE = Text(
    "Có người không thể thẩm định hồ sơ này (không phải thành viên hội đồng, hoặc thuộc tổ chức đề nghị).",
    "Somebody may not appraise this (not an appraiser, or a member of the applicant).",
)
