"""What an open supplement request allows its applicant, and what becomes of everything else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.accounts.schemas import Actor
from backend.applications import queries
from backend.applications import supplement_queries as rows
from backend.applications.dossier import live_slots, rules_of
from backend.applications.errors import NotAsked, RuleSaysNo
from backend.applications.gate import found, roles_on
from backend.applications.opened import ASKED_BY_NOBODY, MACHINE, is_asked, opened, settled
from backend.applications.schemas import Application
from backend.applications.supplement_schemas import Item, Request, Target
from backend.kit.clock import now
from sandbox_rules import Refused, fire


async def open_request_of(application: Application) -> Request | None:
    """The round that waits for an answer, if one does."""
    return await _open(application.id) if application.number is not None else None


async def require_asked(
    application: Application, fields: Mapping[str, Any] | None = None, slot: str | None = None
) -> None:
    """Raises NotAsked when a request is open and these fields, or the document of this slot, are not."""
    request = await open_request_of(application)
    if request is None:
        return
    slots = live_slots(await queries.uploads_of(application.id))
    answers = {**application.answers, **(fields or {})}
    allowed = opened(rules_of(application), request, application, answers, slots)
    wanted: list[Target] = [("field", key) for key in fields or {}]
    wanted += [("document", slot)] if slot else []
    if closed := [one for one in wanted if one not in allowed]:
        raise NotAsked(fields={key: NotAsked.text for _, key in closed})


async def settle(application: Application) -> Application:
    """Before it is handed in again: what was changed beside the request goes back to what it was."""
    request = await open_request_of(application)
    return await restore(application, request) if request else application


async def close_answered(actor: Actor, application: Application) -> None:
    """Keep what came, for whoever lays it beside what was there; the round is over."""
    request = await open_request_of(application)
    if request is None:
        return
    programme = rules_of(application)
    uploads = await queries.uploads_of(application.id)
    allowed = opened(programme, request, application, application.answers, live_slots(uploads))
    files = rows.uploads_by_slot(uploads)
    asked = {one.target: one for one in request.items if is_asked(programme, one)}
    for target, item in asked.items():
        await take_step(
            actor, application, item, "answer_request", after=there(application.answers, files, target)
        )
    for target in sorted(allowed - asked.keys()):
        await rows.insert_item(
            request.id,
            kind=target[0],
            key=target[1],
            fault=ASKED_BY_NOBODY,
            state=programme.machines[MACHINE].transitions["answer_request"].to,
            after=there(application.answers, files, target),
        )
    await rows.close_request(request.id, "answered")


async def restore(application: Application, request: Request) -> Application:
    """Let everything the request does not open be as it was handed in; the application as it then is.

    For who holds the case: nobody else writes its answers meanwhile.
    """
    uploads = await queries.uploads_of(application.id)
    programme, files = rules_of(application), rows.uploads_by_slot(uploads)
    allowed = opened(programme, request, application, application.answers, files)
    for slot in programme.documents:
        was, lies = request.files.get(slot), files.get(slot)
        if ("document", slot) in allowed or was == lies:
            continue
        if lies is not None:
            await queries.retire_upload(lies, now())
        if was is not None:
            await rows.revive_upload(was)
    answers = settled(application, allowed)
    if answers == application.answers:
        return application
    values = {"answers": msgspec.json.encode(answers).decode(), "revision": application.revision + 1}
    await queries.update_application(application.id, values)
    return await found(application.id)


async def take_step(
    actor: Actor | None, application: Application, item: Item, step: str, after: Any = None
) -> None:
    """Move one item on, as the rule file lets it. Raises RuleSaysNo, and Conflict when it moved meanwhile."""
    state = fired(application, item.state, step, roles_on(actor, application))
    await rows.move_item(item.id, item.state, state, after=after)


def fired(application: Application, state: str, step: str, roles: Collection[str]) -> str:
    """The state an item comes to. Raises RuleSaysNo."""
    try:
        return fire(rules_of(application), MACHINE, state, step, roles, {}).to
    except Refused as refused:
        raise RuleSaysNo(refused) from refused


def there(answers: Mapping[str, Any], files: Mapping[str, UUID], target: Target) -> Any:
    """What lies in a field or slot: an answer, the id of an upload, or None."""
    kind, key = target
    return answers.get(key) if kind == "field" else files.get(key)


def name_of(target: Target) -> str:
    """`field:team`, as in the audit chain and on check lists."""
    return ":".join(target)


async def _open(application_id: UUID) -> Request | None:
    return next((one for one in await rows.requests_of(application_id) if one.state == "open"), None)
