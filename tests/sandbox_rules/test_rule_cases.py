"""Every file of ``cases/`` is a case a lawyer can read; this runs them."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import sandbox_rules
from sandbox_rules import (
    Clock,
    Event,
    Programme,
    Programmes,
    calendar_of,
    check_eligibility,
    clock,
    facts_of,
    fire,
    load,
    local_date,
    missing_items,
    open_transitions,
    route,
)

CASES = sorted((Path(__file__).parent / "cases").glob("*.toml"))
ELSEWHERE = Path(sandbox_rules.__file__).parent / "elsewhere"
CLOCK_FIELDS = {
    "state", "started_on", "due_on", "used", "left", "agency_days", "applicant_days", "service_left", "stops",
}  # fmt: skip


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_case_comes_out_as_the_lawyer_wrote(path: Path, programmes: Programmes) -> None:
    case = tomllib.loads(path.read_text("utf-8"))
    now = case["now"].astimezone(UTC)
    if "city" in case:
        programmes = load(ELSEWHERE / case["city"])
    outcome = {"route": _routed(programmes, case.get("facts", {}), local_date(now))}
    if "programme" in case:
        programme = programmes.in_force(case["programme"], local_date(now))
        outcome |= _judged(case, programme, now)
    assert {key: outcome[key] for key in case["expect"]} == case["expect"]


def _judged(case: dict[str, Any], programme: Programme, now: datetime) -> dict[str, Any]:
    machine = case.get("machine", "application")
    expect = case["expect"]
    outcome: dict[str, Any] = {}
    if "events" in case:
        state, issued = _walk(programme, machine, case["events"])
        outcome |= {"state": state, "issues": issued}
        outcome["open"] = {
            role: [one.key for one in open_transitions(programme, machine, state, [role], {})]
            for role in expect.get("open", {})
        }
        events = [Event(event["at"].astimezone(UTC), event["transition"]) for event in case["events"]]
        clocks = clock(events, programme, calendar_of(programme.calendar), now, machine)
        outcome["clocks"] = _shown(clocks, expect.get("clocks", {}))
    facts = facts_of(programme, case.get("answers", {})) | case.get("facts", {})
    outcome["findings"] = {one.key: one.outcome for one in check_eligibility(programme, facts)}
    missing = missing_items(programme, case.get("answers", {}), case.get("documents", []))
    outcome["documents_missing"] = [one.key for one in missing if one.kind == "document"]
    return outcome


def _routed(programmes: Programmes, facts: dict[str, Any], on: date) -> dict[str, Any]:
    routing = route(programmes, facts, on)
    by_outcome = {
        outcome: sorted(one.key for one in routing.with_outcome(outcome))
        for outcome in ("covers", "referred", "excluded", "open")
    }
    return {"needed": routing.needed, "ask": [one.key for one in routing.ask], **by_outcome}


def _walk(programme: Programme, machine: str, events: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """Every event of a case must be one the machine allows; guards are taken as fulfilled."""
    state, issued = programme.machines[machine].start, []
    guards = dict.fromkeys(programme.guards, True)
    for event in events:
        step = programme.machines[machine].transitions[event["transition"]]
        fired = fire(programme, machine, state, event["transition"], step.by, guards)
        state, issued = fired.to, [*issued, *fired.issues]
    return state, issued


def _shown(clocks: list[Clock], wanted: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Show of each wanted clock what the case speaks of; a date that is not due is left out."""
    by_name = {f"{one.key} {one.round}" if one.round > 1 else one.key: one for one in clocks}
    shown = {}
    for name, fields in wanted.items():
        assert set(fields) <= CLOCK_FIELDS
        found: dict[str, Any] = {}
        for field in {*fields, "due_on"} if fields["state"] == "stopped" else fields:
            value = getattr(by_name[name], field)
            if field == "stops":
                value = [stop.cause for stop in value]
            if value is not None:
                found[field] = value
        shown[name] = found
    return shown


def test_there_are_enough_cases_and_each_is_named_in_both_languages() -> None:
    names = [tomllib.loads(path.read_text("utf-8"))["name"] for path in CASES]
    assert len(names) >= 60
    assert all(set(name) == {"vi", "en"} for name in names)
