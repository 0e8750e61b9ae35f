"""The one gate: every change of state of an application goes through `move_application`.

In this order, in one transaction: the rule file says whether the step may be taken; the row is changed only
if it still stands where it was judged; the audit chain gets its line; the clock columns are replayed from
that chain; the documents the step issues are requested; the members of the organisation are written to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import structs

from backend.accounts.queries import names_of
from backend.accounts.schemas import Actor, Role
from backend.applications import letters, notices, queries
from backend.applications.clock_words import is_stopped, most_urgent
from backend.applications.dossier import MACHINE, rules_of
from backend.applications.errors import RuleSaysNo
from backend.applications.schemas import Application, Event, QueueRow
from backend.documents import domain as documents
from backend.kit import audit
from backend.kit.clock import now, today
from backend.kit.db import transaction
from backend.kit.errors import Conflict, NotFound
from backend.kit.text import Text
from backend.kit.together import together
from sandbox_rules import Clock, Fired, Programme, Refused, calendar_of, clock, fire
from sandbox_rules import Event as Happened

STAFF_ROLES = (Role.OFFICER, Role.AUTHORITY, Role.SUPERVISOR, Role.AUDITOR)
"""Roles that open every submitted application; an appraiser only what was assigned, an administrator none."""

PAST = {
    "submit": "submitted",
    "resubmit": "resubmitted",
    "withdraw": "withdrawn",
    "accept": "accepted",
    "request_supplement": "supplement_requested",
    "cancel_supplement": "supplement_cancelled",
    "lapse_supplement": "supplement_lapsed",
    "refuse_to_receive": "reception_refused",
    "conclude_appraisal": "appraisal_concluded",
    "propose": "decision_proposed",
    "countersign": "decision_countersigned",
    "return_for_appraisal": "returned_for_appraisal",
    "return_proposal": "proposal_returned",
    "grant": "granted",
    "refuse": "refused",
}
"""Transitions as audit tags; one that is not here is `application:moved`."""

Also = Callable[[Application], Awaitable[bool]]
Bar = Callable[[Actor, UUID], Coroutine[Any, Any, bool]]
_bars: list[Bar] = []


def bar(is_barred: Bar) -> Bar:
    """Register what closes a case to an actor whatever their roles: a declared conflict of interest."""
    _bars.append(is_barred)
    return is_barred


def roles_on(actor: Actor | None, application: Application) -> frozenset[str]:
    """The roles on this case: who acts for its organisation is its applicant, who belongs to it has none."""
    if actor is None:
        return frozenset({"system"})
    if application.organisation_id in actor.belongs_to:
        return frozenset({"applicant"} if application.organisation_id in actor.organisations else ())
    return frozenset(str(role) for role in actor.roles) - {"applicant"}


async def get_application(actor: Actor, application_id: UUID, *, also: Also | None = None) -> Application:
    """The application, if this actor may see it; `also` may open it to others (an assigned appraiser).

    Who handles the case reads the answers as last submitted, never what its applicant is changing just now.
    Raises NotFound for what does not exist, what is not theirs and what they are barred from, alike.
    """
    async with together() as reads:
        found = reads.ask(queries.find_application(application_id))
        barred = [reads.ask(is_barred(actor, application_id)) for is_barred in _bars]
    application = found.result()
    if application is None:
        raise NotFound
    if application.organisation_id in actor.belongs_to:
        return application
    may = application.number is not None and (
        actor.has(*STAFF_ROLES) or (also is not None and await also(application))
    )
    if not may or any(one.result() for one in barred):
        raise NotFound
    return structs.replace(application, answers=application.handed_in or {})


async def found(application_id: UUID) -> Application:
    """An application known to exist."""
    application = await queries.find_application(application_id)
    assert application is not None
    return application


async def move_application(
    actor: Actor | None,
    application_id: UUID,
    transition: str,
    *,
    guards: Mapping[str, bool] | None = None,
    data: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
    roles: frozenset[str] | None = None,
    tell: bool = True,
) -> Application:
    """Take one step of the procedure; joins the caller's transaction or opens its own.

    `guards` are the facts of the rule file's guards; `data` goes into the audit chain (nothing personal);
    `context` goes to the documents issued and is kept there; `changes` are columns set in the same statement
    as the state; `roles` replaces the roles the actor has on this case. An actor of None is the system
    itself; without `tell` the caller writes to the members. Raises NotFound, RuleSaysNo, and Conflict when
    someone else was faster.
    """
    async with transaction():
        before = await queries.find_application(application_id)
        if before is None:
            raise NotFound
        held = roles_on(actor, before) if roles is None else roles
        programme = rules_of(before)
        fired = _fire(programme, before.state, transition, held, guards or {})
        set_to: dict[str, Any] = {"state": fired.to, "updated_at": now()}
        set_to |= {**_decided(programme, transition), **(changes or {})}
        if not await queries.update_application(application_id, set_to, state=before.state):
            raise await _someone_was_faster(application_id)
        line = {**(data or {}), "transition": transition, "from": before.state, "to": fired.to}
        tag = f"application:{PAST.get(transition, 'moved')}"
        entry = await audit.record(application_id, tag, actor.id if actor else None, line)
        after, clocks = await _project_clock(application_id)
        await _issue(actor, after, fired, clocks, context or {})
        if tell:
            due_on = _day_to_answer(clocks, context or {})
            await notices.tell_members(after, due_on, clocks, entry.seq)
        return after


def _fire(
    programme: Programme, state: str, transition: str, roles: frozenset[str], guards: Mapping[str, bool]
) -> Fired:
    try:
        return fire(programme, MACHINE, state, transition, roles, guards)
    except Refused as refused:
        if refused.code in {"not_your_role", "unknown_transition"}:
            raise NotFound from refused
        raise RuleSaysNo(refused) from refused


def _decided(programme: Programme, transition: str) -> dict[str, Any]:
    """The day of decision, if this step is one."""
    kinds = programme.decisions.values()
    is_decision = any(kind.machine == MACHINE and kind.transition == transition for kind in kinds)
    return {"decided_on": today()} if is_decision else {}


async def _someone_was_faster(application_id: UUID) -> Conflict:
    """The conflict, naming who did what meanwhile."""
    moves = [one for one in await timeline_of(application_id) if "transition" in one.data]
    application = await found(application_id)
    state = rules_of(application).machines[MACHINE].states[application.state].public
    name = moves[-1].actor_name
    return Conflict(
        Text(
            f"{name or 'Hệ thống'} vừa xử lý hồ sơ này; nay là “{state.vi}”. Hãy tải lại trang.",
            f"{name or 'The system'} has just dealt with this case; it is now “{state.en}”. Reload the page.",
        )
    )


async def _project_clock(application_id: UUID) -> tuple[Application, list[Clock]]:
    """Write the clock as of now into the columns the queue is ordered by; return the application."""
    application = await found(application_id)
    clocks = await clocks_of(application)
    await queries.update_application(application_id, clock_columns(application, clocks))
    return await found(application_id), clocks


def clock_columns(application: Application, clocks: list[Clock]) -> dict[str, Any]:
    """The agency's clock that counts, in columns; all unset where none runs."""
    state = rules_of(application).machines[MACHINE].states[application.state]
    first = None if state.closed else most_urgent(clocks)
    if first is None:
        return dict.fromkeys(("due_on", "clock_key", "clock_limit", "clock_used", "clock_state"))
    return {
        "due_on": first.due_on,
        "clock_key": first.key,
        "clock_limit": first.limit,
        "clock_used": first.used,
        "clock_state": "stopped" if is_stopped(first) else "running",
    }


async def clocks_of(application: Application) -> list[Clock]:
    """Every statutory clock of the case as of now: a replay of its audit chain by the pinned rules."""
    return (await clocks_of_many([application]))[application.id]


async def clocks_of_many(applications: Collection[Application | QueueRow]) -> dict[UUID, list[Clock]]:
    """The clocks of several cases by their ids, in one query."""
    chains = await audit.entries_many([one.id for one in applications])
    return {one.id: _replay(one, chains[one.id]) for one in applications}


def _replay(application: Application | QueueRow, entries: list[audit.Entry]) -> list[Clock]:
    programme = rules_of(application)
    happened = [
        Happened(at=entry.at, transition=entry.data["transition"])
        for entry in entries
        if "transition" in entry.data
    ]
    return clock(happened, programme, calendar_of(programme.calendar), now(), MACHINE)


async def timeline_of(application_id: UUID) -> list[Event]:
    """What happened, oldest first, with names: two queries however long the story is."""
    entries = await audit.entries(application_id)
    names = await names_of({entry.actor for entry in entries if entry.actor is not None})
    return [
        Event(
            seq=entry.seq,
            at=entry.at,
            tag=entry.tag,
            actor_id=entry.actor,
            actor_name=names.get(entry.actor) if entry.actor else None,
            data=entry.data,
            digest=entry.digest,
        )
        for entry in entries
    ]


def _day_to_answer(clocks: list[Clock], context: Mapping[str, Any]) -> date | None:
    """By when the applicant must act, if it is their turn: the day of the request, else of the law."""
    theirs = [one.due_on for one in clocks if one.owner == "applicant" and not one.ended_at and one.due_on]
    return context.get("due_on") or (theirs[-1] if theirs else None)


async def _issue(
    actor: Actor | None,
    application: Application,
    fired: Fired,
    clocks: list[Clock],
    context: Mapping[str, Any],
) -> None:
    """Request the letters of this step; decisions and minutes are issued by the features that make them.

    What was never handed in has no number and gets no document.
    """
    if application.number is None:
        return
    for kind in fired.issues:
        if kind in letters.KINDS:
            values = {**await letters.particulars(kind, application, clocks), **context}
            await documents.request_document(
                kind,
                application.id,
                pin=application.pin,
                context=values,
                actor=actor.id if actor else None,
            )
