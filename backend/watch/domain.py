"""Clocks of open cases are looked at every hour; whoever owes something is warned in time, once.

At half of the time, at 80 %, a day before the end: a warning to the case handler, or to everybody of the role
while nobody has the case. Once the day was missed the superior of the role is told too. What was passed at
once is told once, by the most urgent warning.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.accounts import queries as accounts
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.queue import list_barred
from backend.applications.queue_queries import running_after
from backend.applications.schemas import QueueRow
from backend.kit import audit
from backend.kit.db import retrying, transaction
from backend.kit.errors import Invalid
from backend.kit.outbox import enqueue, every, handler
from backend.kit.text import Text, sort_key
from backend.notifications.domain import notify
from backend.notifications.schemas import News
from backend.watch import queries
from backend.watch.schemas import LEVELS, SAID, Candidate, Level, Superior, Warned
from sandbox_rules import Clock
from sandbox_rules.schema import Unit

JOB, PERIOD = "watch:clocks", timedelta(hours=1)
BATCH = 500
OWNERS = (Role.OFFICER, Role.APPRAISER, Role.AUTHORITY, Role.SUPERVISOR)
"""Roles a clock of the agency can belong to."""
SUPERIORS = (Role.AUTHORITY, Role.SUPERVISOR, Role.OFFICER)
"""Roles one of which a superior has: they must be able to open the case."""
UNITS: dict[Unit, Text] = {
    "working_day": Text("ngày làm việc", "working days"),
    "day": Text("ngày", "days"),
    "hour": Text("giờ", "hours"),
}

latest_warnings = queries.latest_warnings


def level_of(used: int, limit: int, unit: Unit) -> Level | None:
    """How urgent a running clock is by the share that is used; None while it is young."""
    left = limit - used
    if left < 0:
        return "missed"
    if left <= (24 if unit == "hour" else 1):
        return "last_day"
    if used * 5 >= limit * 4:
        return "most"
    return "half" if used * 2 >= limit else None


@handler(JOB)
async def watch_clocks(payload: dict[str, Any]) -> None:
    """Look at the next cases with a running clock, then ask for the next job."""
    after = payload.get("after")
    rows = await running_after(UUID(after) if after else None, BATCH)
    pressing = [row for row in rows if _is_pressing(row)]
    known = await queries.latest_warnings([row.id for row in pressing])
    for row in pressing:
        if not _is_known(row, known.get(row.id)):
            await _look_at(row)
    if len(rows) == BATCH:
        last = str(rows[-1].id)
        await enqueue(JOB, {**payload, "after": last}, dedupe=f"{JOB}:{payload['from']}:{last}")


every(JOB, PERIOD)


async def list_superiors() -> list[Superior]:
    """Every role a clock can belong to and the superior who was named for it, if one was."""
    named = await queries.list_superiors()
    return [named.get(role) or Superior(role=role, account_id=None, name=None) for role in OWNERS]


async def list_candidates() -> list[Candidate]:
    """Active accounts that can be named, by name."""
    found = {one.id: one.name for role in SUPERIORS for one in await accounts.list_actors(role)}
    return sorted(
        (Candidate(id=account, name=name) for account, name in found.items()),
        key=lambda one: sort_key(one.name),
    )


@retrying
async def name_superiors(actor: Actor, chosen: dict[Role, UUID | None]) -> None:
    """Name the superior of each role, or nobody. One line in the chain of each role. Raises Invalid."""
    known = {one.id for one in await list_candidates()}
    wrong = {role.value for role, account in chosen.items() if account is not None and account not in known}
    if wrong:
        raise Invalid(fields=dict.fromkeys(sorted(wrong), _CHOOSE))
    before = await queries.list_superiors()
    async with transaction():
        for role, account in chosen.items():
            if account != (before[role].account_id if role in before else None):
                row = await queries.put_superior(role, account)
                line = {"role": role.value, "account": str(account) if account else None}
                await audit.record(row, "superior:named", actor.id, line)


def _is_pressing(row: QueueRow) -> bool:
    """Whether the columns of the queue say that a warning may be due; hours are counted by a replay."""
    clock = applications.standing_of(row).clock
    return clock is not None and (
        clock.unit == "hour" or level_of(clock.used, clock.limit, clock.unit) is not None
    )


def _is_known(row: QueueRow, warned: Warned | None) -> bool:
    """Whether this very clock was warned of, as urgently as it is now: then nothing has to be replayed."""
    clock = applications.standing_of(row).clock
    if warned is None or clock is None or (warned.clock_key, warned.due_on) != (clock.key, clock.due_on):
        return False
    level = level_of(clock.used, clock.limit, clock.unit)
    return level is not None and LEVELS.index(warned.level) >= LEVELS.index(level)


async def _look_at(row: QueueRow) -> None:
    """Warn of the clock that counts, as a replay of the case says it stands."""
    case = await applications.found(row.id)
    live = [
        one
        for one in await applications.clocks_of(case)
        if one.key == row.clock_key and one.ended_at is None and one.due_on is not None
    ]
    for clock in live[-1:]:
        level = level_of(clock.used, clock.limit, clock.unit)
        if level is not None:
            await _warn(row, clock, level)


async def _warn(row: QueueRow, clock: Clock, level: Level) -> None:
    assert clock.due_on is not None
    new = [
        await queries.insert_warning(row.id, clock.key, clock.started_at, clock.due_on, one)
        for one in LEVELS[: LEVELS.index(level) + 1]
    ]
    if not new[-1]:
        return
    role = Role(clock.owner) if clock.owner in OWNERS else Role.OFFICER
    superior = (await queries.list_superiors()).get(role) if level == "missed" else None
    line = {"clock": clock.key, "level": level, "due_on": clock.due_on.isoformat()}
    if level == "missed":
        line["superior"] = str(superior.account_id) if superior else ""
    tag = "clock:missed" if level == "missed" else "clock:warned"
    await audit.record(row.id, tag, None, line)
    above = await accounts.find_actor(superior.account_id) if superior and superior.account_id else None
    people = [*await _owners(row, role), *([above] if above else [])]
    key = f"clock:{row.id}:{clock.key}:{clock.started_at.isoformat()}:{level}"
    await notify(await _readers(row, people), "warning", key, _news(row, clock, level))


async def _owners(row: QueueRow, role: Role) -> list[Actor]:
    """The case handler; everybody of the role while nobody has the case, or when the authority is due."""
    if row.handler_id is not None and role is not Role.AUTHORITY:
        found = await accounts.find_actor(row.handler_id)
        return [found] if found else []
    return await accounts.list_actors(role if role is not Role.APPRAISER else Role.OFFICER)


async def _readers(row: QueueRow, people: Collection[Actor]) -> set[UUID]:
    """Those who may read the case: no conflict of interest, not of the applicant."""
    return {
        one.id
        for one in people
        if row.organisation_id not in one.organisations and row.id not in await list_barred(one)
    }


def _news(row: QueueRow, clock: Clock, level: Level) -> News:
    """What the clock card says, in words."""
    unit, said = UNITS[clock.unit], SAID[level]
    label = Text(clock.label.vi, clock.label.en)
    left = (
        Text(f"quá {-clock.left} {unit.vi}", f"{-clock.left} {unit.en} late")
        if clock.left < 0
        else Text(f"còn {clock.left} {unit.vi}", f"{clock.left} {unit.en} left")
    )
    return News(
        headline=Text(f"{row.number}: {said.vi}", f"{row.number}: {said.en}"),
        happened=Text(
            f"Hồ sơ “{row.title}” của {row.organisation_name}. {label.vi}: đã dùng {clock.used} trong"
            f" {clock.limit} {unit.vi}, {left.vi}. Căn cứ: {clock.source.title.vi}.",
            f"The case “{row.title}” of {row.organisation_name}. {label.en}: {clock.used} of {clock.limit}"
            f" {unit.en} used, {left.en}. Basis: {clock.source.title.en}.",
        ),
        todo=_SETTLE if level != "missed" else _LATE,
        due=clock.due_on,
        path=f"/cases/{row.id}",
    )


_SETTLE = Text("Giải quyết trước hạn, hoặc bàn giao.", "Settle it before that day, or hand it over.")
_LATE = Text(
    "Giải quyết ngay; người phụ trách vai trò này cũng được báo.",
    "Settle it now; whoever is responsible for this role is told too.",
)
_CHOOSE = Text("Chọn một người trong danh sách.", "Choose somebody from the list.")
