"""What administrators and auditors look at: the list of accounts, the audit chains. Guards decide who may."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.accounts import queries
from backend.accounts.schemas import AccountLine
from backend.kit import audit
from backend.kit.audit import Broken, Entry
from backend.kit.errors import NotFound
from backend.kit.pages import Page


async def list_accounts(number: int) -> Page[AccountLine]:
    """All accounts by name; pages count from 1."""
    return await queries.list_accounts(max(1, number))


async def survey() -> tuple[Broken | None, list[Entry]]:
    """The first broken place of all chains, and the latest entries, newest first."""
    return await audit.verify(), await queries.latest_entries()


async def read_chain(subject: UUID) -> tuple[Broken | None, list[Entry]]:
    """The first broken place of one chain, and its entries. Raises NotFound when nothing ever happened."""
    chain = await audit.entries(subject)
    broken = await audit.verify(subject)
    if not chain and broken is None:
        raise NotFound
    return broken, chain


async def names_in(entries: Sequence[Entry]) -> dict[UUID, str]:
    """The names of those who acted."""
    return await queries.names_of({entry.actor for entry in entries if entry.actor})


def as_subject(written: str) -> UUID | None:
    """The subject somebody typed or pasted, None when it cannot be one."""
    try:
        return UUID(written.strip())
    except ValueError:
        return None
