"""Supplement requests: ask for fields and documents, change or cancel what is asked for, judge what came.

Only what is asked for is open to the applicant (`opened`); what was changed and then closed again goes
back to what was handed in. Reminders and lapsing are in `supplement_watch`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from backend.accounts.schemas import Actor
from backend.applications import letters, notices, queries
from backend.applications import supplement_queries as rows
from backend.applications.answering import fired, name_of, open_request_of, restore, take_step, there
from backend.applications.dossier import MACHINE, rules_of
from backend.applications.gate import clocks_of, found, move_application, roles_on
from backend.applications.intake import case_for, write_down
from backend.applications.opened import is_asked, label_of, require_items
from backend.applications.schemas import Application
from backend.applications.supplement_schemas import (
    Item,
    Judgement,
    NewItem,
    Remark,
    Request,
    RequestState,
    Target,
)
from backend.documents import domain as documents
from backend.kit import audit
from backend.kit.clock import today
from backend.kit.db import retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.text import Text, nfc
from backend.notifications.schemas import News
from sandbox_rules import Programme


@retrying
async def request_supplement(
    actor: Actor, application_id: UUID, items: Sequence[NewItem], due_on: date, reasons: str = ""
) -> Application:
    """Ask for these fields and documents by a day, with covering words; issues the request, stops the clock.

    Raises Invalid, NotFound, RuleSaysNo, and Conflict when another officer has the case.
    """
    reasons = nfc(reasons).strip()
    async with transaction():
        before = await case_for(actor, application_id)
        programme = rules_of(before)
        asked = _checked(programme, items, due_on)
        moved = await move_application(
            actor,
            application_id,
            "request_supplement",
            data={"due_on": due_on.isoformat(), "items": [name_of(one.target) for one in asked]},
            context={"reason": reasons or _COVERING, "due_on": due_on, "items": _lines(programme, asked)},
            changes={"handler": actor.id},
        )
        await require_lawful(moved, due_on)
        notice = await write_down(actor, application_id, "request_supplement", reasons, due_on)
        files = rows.uploads_by_slot(await queries.uploads_of(application_id))
        number = len(await rows.requests_of(application_id)) + 1
        request_id = await rows.insert_request(application_id, notice, number, files)
        for one in asked:
            await _insert(actor, moved, request_id, one, files)
        return moved


@retrying
async def move_due_date(actor: Actor, application_id: UUID, due_on: date, reason: str) -> Request:
    """Give more time, within the law, saying why. Raises Invalid, NotFound, Conflict."""
    async with transaction():
        application, request = await _open_case(actor, application_id)
        wrong = {} if reason.strip() else {"reason": _SAY_WHY}
        if due_on <= request.due_on:
            wrong["due_on"] = _LATER
        if wrong:
            raise Invalid(fields=wrong)
        await require_lawful(application, due_on)
        await rows.move_due_date(request.id, due_on)
        data = {"due_on": due_on.isoformat(), "was": request.due_on.isoformat()}
        return await _changed(actor, application, reason, data)


@retrying
async def add_item(actor: Actor, application_id: UUID, item: NewItem, reason: str = "") -> Request:
    """Ask for one thing more in the open round. Raises Invalid, NotFound, Conflict."""
    async with transaction():
        application, request = await _open_case(actor, application_id)
        programme = rules_of(application)
        known = {one.target for one in request.items if is_asked(programme, one)}
        (asked,) = require_items(programme, [item], known)
        await _insert(actor, application, request.id, asked, request.files)
        return await _changed(actor, application, reason or asked.fault, {"added": name_of(asked.target)})


@retrying
async def cancel_item(actor: Actor, application_id: UUID, item_id: UUID, reason: str) -> Application:
    """Ask for one thing less; with the last one the case goes back to work. Raises as `move_due_date`."""
    async with transaction():
        application, request = await _open_case(actor, application_id)
        programme = rules_of(application)
        asked = {one.id: one for one in request.items if is_asked(programme, one)}
        if item_id not in asked:
            raise NotFound
        if len(asked) == 1:
            return await cancel_supplement(actor, application_id, reason)
        if not reason.strip():
            raise Invalid(fields={"reason": _SAY_WHY})
        await take_step(actor, application, asked[item_id], "cancel_request")
        request = await _changed(actor, application, reason, {"cancelled": name_of(asked[item_id].target)})
        return await restore(application, request)


@retrying
async def cancel_supplement(actor: Actor, application_id: UUID, reason: str) -> Application:
    """Take the whole request back: the case returns to the officer and its clock runs on. Raises as above."""
    reason = nfc(reason).strip()
    if not reason:
        raise Invalid(fields={"reason": _SAY_WHY})
    async with transaction():
        application, request = await _open_case(actor, application_id)
        moved = await move_application(actor, application_id, "cancel_supplement")
        await _close(actor, application, request, "cancel_request", "cancelled")
        await write_down(actor, application_id, "cancel_supplement", reason)
        return await found(moved.id)


@retrying
async def lapse_supplement(application_id: UUID, request_id: UUID) -> Application | None:
    """Close a request whose day is over, as the rule file says; None when there is nothing left to close."""
    async with transaction():
        await queries.lock_application(application_id)
        application = await found(application_id)
        request = await open_request_of(application)
        step = lapsetake_step(application)
        if request is None or request.id != request_id or request.due_on >= today() or step is None:
            return None
        moved = await move_application(None, application_id, step, tell=False)
        await _close(None, application, request, "lapse_request", "lapsed")
        return await found(moved.id)


async def close_withdrawn(application: Application) -> None:
    """A case taken back waits for nothing any more: its open round ends, and so do the reminders."""
    if request := await open_request_of(application):
        await _close(None, application, request, "lapse_request", "cancelled")


def lapsetake_step(application: Application) -> str | None:
    """The step of the rule file by which the system ends a request nobody answered, if it has one."""
    for step in rules_of(application).machines[MACHINE].transitions.values():
        if application.state in step.at and "system" in step.by:
            return step.key
    return None


@retrying
async def judge_answers(
    actor: Actor, application_id: UUID, judgements: Mapping[UUID, Judgement]
) -> Application:
    """Accept answers, or mark them on the officer's check list to be asked for again.

    Raises Invalid for one sent back without a word, under the id of the item.
    """
    async with transaction():
        application = await case_for(actor, application_id)
        last = (await rows.requests_of(application_id))[-1:]
        items = {one.id: one for request in last for one in request.items}
        if not judgements or judgements.keys() - items.keys():
            raise NotFound
        silent = [key for key, one in judgements.items() if not one.accepted and not one.remark.strip()]
        if silent:
            raise Invalid(fields={str(key): _SAY_WHAT_IS_WRONG for key in silent})
        await _mark(actor, application, {items[key].target: one for key, one in judgements.items()})
        for key, one in judgements.items():
            if one.accepted:
                await take_step(actor, application, items[key], "accept_answer")
        line = {
            "accepted": [name_of(items[key].target) for key, one in judgements.items() if one.accepted],
            "again": [name_of(items[key].target) for key, one in judgements.items() if not one.accepted],
        }
        await audit.record(application_id, "application:answers_judged", actor.id, line)
        return await found(application_id)


async def supplements_of(application: Application) -> list[Request]:
    """Every round of a case, the first first. What came is there once it was handed in."""
    return await rows.requests_of(application.id)


async def require_lawful(application: Application, due_on: date) -> None:
    """A day given to the applicant lies within the rule file's own limit, if it has one. Raises Invalid."""
    theirs = [one.due_on for one in await clocks_of(application) if one.owner == "applicant" and one.due_on]
    if theirs and due_on > theirs[-1]:
        text = Text(f"Ngày muộn nhất là {theirs[-1]:%d/%m/%Y}.", f"The latest day is {theirs[-1]:%d/%m/%Y}.")
        raise Invalid(fields={"due_on": text})


def _checked(programme: Programme, items: Iterable[NewItem], due_on: date) -> list[NewItem]:
    """Raises Invalid with all faults at once."""
    wrong = {} if due_on > today() else {"due_on": _AFTER_TODAY}
    try:
        asked = require_items(programme, items)
    except Invalid as invalid:
        raise Invalid(fields=invalid.fields | wrong) from None
    if wrong:
        raise Invalid(fields=wrong)
    return asked


async def _open_case(actor: Actor, application_id: UUID) -> tuple[Application, Request]:
    """A case of this officer that waits for its applicant, held. Raises NotFound, Conflict."""
    await case_for(actor, application_id)
    # the officer reads what was handed in; what goes back to it is what the applicant has changed since
    application = await found(application_id)
    request = await open_request_of(application)
    if request is None:
        raise Conflict(_CLOSED)
    return application, request


async def _insert(
    actor: Actor, application: Application, request_id: UUID, item: NewItem, files: Mapping[str, UUID]
) -> None:
    await rows.insert_item(
        request_id,
        kind=item.kind,
        key=item.key,
        fault=item.fault,
        state=fired(application, "prepared", "send_request", roles_on(actor, application)),
        before=there(application.handed_in or {}, files, item.target),
    )


async def _changed(actor: Actor, application: Application, reason: str, data: Mapping[str, Any]) -> Request:
    """After a change of what is asked for: the audit line, the request written anew, and a mail."""
    request = await open_request_of(application)
    assert request is not None
    entry = await audit.record(application.id, "application:supplement_changed", actor.id, dict(data))
    programme = rules_of(application)
    clocks = await clocks_of(application)
    asked = [one for one in request.items if is_asked(programme, one)]
    context = {
        **await letters.particulars("supplement_request", application, clocks),
        "reason": Text(f"{_CHANGED.vi} {reason}", f"{_CHANGED.en} {reason}"),
        "due_on": request.due_on,
        "items": _lines(programme, asked),
    }
    for kind in programme.machines[MACHINE].transitions["request_supplement"].issues:
        await documents.request_document(
            kind, application.id, pin=application.pin, context=context, actor=actor.id
        )
    await notices.tell_of(
        application, _TOLD, request.due_on, f"supplement_changed:{application.id}:{entry.seq}"
    )
    return request


async def _close(
    actor: Actor | None, application: Application, request: Request, step: str, state: RequestState
) -> None:
    programme = rules_of(application)
    for one in request.items:
        if is_asked(programme, one):
            await take_step(actor, application, one, step)
    as_closed = await open_request_of(application)
    assert as_closed is not None
    await restore(application, as_closed)
    await rows.close_request(request.id, state)


async def _mark(actor: Actor, application: Application, judged: Mapping[Target, Judgement]) -> None:
    """Write what the officer makes of the answers on their own check list."""
    sheet = await rows.sheet_of(application.id, actor.id)
    marks = sheet.marks | {
        name_of(target): Remark(
            mark="in_order" if one.accepted else "lacking", remark=nfc(one.remark).strip()
        )
        for target, one in judged.items()
    }
    await rows.write_sheet(application.id, actor.id, marks, sheet.revision)


def _lines(programme: Programme, items: Iterable[NewItem | Item]) -> list[Text]:
    """What the letter lists: each item and what is wrong with it."""
    labelled = [(label_of(programme, one.target), one.fault) for one in items]
    return [Text(f"{label.vi}: {fault}", f"{label.en}: {fault}") for label, fault in labelled]


_COVERING = Text(
    "Một số nội dung của hồ sơ còn thiếu hoặc chưa rõ, được nêu ở bảng dưới đây.",
    "Some of the dossier is missing or unclear, as listed below.",
)
_CHANGED = Text("Yêu cầu bổ sung trước được thay đổi:", "The earlier request is changed:")
_TOLD = News(
    headline=Text("Yêu cầu bổ sung đã thay đổi", "The supplement request has changed"),
    happened=Text(
        "Cơ quan đã thay đổi nội dung hoặc thời hạn của yêu cầu bổ sung.",
        "The authority has changed what it asks for, or by when.",
    ),
    todo=Text("Xem các mục đang được yêu cầu rồi trả lời.", "See what is asked for now, then answer."),
)
_CLOSED = Text(
    "Yêu cầu bổ sung không còn mở: tổ chức đã nộp lại, hoặc yêu cầu đã hết hạn hay đã hủy. "
    "Hãy tải lại trang.",
    "This request is not open any more: it was answered, has lapsed or was cancelled. Reload the page.",
)
_SAY_WHY = Text("Hãy nêu lý do.", "Give the reason.")
_SAY_WHAT_IS_WRONG = Text("Hãy ghi điểm còn chưa đạt.", "Say what is still wrong.")
_LATER = Text("Hãy chọn ngày muộn hơn thời hạn đang có.", "Choose a day later than the present one.")
_AFTER_TODAY = Text("Hãy chọn ngày sau hôm nay.", "Choose a day after today.")
