"""The course of a case as its control slip prints it: who had the file, and how every clock ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from backend.accounts.queries import names_of
from backend.applications.dossier import MACHINE, rules_of
from backend.applications.schemas import Application
from backend.kit import audit
from backend.kit.clock import local
from backend.kit.text import Text
from sandbox_rules import ROLE_NAMES, Clock, Programme, calendar_of
from sandbox_rules.schema import Unit

UNITS: dict[Unit, Text] = {
    "working_day": Text("ngày làm việc", "working days"),
    "day": Text("ngày", "days"),
    "hour": Text("giờ", "hours"),
}


async def course_of(application: Application, clocks: list[Clock]) -> dict[str, Any]:
    """Every stage the case went through since it was handed in, from its audit chain, and its clocks.

    A stage is with the office that holds the file by the rules; the step that ended it names who took it.
    """
    programme = rules_of(application)
    moves = [one for one in await audit.entries(application.id) if "transition" in one.data]
    names = await names_of({one.actor for one in moves if one.actor})
    return {
        "holdings": [_holding(programme, begun, ended, names) for begun, ended in pairwise(moves)],
        "clocks": [_line(one) for one in clocks],
        "result": programme.machines[MACHINE].states[application.state].label,
    }


def _holding(
    programme: Programme, begun: audit.Entry, ended: audit.Entry, names: Mapping[UUID, str]
) -> dict[str, Any]:
    machine, calendar = programme.machines[MACHINE], calendar_of(programme.calendar)
    state, step = machine.states[begun.data["to"]], machine.transitions[ended.data["transition"]].label
    name = names[ended.actor] if ended.actor else ""
    by = f", {name}" if name else ""
    return {
        "stage": state.label,
        "holder": ROLE_NAMES[state.holder] if state.holder else Text("", ""),
        "since": _moment(begun.at),
        "until": _moment(ended.at),
        "ended": Text(f"{step.vi}{by}", f"{step.en}{by}"),
        "days": calendar.working_days_between(local(begun.at).date(), local(ended.at).date()),
    }


def _line(clock: Clock) -> dict[str, Any]:
    unit = UNITS[clock.unit]
    return {
        "label": clock.label,
        "limit": Text(f"{clock.limit} {unit.vi}", f"{clock.limit} {unit.en}"),
        "used": Text(f"{clock.used} {unit.vi}", f"{clock.used} {unit.en}"),
        "due_on": clock.due_on,
        "state": STATES[clock.state],
    }


def _moment(at: datetime) -> str:
    return f"{local(at):%d/%m/%Y %H:%M}"


STATES = {
    "met": Text("đúng hạn", "met"),
    "missed": Text("trễ hạn", "late"),
    "stopped": Text("đã dừng", "stopped"),
    "running": Text("đang chạy", "running"),
}
