"""The queue as lines ready to be shown: from columns alone, without a replay or a query a line."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal
from uuid import UUID

from msgspec import Struct

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.dossier import MACHINE
from backend.applications.queue import open_states
from backend.applications.schemas import Place, QueueFilters, QueueRow, Stretch
from backend.appraisals import domain as appraisals
from backend.cases.desk_schemas import Presence, SavedView
from backend.cases.views import list_views, openings_of
from backend.kit.errors import NotFound
from backend.kit.hits import Piece, marked, words_of
from backend.kit.text import Text
from backend.kit.together import together
from backend.programmes import domain as programmes
from backend.watch.domain import latest_warnings
from backend.watch.schemas import Warned

READERS = (Role.OFFICER, Role.AUTHORITY, Role.AUDITOR)
"""Who has the queue; an appraiser has a list of tasks, a supervisor the trials."""
Level = Literal["", "soon", "late", "stopped"]
Task = Literal["declare", "score", "done", "barred", "over"]


class ClockCell(Struct, frozen=True, kw_only=True):
    """The clock that counts: days used and the words for what is left. `level` of None: by the figures."""

    used: int
    limit: int
    left: Text
    label: Text
    level: Level | None
    due_on: date | None


class QueueLine(Struct, frozen=True, kw_only=True):
    """One line; `is_free`: nobody handles the case and the reader may take it."""

    id: UUID
    number: str
    title: list[Piece]
    organisation_name: list[Piece]
    hit: list[Piece]
    state: Text
    handler_name: str | None
    is_mine: bool
    is_free: bool
    clock: ClockCell | None
    presence: Presence | None
    warned: Text | None


class TaskLine(Struct, frozen=True, kw_only=True):
    """One line of an appraiser's list, and what is to be done."""

    application_id: UUID
    number: str
    title: str
    todo: Task


class Lines(Struct, frozen=True, kw_only=True):
    """A stretch of the queue as lines; `stretch` tells how many there are and where to go on."""

    items: list[QueueLine]
    stretch: Stretch


class Desk(Struct, frozen=True, kw_only=True):
    """What lies before the reader: to sign, to appraise, and the queue."""

    to_sign: Lines | None
    tasks: list[TaskLine] | None
    queue: Lines | None
    views: list[SavedView]


async def open_desk(actor: Actor, filters: QueueFilters, place: Place | None = None) -> Desk:
    """A few queries, the same however much there is. Raises NotFound for those without a desk."""
    if not actor.has(*READERS, Role.APPRAISER):
        raise NotFound
    tasks = await list_tasks(actor) if actor.has(Role.APPRAISER) else None
    if not actor.has(*READERS):
        return Desk(to_sign=None, tasks=tasks, queue=None, views=[])
    views = await list_views(actor)
    if not actor.has(Role.AUTHORITY) or filters != QueueFilters():
        return Desk(to_sign=None, tasks=tasks, queue=await _lines(actor, filters, place), views=views)
    signed_next = states_to_sign()
    to_sign = None if place else await _lines(actor, QueueFilters(states=signed_next), None)
    others = QueueFilters(states=open_states() - signed_next)
    return Desk(to_sign=to_sign, tasks=tasks, queue=await _lines(actor, others, place), views=views)


async def list_tasks(actor: Actor) -> list[TaskLine]:
    """What is assigned to an appraiser, what is still to do first."""
    open_now = states_in("appraisal")
    found = []
    for one in await appraisals.list_tasks(actor):
        todo: Task = "declare" if one.conflict is None else "score"
        if one.conflict == "declared":
            todo = "barred"
        elif one.submitted_at is not None:
            todo = "done"
        elif one.state not in open_now:
            todo = "over"
        found.append(
            TaskLine(application_id=one.application_id, number=one.number, title=one.title, todo=todo)
        )
    return sorted(found, key=lambda one: one.todo not in {"declare", "score"})


def state_choices() -> list[tuple[str, Text]]:
    """The states a submitted case can be in, with the officer's labels, in the order of the rule files."""
    found = {
        state.key: Text(state.label.vi, state.label.en)
        for programme in applications.open_programmes()
        for state in programme.machines[MACHINE].states.values()
        if state.phase != "draft"
    }
    return list(found.items())


def programme_choices() -> list[tuple[str, Text]]:
    """The programmes one can apply for here, with their titles."""
    return [(one.key, Text(one.title.vi, one.title.en)) for one in applications.open_programmes()]


def states_to_sign() -> frozenset[str]:
    """The states in which a decision awaits its signature."""
    return frozenset(
        state
        for programme in programmes.rules().all()
        for kind in programme.decisions.values()
        if kind.machine == MACHINE
        for state in programme.machines[MACHINE].transitions[kind.transition].at
    )


def states_in(phase: str) -> frozenset[str]:
    """The states of a phase."""
    return frozenset(
        state.key
        for programme in programmes.rules().all()
        if MACHINE in programme.machines
        for state in programme.machines[MACHINE].states.values()
        if state.phase == phase
    )


async def _lines(actor: Actor, filters: QueueFilters, place: Place | None) -> Lines:
    stretch = await applications.list_queue(actor, filters, place)
    cases = [row.id for row in stretch.items]
    async with together() as reads:
        present = reads.ask(openings_of(actor, cases))
        warned = reads.ask(latest_warnings(cases))
    words, opened, told = words_of(filters.q), present.result(), warned.result()
    lines = [_line(actor, row, words, opened.get(row.id), told.get(row.id)) for row in stretch.items]
    return Lines(items=lines, stretch=stretch)


def _line(
    actor: Actor, row: QueueRow, words: list[str], presence: Presence | None, warned: Warned | None
) -> QueueLine:
    standing = applications.standing_of(row)
    clock = standing.clock
    state = standing.state
    return QueueLine(
        id=row.id,
        number=row.number,
        title=marked(row.title, words),
        organisation_name=marked(row.organisation_name, words),
        hit=row.hit,
        state=Text(state.label.vi, state.label.en),
        handler_name=row.handler_name,
        is_mine=row.handler_id == actor.id,
        is_free=row.handler_id is None and actor.has(Role.OFFICER) and not state.closed,
        clock=clock
        and ClockCell(
            used=clock.used,
            limit=clock.limit,
            left=left_text(clock.left, clock.unit, clock.state == "stopped"),
            label=Text(clock.label.vi, clock.label.en),
            level={"missed": "late", "stopped": "stopped"}.get(clock.state),  # type: ignore[arg-type]
            due_on=clock.due_on,
        ),
        presence=presence,
        warned=_told(row, warned),
    )


def _told(row: QueueRow, warned: Warned | None) -> Text | None:
    """That somebody was warned of the clock as it stands now; half of the time is no news in a list."""
    if warned is None or warned.level == "half" or warned.due_on != row.due_on:
        return None
    return _ESCALATED if warned.level == "missed" else _WARNED


_WARNED = Text("đã nhắc hạn", "warned")
_ESCALATED = Text("đã báo quá hạn", "escalated")


@lru_cache(maxsize=1024)
def left_text(left: int, unit: str, stopped: bool) -> Text:
    """`còn 3 ngày làm việc`, `quá 2 ngày`, and whether the clock stands still."""
    vi, one, many = UNITS[unit]
    count = abs(left)
    en = one if count == 1 else many
    if left < 0:
        return Text(f"quá {count} {vi}", f"{count} {en} late")
    if stopped:
        return Text(f"tạm dừng, còn {count} {vi}", f"stopped, {count} {en} left")
    return Text(f"còn {count} {vi}", f"{count} {en} left")


UNITS = {
    "working_day": ("ngày làm việc", "working day", "working days"),
    "day": ("ngày", "day", "days"),
    "hour": ("giờ", "hour", "hours"),
}
