"""The exemption ledger: which rule is set aside for which trial, how far and until when.

Written when a decision is signed; what is recalled, replaced or over ends there. It is what proposals to
change the law are drawn from.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

from msgspec import structs

from backend.accounts.schemas import Actor, Role
from backend.applications.schemas import Application
from backend.decisions import ledger_queries as queries
from backend.decisions.schemas import Decision, LedgerFilters, LedgerLine
from backend.kit.clock import today
from backend.kit.errors import NotFound
from backend.kit.pages import PAGE_SIZE, Page

READERS = (Role.OFFICER, Role.AUTHORITY, Role.SUPERVISOR, Role.AUDITOR)
SOON = timedelta(days=30)
BLOCK = 500


async def write_down(application: Application, decision: Decision) -> None:
    """Enter what a decision being signed sets aside, in the transaction of its verb.

    What names no last day ends with the trial.
    """
    about = f"{application.number} {application.title} {application.organisation_name}"
    from_on = decision.starts_on or today()
    dated = [structs.replace(one, until=one.until or decision.ends_on) for one in decision.exemptions]
    await queries.insert_lines(decision.id, application.id, dated, from_on, about)


async def end_exemptions(decision_id: UUID) -> None:
    """End what a decision set aside: it is out of force, or its trial is over."""
    await queries.end_lines(decision_id, today())


async def list_exemptions(actor: Actor, filters: LedgerFilters, page: int = 1) -> Page[LedgerLine]:
    """One page of the ledger, what ends first on top. Raises NotFound for who has no part in supervision."""
    _must_read(actor)
    on = today()
    items, total = await queries.list_lines(filters, on, on + SOON, max(page, 1), PAGE_SIZE)
    return Page(items=items, total=total, page=max(page, 1), size=PAGE_SIZE)


async def all_exemptions(actor: Actor, filters: LedgerFilters) -> AsyncIterator[LedgerLine]:
    """Every line, in blocks. Raises NotFound as `list_exemptions`."""
    _must_read(actor)
    on, page, total = today(), 1, BLOCK
    while (page - 1) * BLOCK < total:
        items, total = await queries.list_lines(filters, on, on + SOON, page, BLOCK)
        for one in items:
            yield one
        page += 1


def _must_read(actor: Actor) -> None:
    if not actor.has(*READERS):
        raise NotFound
