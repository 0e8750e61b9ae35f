"""How long it really takes: each decided case is replayed once, the summary is made from what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from backend.applications.dossier import MACHINE, rules_of
from backend.applications.queries import decided_without
from backend.kit import audit
from backend.kit.outbox import enqueue, every, handler
from backend.kit.text import Text
from backend.programmes.domain import list_in_force, text_of
from backend.programmes.times import PARTS, Part, StepTime, counted_now, keep_times, times_of
from backend.watch.tables import CaseSpan
from sandbox_rules import Programme

JOB = "watch:times"
BATCH = 200
DAY = timedelta(days=1)
SUMMARY = """
    select programme_key, part, count(*) as cases,
           percentile_cont(array[0.5, 0.9]) within group (order by agency_days) as agency,
           percentile_cont(array[0.5, 0.9]) within group (order by applicant_days) as applicant
    from case_span group by programme_key, part
"""
Spans = dict[Part, tuple[float, float]]


@handler(JOB)
async def count_times(payload: dict[str, Any]) -> None:
    """Keep the days of the next decided cases; once all are kept, make the summary anew."""
    cases = await decided_without(CaseSpan._meta.tablename, BATCH)
    chains = await audit.entries_many([one.id for one in cases])
    for case in cases:
        moves = [(one.at, one.data) for one in chains[case.id] if "transition" in one.data]
        await _keep(case.id, case.programme_key, spans_of(moves, rules_of(case)))
    if len(cases) == BATCH:
        last = str(max(case.id for case in cases))
        await enqueue(JOB, payload, dedupe=f"{JOB}:{payload['from']}:{last}")
    else:
        await _summarise()


every(JOB, timedelta(days=1))


async def list_times() -> list[tuple[Text, list[StepTime]]]:
    """The programmes in force with what is known of their times, those without left out."""
    times = await times_of()
    found = [
        (text_of(programme.title), [one for one in times if one.programme_key == programme.key])
        for programme in list_in_force()
    ]
    return [(title, lines) for title, lines in found if lines]


def spans_of(moves: Sequence[tuple[datetime, dict[str, Any]]], programme: Programme) -> Spans:
    """Days of the agency and of the applicant, from the first submission to the decision, part by part.

    Elapsed days. Each stretch between two moves belongs to whoever holds the case in that state; what comes
    after the first decision is not of it.
    """
    states = programme.machines[MACHINE].states
    decisions = {kind.transition for kind in programme.decisions.values() if kind.machine == MACHINE}
    spans: Spans = {"whole": (0.0, 0.0)}
    for (begun, move), (ended, _) in pairwise(_until_decided(moves, decisions)):
        state, days = states[move["to"]], (ended - begun) / DAY
        agency, applicant = (0.0, days) if state.holder == "applicant" else (days, 0.0)
        parts: Iterable[Part] = (one for one in PARTS if one in {"whole", state.phase})
        for part in parts:
            before = spans.get(part, (0.0, 0.0))
            spans[part] = (before[0] + agency, before[1] + applicant)
    return spans


def _until_decided(
    moves: Sequence[tuple[datetime, dict[str, Any]]], decisions: set[str]
) -> list[tuple[datetime, dict[str, Any]]]:
    """The moves up to the first decision."""
    for place, (_, move) in enumerate(moves):
        if move["transition"] in decisions:
            return list(moves[: place + 1])
    return list(moves)


async def _keep(application_id: UUID, programme_key: str, spans: Spans) -> None:
    rows = [
        CaseSpan(
            application=application_id,
            programme_key=programme_key,
            part=part,
            agency_days=agency,
            applicant_days=applicant,
        )
        for part, (agency, applicant) in spans.items()
    ]
    await CaseSpan.insert(*rows).on_conflict(
        target=(CaseSpan.application, CaseSpan.part), action="DO NOTHING"
    )


async def _summarise() -> None:
    found: dict[str, list[Any]] = {}
    for row in await CaseSpan.raw(SUMMARY):
        line = counted_now(
            row["programme_key"], row["part"], row["cases"], [*row["agency"], *row["applicant"]]
        )
        found.setdefault(row["programme_key"], []).append(line)
    for programme_key, times in found.items():
        await keep_times(programme_key, times)
