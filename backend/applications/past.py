"""Cases as they happened, for trying out a new rule file: facts and events, nothing of the people."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from backend.applications import queries
from backend.applications.dossier import MACHINE
from backend.kit import audit
from sandbox_rules import Event, PastCase


async def count_past_cases(programme_key: str, until: datetime) -> int:
    """How many submitted cases of a programme had begun by a moment."""
    return await queries.count_submitted(programme_key, until)


async def past_cases(
    programme_key: str, until: datetime, after: UUID | None, size: int
) -> list[tuple[UUID, PastCase]]:
    """Submitted cases as they stood at `until`, by id, those after `after`: three queries, whatever `size`.

    Drafts are left out: they follow the rules in force anyway, and are nobody's business yet.
    """
    cases = await queries.submitted_of(programme_key, until, after, size)
    chains = await audit.entries_many([one.id for one in cases])
    slots = await queries.slots_of([one.id for one in cases])
    return [
        (
            one.id,
            PastCase(
                id=one.number or "",
                programme=one.programme_key,
                in_force=one.pin.in_force,
                now=until,
                machine=MACHINE,
                events=tuple(
                    Event(entry.at, entry.data["transition"])
                    for entry in chains[one.id]
                    if "transition" in entry.data and entry.at <= until
                ),
                answers=one.answers,
                documents=tuple(slots[one.id]),
            ),
        )
        for one in cases
    ]
