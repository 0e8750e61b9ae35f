"""Rows of accounts, in and out; nothing here decides anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from piccolo.custom_types import Combinable

from backend.accounts.schemas import AccountLine, Actor, NewAccount, Role
from backend.accounts.tables import Account, Membership
from backend.kit.audit import Entry
from backend.kit.clock import now, today
from backend.kit.pages import PAGE_SIZE, Page
from backend.kit.sessions import Visit
from backend.kit.tables import AuditEntry

_ACTOR = """
    a.id, a.name, a.email, a.roles, a.lang,
    (select json_object_agg(m.organisation, m.role) from membership m
     where m.account = a.id and (m.ends_on is null or m.ends_on >= {})) as memberships
"""
"""Takes today's date as its only value."""


async def find_visit(digest: str, used_since: datetime, opened_since: datetime) -> Visit | None:
    """The actor behind a session that has not run out, in one query; a deactivated account has none."""
    rows = await Account.raw(
        f"""
        select s.used_at, {_ACTOR} from session s join account a on a.id = s.account
        where s.digest = {{}} and s.used_at > {{}} and s.opened_at > {{}} and a.active
        """,  # noqa: S608 - a constant, no input
        today(),
        digest,
        used_since,
        opened_since,
    )
    return Visit(user=_actor(rows[0]), used_at=rows[0]["used_at"]) if rows else None


async def find_actor(account: UUID) -> Actor | None:
    """The account as the actor it would be if it signed in now."""
    rows = await Account.raw(
        f"select {_ACTOR} from account a where a.id = {{}} and a.active",  # noqa: S608 - as above
        today(),
        account,
    )
    return _actor(rows[0]) if rows else None


async def list_actors(role: Role) -> list[Actor]:
    """All active accounts with this role, by name."""
    rows = await Account.raw(
        f"select {_ACTOR} from account a where a.active and {{}} = any(a.roles) order by a.name, a.id",  # noqa: S608
        today(),
        str(role),
    )
    return [_actor(row) for row in rows]


async def find_credentials(email: str) -> tuple[UUID, str] | None:
    """Id and password hash of the active account with this (folded) e-mail."""
    row = (
        await Account.select(Account.id, Account.password_hash)
        .where((Account.email == email) & (Account.active == True))  # noqa: E712
        .first()
    )
    return (row["id"], row["password_hash"]) if row else None


async def find_account_id(email: str) -> UUID | None:
    """The id of the account with this (folded) e-mail, active or not."""
    row = await Account.select(Account.id).where(Account.email == email).first()
    return row["id"] if row else None


async def names_of(accounts: set[UUID]) -> dict[UUID, str]:
    """The names of accounts, for histories and lists."""
    rows = (
        await Account.select(Account.id, Account.name).where(Account.id.is_in(list(accounts)))
        if accounts
        else []
    )
    return {row["id"]: row["name"] for row in rows}


async def list_accounts(number: int) -> Page[AccountLine]:
    """All accounts by name, one page of them."""
    total = await Account.count()
    rows = (
        await Account.select()
        .order_by(Account.name, Account.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page(items=[_line(row) for row in rows], total=total, page=number, size=PAGE_SIZE)


async def insert_account(form: NewAccount, email: str, password_hash: str, roles: frozenset[Role]) -> UUID:
    """A new account. Raises Duplicate when the e-mail has one."""
    account = Account(
        email=email,
        name=form.name,
        password_hash=password_hash,
        roles=sorted(roles),
        lang=form.lang,
        created_at=now(),
    )
    await Account.insert(account)
    return account.id


async def set_active(account: UUID, active: bool) -> bool:
    """Whether the account was there and in the other state."""
    rows = (
        await Account.update({Account.active: active})
        .where((Account.id == account) & (Account.active != active))
        .returning(Account.id)
    )
    return bool(rows)


async def is_account(account: UUID) -> bool:
    """Whether there is such an account, active or not."""
    return bool(await Account.exists().where(Account.id == account))


async def set_roles(account: UUID, roles: frozenset[Role]) -> frozenset[Role] | None:
    """Set the roles and give those before, None when there is no such account; locks the row."""
    row = await Account.select(Account.roles).where(Account.id == account).lock_rows("UPDATE").first()
    if row is None:
        return None
    await Account.update({Account.roles: sorted(roles)}).where(Account.id == account)
    return frozenset(Role(role) for role in row["roles"])


async def insert_membership(
    account: UUID, organisation: UUID, role: str, ends_on: date | None = None
) -> None:
    """Let an account act for an organisation. Raises Duplicate when it does already.

    One that has run out makes room.
    """
    await Membership.delete().where(_membership(account, organisation) & (Membership.ends_on < today()))
    await Membership.insert(
        Membership(account=account, organisation=organisation, role=role, ends_on=ends_on, created_at=now())
    )


async def change_membership(account: UUID, organisation: UUID, role: str, ends_on: date | None) -> bool:
    """Whether there was a membership to change."""
    values: dict[Any, Any] = {Membership.role: role, Membership.ends_on: ends_on}
    where = _membership(account, organisation)
    return bool(await Membership.update(values).where(where).returning(Membership.id))


async def delete_membership(account: UUID, organisation: UUID) -> bool:
    """Whether there was one."""
    where = _membership(account, organisation)
    return bool(await Membership.delete().where(where).returning(Membership.id))


def _membership(account: UUID, organisation: UUID) -> Combinable:
    return (Membership.account == account) & (Membership.organisation == organisation)


async def list_memberships(organisation: UUID) -> list[dict[str, Any]]:
    """Account id, name, e-mail, role and last day of all who act for an organisation, as they came."""
    return (
        await Membership.select(
            Membership.account.id.as_alias("account"),
            Membership.account.name.as_alias("name"),
            Membership.account.email.as_alias("email"),
            Membership.role,
            Membership.ends_on,
        )
        .where(
            (Membership.organisation == organisation)
            & (Membership.ends_on.is_null() | (Membership.ends_on >= today()))
        )
        .order_by(Membership.created_at)
    )


async def latest_entries(limit: int = 50) -> list[Entry]:
    """The latest entries of all audit chains, newest first."""
    columns = [AuditEntry._meta.get_column_by_name(name) for name in Entry.__struct_fields__]
    rows = (
        await AuditEntry.select(*columns)
        .order_by(AuditEntry.at, AuditEntry.seq, ascending=False)
        .limit(limit)
        .output(load_json=True)
    )
    return [Entry(**row) for row in rows]


def _actor(row: Mapping[str, Any]) -> Actor:
    held: dict[str, str] = json.loads(row["memberships"] or "{}")

    def those_of(*roles: str) -> frozenset[UUID]:
        return frozenset(UUID(organisation) for organisation, role in held.items() if role in roles)

    return Actor(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        roles=frozenset(Role(role) for role in row["roles"]),
        organisations=those_of("owner", "member"),
        editing=those_of("editor"),
        viewing=those_of("viewer"),
        lang=row["lang"],
    )


def _line(row: Mapping[str, Any]) -> AccountLine:
    return AccountLine(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        roles=frozenset(Role(role) for role in row["roles"]),
        active=row["active"],
        created_at=row["created_at"],
    )
