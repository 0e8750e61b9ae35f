"""Who may do what for an organisation, and until when. The last owner cannot go."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from backend.accounts import queries as accounts
from backend.accounts.schemas import Actor
from backend.kit import audit
from backend.kit.clock import today
from backend.kit.db import retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.text import Text
from backend.organisations import queries
from backend.organisations.schemas import ChangedMember, Member, Standing


async def list_members(actor: Actor, organisation: UUID) -> list[Member]:
    """Who acts for an organisation of the actor. Raises NotFound."""
    if organisation not in actor.belongs_to:
        raise NotFound
    return await members_of(organisation)


async def members_of(organisation: UUID) -> list[Member]:
    """Who acts for an organisation, whoever asks."""
    rows = await accounts.list_memberships(organisation)
    return [Member(**{**row, "role": Standing(row["role"])}) for row in rows]


@retrying
async def change_member(actor: Actor, organisation: UUID, account: UUID, form: ChangedMember) -> None:
    """Change what a member may do, or until when. Raises NotFound, Invalid; Conflict for the last owner."""
    if wrong := wrong_terms(form.role, form.ends_on):
        raise Invalid(fields=wrong)
    async with transaction():
        await queries.lock_organisation(organisation)
        await require_owner(actor, organisation)
        if form.role is not Standing.OWNER:
            await _require_another_owner(organisation, account)
        if not await accounts.change_membership(account, organisation, form.role, form.ends_on):
            raise NotFound
        line = {"account": account, **terms(form.role, form.ends_on)}
        await audit.record(organisation, "organisation:member_changed", actor.id, line)


@retrying
async def remove_member(actor: Actor, organisation: UUID, account: UUID) -> None:
    """Let somebody act for the organisation no longer. Raises NotFound, and Conflict for the last owner."""
    async with transaction():
        await queries.lock_organisation(organisation)
        await require_owner(actor, organisation)
        await _take_out(actor, organisation, account)


@retrying
async def leave(actor: Actor, organisation: UUID) -> None:
    """Act for the organisation no longer. Raises NotFound, and Conflict for the last owner."""
    async with transaction():
        await queries.lock_organisation(organisation)
        await _take_out(actor, organisation, actor.id)


async def _take_out(actor: Actor, organisation: UUID, account: UUID) -> None:
    await _require_another_owner(organisation, account)
    if not await accounts.delete_membership(account, organisation):
        raise NotFound
    await audit.record(organisation, "organisation:member_removed", actor.id, {"account": account})


async def require_owner(actor: Actor, organisation: UUID) -> None:
    """Raises NotFound for everybody but the owners."""
    if actor.id not in await _owners(organisation):
        raise NotFound


async def _require_another_owner(organisation: UUID, account: UUID) -> None:
    if await _owners(organisation) == {account}:
        raise Conflict(_LAST_OWNER)


async def _owners(organisation: UUID) -> set[UUID]:
    return {one.account for one in await members_of(organisation) if one.role is Standing.OWNER}


def wrong_terms(role: Standing, ends_on: date | None) -> dict[str, Text]:
    """What is wrong with a last day, under `ends_on`."""
    if ends_on is not None and role is Standing.OWNER:
        return {"ends_on": _OWNERS_STAY}
    return {"ends_on": _NOT_PAST} if ends_on is not None and ends_on < today() else {}


def terms(role: Standing, ends_on: date | None) -> dict[str, str]:
    """Standing and last day, for an audit line."""
    return {"role": role.value} | ({"ends_on": ends_on.isoformat()} if ends_on else {})


_LAST_OWNER = Text(
    "Đây là chủ sở hữu cuối cùng. Hãy trao quyền chủ sở hữu cho người khác trước.",
    "This is the last owner. Make somebody else an owner first.",
)
_OWNERS_STAY = Text(
    "Chủ sở hữu không có thời hạn. Hãy bỏ trống ngày.", "An owner has no last day. Leave it empty."
)
_NOT_PAST = Text("Hãy chọn hôm nay hoặc một ngày sau.", "Choose today or a later day.")
