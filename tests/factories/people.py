"""Accounts with a password and organisations with a tax code, for tests that sign in as people do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from uuid import UUID

from backend.accounts.domain import create_account
from backend.accounts.queries import find_account_id, find_actor
from backend.accounts.schemas import Actor, NewAccount, Role
from backend.demo_accounts import PASSWORD
from backend.kit.db import close_pool, engine, open_pool
from backend.organisations.tax_codes import WEIGHTS
from tests.factories.signing import let_sign

OFFICIALS = {
    "officer": ("Lê Thu Cán", Role.OFFICER),
    "appraiser1": ("Đỗ Nhất", Role.APPRAISER),
    "appraiser2": ("Bùi Nhì", Role.APPRAISER),
    "appraiser3": ("Ngô Tam", Role.APPRAISER),
    "authority": ("Vũ Quyết Định", Role.AUTHORITY),
    "supervisor": ("Hồ Giám Sát", Role.SUPERVISOR),
    "auditor": ("Mai Kiểm Tra", Role.AUDITOR),
    "admin": ("Cao Quản Trị", Role.ADMIN),
    "institute": ("Viện Vi Mạch", Role.INSTITUTE),
    "expert": ("Trịnh Xa Xứ", Role.EXPERT),
}
"""Who signs in as `<name>@benthu.test`."""
_numbers = count(100_000_001)


async def make_account(name: str, said: str, *roles: Role) -> UUID:
    """The account `<name>@benthu.test` with the common password."""
    form = NewAccount(name=said, email=f"{name}@benthu.test", password=PASSWORD, role=Role.APPLICANT)
    return await create_account(form, frozenset(roles), by=None)


async def make_officials() -> dict[str, UUID]:
    """Everybody of `OFFICIALS`; who decides may sign."""
    found = {name: await make_account(name, said, role) for name, (said, role) in OFFICIALS.items()}
    await let_sign(found["authority"])
    return found


async def account_of(name: str) -> Actor:
    """Who signs in as `<name>@benthu.test`."""
    account = await find_account_id(f"{name}@benthu.test")
    assert account is not None
    actor = await find_actor(account)
    assert actor is not None
    return actor


def make_tax_code() -> str:
    """A tax code nobody has had yet."""
    for number in _numbers:
        digits = f"{number:09d}"
        rest = sum(w * int(digit) for w, digit in zip(WEIGHTS, digits, strict=True)) % 11
        if rest:  # a sum divisible by 11 gives no code
            return f"{digits}{10 - rest}"
    raise AssertionError


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[None]:
    """Let the verbs of this process work on another database for a while."""
    found = engine().pool, engine().url
    engine().pool = None
    await open_pool(url, size=2)
    try:
        yield
    finally:
        await close_pool()
        engine().pool, engine().url = found
