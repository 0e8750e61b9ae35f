"""The officer's queue: submitted applications in the order in which the law is waiting."""

from __future__ import annotations

from msgspec import structs

from backend.accounts.schemas import Actor
from backend.applications import queries
from backend.applications.dossier import MACHINE
from backend.applications.gate import STAFF_ROLES
from backend.applications.schemas import QueueFilters, QueueRow
from backend.kit.errors import NotFound
from backend.kit.pages import PAGE_SIZE, Page
from backend.programmes import domain as programmes


async def list_queue(actor: Actor, filters: QueueFilters, page: int = 1) -> Page[QueueRow]:
    """One page of the cases, running clocks by due date first, then stopped ones, then those without a clock.

    Without a filter of states closed cases are left out. Two queries however long the queue is; `standing_of`
    a row tells the days left as of today. Raises NotFound for those who are not staff.
    """
    if not actor.has(*STAFF_ROLES):
        raise NotFound
    narrowed = filters if filters.states else structs.replace(filters, states=open_states())
    rows, total = await queries.queue_rows(narrowed, actor.id, actor.organisations, max(page, 1), PAGE_SIZE)
    return Page(items=rows, total=total, page=max(page, 1), size=PAGE_SIZE)


def open_states() -> frozenset[str]:
    """The keys of all states in which a case is not closed, over the programmes in force."""
    return frozenset(
        state.key
        for programme in programmes.rules().all()
        if MACHINE in programme.machines
        for state in programme.machines[MACHINE].states.values()
        if not state.closed
    )
