"""The verbs of appraisal: assign, declare, score, conclude. One verb, one transaction, one audit line.

The chain tells that somebody scored and when, never which marks: history must not undo blindness. Every verb
holds the row of the case, so that no sheet comes in while the appraisal is being concluded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.applications.dossier import MACHINE
from backend.applications.gate import Also, found
from backend.applications.letters import particulars
from backend.applications.queries import lock_application
from backend.applications.schemas import Application
from backend.appraisals import queries
from backend.appraisals.council import Council, propose_council
from backend.appraisals.errors import (
    AlreadyDeclared,
    AlreadyScored,
    ConflictNotDeclared,
    NotOpenForAppraisal,
)
from backend.appraisals.minutes import minutes_of
from backend.appraisals.schemas import Appraisal, Summary, Task
from backend.appraisals.sheet import checked_marks, summarise, weighted
from backend.documents import domain as documents
from backend.kit import audit
from backend.kit.db import retrying, transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.text import Text, nfc
from backend.notifications.domain import notify
from backend.notifications.schemas import News
from sandbox_rules import Appraisal as Sheet

OVERSEERS = frozenset({"officer", "authority", "auditor"})
"""Who handles or checks appraisals without scoring: for them nothing is blind once it is given."""
MAX_TEXT = 5000
MINUTES = "minutes"


@retrying
async def assign_appraisers(
    actor: Actor, application_id: UUID, account_ids: Sequence[UUID]
) -> list[Appraisal]:
    """Ask people to appraise an application in its appraisal phase.

    Raises NotFound, NotOpenForAppraisal, Invalid for somebody who may not appraise it (no appraiser, a member
    of the applicant, somebody with a conflict of interest with it, asked already). Those asked are told.
    """
    async with transaction():
        application = await _of_officer(actor, application_id)
        _require_open(application)
        chosen = list(dict.fromkeys(account_ids))
        before = await queries.list_appraisals(application_id)
        await _require_eligible(application, chosen, before)
        await queries.insert_appraisals(application_id, chosen, _latest(before), actor.id)
        line = {"appraisers": [str(one) for one in chosen]}
        await audit.record(application_id, "appraisal:assigned", actor.id, line)
        await _tell_asked(application, chosen, _latest(before))
        return await queries.list_appraisals(application_id)


@retrying
async def declare_conflict(actor: Actor, application_id: UUID, conflict: bool, reason: str = "") -> Appraisal:
    """Say whether one has a conflict of interest: with one, the case is closed to the appraiser for good.

    Who found none may still declare one until the sheet is in. Raises NotFound, NotOpenForAppraisal,
    AlreadyDeclared, Invalid.
    """
    async with transaction():
        application, mine = await _mine(actor, application_id)
        _require_open(application)
        said = nfc(reason).strip()
        if conflict and not said:
            raise Invalid(fields={"reason": _SAY_WHY})
        if len(said) > MAX_TEXT:
            raise Invalid(fields={"reason": _TOO_LONG})
        if not await queries.set_declaration(mine.id, "declared" if conflict else "none", said):
            raise AlreadyDeclared
        await audit.record(application_id, "appraisal:declared", actor.id, {"conflict": conflict})
        return await _reread(mine)


@retrying
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
        if mine.conflict is None:
            raise ConflictNotDeclared
        sheet = sheet_of(application)
        marks = checked_marks(sheet, scores)
        said = nfc(remarks).strip()
        if len(said) > MAX_TEXT:
            raise Invalid(fields={"remarks": _TOO_LONG})
        if not await queries.set_scores(mine.id, marks, said, weighted(sheet, marks)):
            raise AlreadyScored
        await audit.record(application_id, "appraisal:scored", actor.id, {"round": mine.round})
        return await _reread(mine)


@retrying
async def conclude_appraisal(actor: Actor, application_id: UUID) -> Application:
    """Close the appraisal; the rule file asks for the quorum, and for minutes.

    The digest of all sheets joins the chain.
    """
    async with transaction():
        application = await _of_officer(actor, application_id)
        appraisals = await queries.list_appraisals(application_id)
        sheet = sheet_of(application)
        summary = summarise(sheet, appraisals, show=False)
        source = applications.rules_of(application).sources[sheet.source]
        concluded = await applications.move_application(
            actor,
            application_id,
            "conclude_appraisal",
            guards={"quorum_reached": summary.is_quorate},
            data={"submitted": summary.submitted, "sheets_sha256": _fingerprint(appraisals)},
        )
        said = {**await particulars(MINUTES, concluded, []), **minutes_of(sheet, source, appraisals)}
        await documents.request_document(
            MINUTES, application_id, pin=concluded.pin, context=said, actor=actor.id
        )
        return concluded


@retrying
async def open_next_round(actor: Actor, application_id: UUID) -> list[Appraisal]:
    """Ask everybody of the last round again who had no conflict: each declares and scores anew.

    For who sends a case back to be appraised again, in their transaction. Earlier sheets stay as they are.
    """
    async with transaction():
        before = await queries.list_appraisals(application_id)
        latest = _latest(before)
        again = [one.appraiser_id for one in before if one.round == latest and one.conflict != "declared"]
        await queries.insert_appraisals(application_id, again, latest + 1, actor.id)
        line = {"appraisers": [str(one) for one in again], "round": latest + 1}
        await audit.record(application_id, "appraisal:assigned", actor.id, line)
        await _tell_asked(await found(application_id), again, latest + 1)
        return await queries.list_appraisals(application_id)


async def find_part(actor: Actor, application_id: UUID) -> Appraisal | None:
    """The actor's own part in the appraisal, also one that a conflict has closed."""
    appraisals = await queries.list_appraisals(application_id)
    return next((one for one in reversed(appraisals) if one.appraiser_id == actor.id), None)


async def get_case(actor: Actor, application_id: UUID) -> Application:
    """The case, for who appraises, handles or checks it. Raises NotFound for everybody else.

    An appraiser gets it before the declaration too: the page then shows who applies, and nothing more.
    """
    application = await applications.get_application(actor, application_id, also=_among(actor))
    roles = applications.roles_on(actor, application)
    if roles & OVERSEERS or await _among(actor)(application):
        return application
    raise NotFound


async def summary_of(actor: Actor, application: Application) -> Summary | None:
    """How far the appraisal is, with as much of the scores as this actor may see; None: nothing at all.

    Blind: an appraiser sees the others' sheets only after giving their own; a conflicted one never. Why
    somebody is in conflict is for those who handle the case.
    """
    roles = applications.roles_on(actor, application)
    appraisals = await queries.list_appraisals(application.id)
    if "applicant" in roles or not appraisals:
        return None
    mine = next((one for one in reversed(appraisals) if one.appraiser_id == actor.id), None)
    if mine is None:
        return summarise(sheet_of(application), appraisals, show=True) if roles & OVERSEERS else None
    if mine.conflict == "declared" or "appraiser" not in roles:
        return None
    summary = summarise(sheet_of(application), appraisals, show=mine.submitted_at is not None)
    shown = [one for one in summary.appraisals if one.submitted_at is not None]
    return msgspec.structs.replace(summary, appraisals=shown)


async def may_read(actor: Actor, application: Application) -> bool:
    """Whether the case is open to this actor as an appraiser: assigned, declared, without a conflict."""
    mine = await find_part(actor, application.id)
    is_one = "appraiser" in applications.roles_on(actor, application)
    return is_one and mine is not None and mine.conflict == "none"


@applications.bar
async def is_barred(actor: Actor, application_id: UUID) -> bool:
    """Whether the actor has declared a conflict on this case: then no other role opens it either."""
    return await queries.has_conflict(actor.id, application_id)


@applications.barred_from
async def list_barred(actor: Actor) -> list[UUID]:
    """The cases on which the actor has declared a conflict."""
    return await queries.list_conflicts(actor.id)


async def council_for(actor: Actor, application: Application) -> Council:
    """The people this officer may still ask and a proposal; nobody for others and outside the phase."""
    if "officer" not in applications.roles_on(actor, application) or not is_open(application):
        return Council(candidates=[], block=None)
    appraisals = await queries.list_appraisals(application.id)
    return await _council(application, appraisals)


async def _council(application: Application, appraisals: Sequence[Appraisal]) -> Council:
    asked, latest = {one.appraiser_id for one in appraisals}, _latest(appraisals)
    seated = sum(one.round == latest and one.conflict != "declared" for one in appraisals)
    return await propose_council(application, asked, max(0, sheet_of(application).appraisers - seated))


async def list_tasks(actor: Actor) -> list[Task]:
    """What is assigned to the actor, what is still open first."""
    return await queries.list_tasks(actor.id)


def sheet_of(application: Application) -> Sheet:
    """The scoring sheet of the rule file the application is pinned to. Raises NotOpenForAppraisal."""
    sheet = applications.rules_of(application).appraisal
    if sheet is None:
        raise NotOpenForAppraisal
    return sheet


def is_open(application: Application) -> bool:
    """Whether the case is in its appraisal phase."""
    machine = applications.rules_of(application).machines[MACHINE]
    return machine.states[application.state].phase == "appraisal"


async def _of_officer(actor: Actor, application_id: UUID) -> Application:
    """A submitted application with its row held, for an officer who is not its applicant. Raises NotFound."""
    await lock_application(application_id)
    application = await applications.get_application(actor, application_id)
    if "officer" not in applications.roles_on(actor, application):
        raise NotFound
    return application


async def _mine(actor: Actor, application_id: UUID) -> tuple[Application, Appraisal]:
    """The application, its row held, and one's part. Raises NotFound when not assigned or conflicted."""
    await lock_application(application_id)
    mine = await find_part(actor, application_id)
    if mine is None:
        raise NotFound
    application = await applications.get_application(actor, application_id, also=_among(actor))
    if "appraiser" not in applications.roles_on(actor, application):
        raise NotFound
    return application, mine


def _latest(appraisals: Sequence[Appraisal]) -> int:
    """The round that counts."""
    return max((one.round for one in appraisals), default=1)


async def _reread(mine: Appraisal) -> Appraisal:
    return next(one for one in await queries.list_appraisals(mine.application_id) if one.id == mine.id)


def _among(actor: Actor) -> Also:
    """Whether the actor is an appraiser who was asked to appraise this application."""

    async def is_among(application: Application) -> bool:
        is_one = "appraiser" in applications.roles_on(actor, application)
        return is_one and await find_part(actor, application.id) is not None

    return is_among


def _require_open(application: Application) -> None:
    if not is_open(application):
        raise NotOpenForAppraisal


async def _require_eligible(
    application: Application, chosen: Sequence[UUID], before: Sequence[Appraisal]
) -> None:
    """Everyone chosen is an appraiser without a conflict with the applicant, and not asked already."""
    if not chosen:
        raise Invalid(fields={"appraisers": _CHOOSE})
    if {one.appraiser_id for one in before} & set(chosen):
        raise Invalid(fields={"appraisers": _ASKED})
    known = {one.actor.id: one for one in (await _council(application, before)).candidates}
    for one in chosen:
        if one not in known:
            raise Invalid(fields={"appraisers": _NOT_ELIGIBLE})
        if known[one].is_barred:
            raise Invalid(fields={"appraisers": known[one].why})


async def _tell_asked(application: Application, asked: Sequence[UUID], round_: int) -> None:
    """One piece of news each: nobody learns from it who else was asked."""
    news = News(
        headline=Text(
            f"{application.number}: mời thẩm định", f"{application.number}: you are asked to appraise"
        ),
        happened=Text(
            f"Bạn được mời thẩm định “{application.title}”, vòng {round_}.",
            f"You are asked to appraise “{application.title}”, round {round_}.",
        ),
        todo=Text(
            "Khai có hay không xung đột lợi ích, rồi chấm điểm.",
            "Say whether you have a conflict of interest, then fill in the sheet.",
        ),
        due=application.due_on,
        path=f"/cases/{application.id}/appraisal",
    )
    await notify(asked, "work", f"appraisal:{application.id}:{round_}", news)


def _fingerprint(appraisals: Sequence[Appraisal]) -> str:
    """The digest of every sheet: later nobody can say that another one was counted."""
    sheets = [(one.id, one.scores, one.remarks) for one in appraisals]
    return hashlib.sha256(msgspec.json.encode(sheets, order="deterministic")).hexdigest()


_SAY_WHY = Text(
    "Nêu xung đột lợi ích là gì (ví dụ: làm việc cho tổ chức đề nghị).",
    "Say what the conflict is (for example: employed by the applicant).",
)
_TOO_LONG = Text(f"Rút còn tối đa {MAX_TEXT} ký tự.", f"Shorten to {MAX_TEXT} characters or fewer.")
_CHOOSE = Text("Chọn ít nhất một người thẩm định.", "Choose at least one appraiser.")
_ASKED = Text(
    "Có người đã được phân công rồi. Bỏ chọn người đó.", "Somebody has been asked already. Leave them out."
)
_NOT_ELIGIBLE = Text(
    "Có người không thể thẩm định hồ sơ này (không phải thành viên hội đồng, hoặc thuộc tổ chức đề nghị).",
    "Somebody may not appraise this (not an appraiser, or a member of the applicant).",
)
