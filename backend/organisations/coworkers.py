"""Who may do what for an organisation, and until when. The last owner cannot go."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from backend.accounts import queries as accounts
from backend.accounts.domain import HOUR, fold_email
from backend.accounts.schemas import Actor
from backend.kit import audit
from backend.kit.clock import today
from backend.kit.db import Duplicate, retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.rate_limit import hit
from backend.kit.text import Text
from backend.organisations import queries
from backend.organisations.schemas import ChangedMember, Member, NewMember, Standing

MEMBERS_PER_HOUR = 30


async def list_members(actor: Actor, organisation: UUID) -> list[Member]:
    """Who acts for an organisation of the actor. Raises NotFound."""
    if organisation not in actor.belongs_to:
        raise NotFound
    return await _members(organisation)


async def add_member(actor: Actor, organisation: UUID, form: NewMember) -> None:
    """Let another account act for the organisation, until a day if one is given.

    Raises:
        NotFound: the actor does not own the organisation.
        Invalid: nobody has this e-mail, they act for it already, the day is past, an owner for a time.
        TooMany: an owner who tries out e-mails.
    """
    await _require_owner(actor, organisation)
    await hit(f"add-member:{actor.id}", MEMBERS_PER_HOUR, HOUR)
    account = await accounts.find_account_id(fold_email(form.email))
    wrong = _wrong_terms(form.role, form.ends_on)
    if account is None:
        wrong["email"] = _NO_ACCOUNT
    if wrong or account is None:
        raise Invalid(fields=wrong)
    await _insert(actor, organisation, account, form)


@retrying
async def _insert(actor: Actor, organisation: UUID, account: UUID, form: NewMember) -> None:
    try:
        async with transaction():
            await accounts.insert_membership(account, organisation, form.role, form.ends_on)
            line = {"account": account, **_terms(form.role, form.ends_on)}
            await audit.record(organisation, "organisation:member_added", actor.id, line)
    except Duplicate:
        raise Invalid(fields={"email": _MEMBER_ALREADY}) from None


@retrying
async def change_member(actor: Actor, organisation: UUID, account: UUID, form: ChangedMember) -> None:
    """Change what a member may do, or until when. Raises NotFound, Invalid; Conflict for the last owner."""
    if wrong := _wrong_terms(form.role, form.ends_on):
        raise Invalid(fields=wrong)
    async with transaction():
        await queries.lock_organisation(organisation)
        await _require_owner(actor, organisation)
        if form.role is not Standing.OWNER:
            await _require_another_owner(organisation, account)
        if not await accounts.change_membership(account, organisation, form.role, form.ends_on):
            raise NotFound
        line = {"account": account, **_terms(form.role, form.ends_on)}
        await audit.record(organisation, "organisation:member_changed", actor.id, line)


@retrying
async def remove_member(actor: Actor, organisation: UUID, account: UUID) -> None:
    """Let somebody act for the organisation no longer. Raises NotFound, and Conflict for the last owner."""
    async with transaction():
        await queries.lock_organisation(organisation)
        await _require_owner(actor, organisation)
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


async def _members(organisation: UUID) -> list[Member]:
    rows = await accounts.list_memberships(organisation)
    return [Member(**{**row, "role": Standing(row["role"])}) for row in rows]


async def _require_owner(actor: Actor, organisation: UUID) -> None:
    members = await list_members(actor, organisation)
    if not any(one.account == actor.id and one.role is Standing.OWNER for one in members):
        raise NotFound


async def _require_another_owner(organisation: UUID, account: UUID) -> None:
    owners = {one.account for one in await _members(organisation) if one.role is Standing.OWNER}
    if owners == {account}:
        raise Conflict(_LAST_OWNER)


def _wrong_terms(role: Standing, ends_on: date | None) -> dict[str, Text]:
    if ends_on is not None and role is Standing.OWNER:
        return {"ends_on": _OWNERS_STAY}
    return {"ends_on": _NOT_PAST} if ends_on is not None and ends_on < today() else {}


def _terms(role: Standing, ends_on: date | None) -> dict[str, str]:
    return {"role": role.value} | ({"ends_on": ends_on.isoformat()} if ends_on else {})


_NO_ACCOUNT = Text(
    "Chưa có tài khoản nào dùng e-mail này. Hãy đề nghị người đó mở tài khoản trước.",
    "No account has this e-mail. Ask the person to open an account first.",
)
_MEMBER_ALREADY = Text("Người này đã là thành viên.", "This person is a member already.")
_LAST_OWNER = Text(
    "Đây là chủ sở hữu cuối cùng. Hãy trao quyền chủ sở hữu cho người khác trước.",
    "This is the last owner. Make somebody else an owner first.",
)
_OWNERS_STAY = Text(
    "Chủ sở hữu không có thời hạn. Hãy bỏ trống ngày.", "An owner has no last day. Leave it empty."
)
_NOT_PAST = Text("Hãy chọn hôm nay hoặc một ngày sau.", "Choose today or a later day.")
