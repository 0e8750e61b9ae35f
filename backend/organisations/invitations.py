"""Invite co-workers by e-mail, withdraw, accept, decline. One verb, one transaction, one audit line.

Nobody is a member before they accept: whoever belongs to an organisation decides on none of its cases, and
nobody is to bring that about without them. The owner gets the same answer, in the same time, whoever holds
the e-mail: an account hears of it by its news, anybody else by a link, and both after the commit.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from backend.accounts import domain as account_domain
from backend.accounts import queries as accounts
from backend.accounts.domain import HOUR, checked_email, fold_email
from backend.accounts.schemas import Actor, NewAccount, Role
from backend.kit import audit, links
from backend.kit.clock import today
from backend.kit.db import Duplicate, retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import enqueue, handler
from backend.kit.rate_limit import hit
from backend.kit.sessions import digest
from backend.kit.text import Text
from backend.notifications.domain import notify
from backend.notifications.schemas import News
from backend.organisations import invitation_queries as rows
from backend.organisations import queries
from backend.organisations.coworkers import members_of, require_owner, terms, wrong_terms
from backend.organisations.invitation_schemas import Invitation, NewCoworker, OpenInvitation, State
from backend.organisations.schemas import Kind, NewMember
from backend.ports.mailer import compose
from backend.ports.wiring import ports
from backend.settings import settings

DELIVER, PURPOSE = "deliver_invitation", "invitation"
INVITATIONS_PER_HOUR = 30
DAYS = timedelta(days=14)


async def invite(actor: Actor, organisation: UUID, form: NewMember) -> OpenInvitation:
    """Ask somebody to work for the organisation; they are told after the commit.

    Raises:
        NotFound: the actor does not own the organisation.
        Invalid: no e-mail, they act for it or are invited already, the day is past, an owner for a time.
        TooMany: an owner who tries out e-mails.
    """
    await require_owner(actor, organisation)
    await hit(f"invite:{actor.id}", INVITATIONS_PER_HOUR, HOUR)
    email = fold_email(form.email)
    wrong = {**checked_email(email), **wrong_terms(form.role, form.ends_on)}
    if wrong:
        raise Invalid(fields=wrong)
    try:
        return await _invite(actor, organisation, form, email)
    except Duplicate:
        raise Invalid(fields={"email": _INVITED_ALREADY}) from None


@retrying
async def _invite(actor: Actor, organisation: UUID, form: NewMember, email: str) -> OpenInvitation:
    async with transaction():
        await queries.lock_organisation(organisation)
        await require_owner(actor, organisation)
        if any(one.email == email for one in await members_of(organisation)):
            raise Invalid(fields={"email": _MEMBER_ALREADY})
        invitation = await rows.insert_invitation(
            organisation=organisation,
            email=email,
            role=form.role.value,
            ends_on=form.ends_on,
            invited_by=actor.id,
            expires_on=min(today() + DAYS, form.ends_on or date.max),
        )
        line = {"invitation": invitation, **terms(form.role, form.ends_on)}
        await audit.record(organisation, "organisation:member_invited", actor.id, line)
        await enqueue(DELIVER, {"invitation": invitation}, dedupe=f"{DELIVER}:{invitation}")
        return _line(await _found(invitation))


async def list_invitations(actor: Actor, organisation: UUID) -> list[OpenInvitation]:
    """Whom the organisation waits for. Raises NotFound for everybody but its owners."""
    await require_owner(actor, organisation)
    return [_line(one) for one in await rows.open_invitations(organisation)]


@retrying
async def withdraw_invitation(actor: Actor, organisation: UUID, invitation: UUID) -> None:
    """Take an open invitation back. Raises NotFound, and Conflict when it is open no longer."""
    async with transaction():
        await queries.lock_organisation(organisation)
        await require_owner(actor, organisation)
        asked = await _found(invitation)
        if asked.organisation != organisation:
            raise NotFound
        await _end(asked, "withdrawn")
        line = {"invitation": invitation}
        await audit.record(organisation, "organisation:invitation_withdrawn", actor.id, line)


async def list_own_invitations(actor: Actor) -> list[Invitation]:
    """What the actor is invited to."""
    return await rows.invitations_to(actor.email)


async def get_own_invitation(actor: Actor, invitation: UUID) -> Invitation:
    """An invitation to the very e-mail of the actor, open or not. Raises NotFound."""
    asked = await _found(invitation)
    if asked.email != actor.email:
        raise NotFound
    return asked


async def accept_invitation(actor: Actor, invitation: UUID) -> Invitation:
    """Work for the organisation from now on; who invited is told. Raises NotFound, Conflict."""
    return await _accept(actor.id, await get_own_invitation(actor, invitation))


@retrying
async def _accept(account: UUID, asked: Invitation) -> Invitation:
    organisation, role, ends_on = asked.organisation, asked.role, asked.ends_on
    async with transaction():
        await queries.lock_organisation(organisation)
        await _end(asked, "accepted")
        if not await accounts.change_membership(account, organisation, role, ends_on):
            await accounts.insert_membership(account, organisation, role, ends_on)
        line = {"invitation": asked.id, "account": account, **terms(role, ends_on)}
        await audit.record(organisation, "organisation:member_joined", account, line)
        await _tell_inviter(asked, _JOINED)
        return await _found(asked.id)


@retrying
async def decline_invitation(actor: Actor, invitation: UUID) -> Invitation:
    """Do not work for the organisation; who invited is told. Raises NotFound, Conflict."""
    async with transaction():
        asked = await get_own_invitation(actor, invitation)
        await queries.lock_organisation(asked.organisation)
        await _end(asked, "declined")
        line = {"invitation": invitation}
        await audit.record(asked.organisation, "organisation:invitation_declined", actor.id, line)
        await _tell_inviter(asked, _DECLINED)
        return await _found(invitation)


async def open_link(token: str) -> Invitation:
    """What a mailed link leads to, used or not. Raises NotFound for one that is not ours."""
    subject = links.subject_of(PURPOSE, token)
    asked = await rows.find_by_link(subject, digest(token)) if subject else None
    if asked is None:
        raise NotFound
    return asked


async def join_by_link(token: str, form: NewCoworker, *, address: str) -> tuple[UUID, Invitation]:
    """Open an account for the invited e-mail and accept with it: the account and what it joined.

    Raises NotFound, Conflict; Invalid per field, also when the e-mail has an account; TooMany.
    """
    asked = await open_link(token)
    _require_open(asked)
    new = NewAccount(
        name=form.name,
        email=asked.email,
        password=form.password,
        role=Role.INSTITUTE if asked.organisation_kind is Kind.INSTITUTE else Role.APPLICANT,
        lang=form.lang,
    )
    account = await account_domain.register_account(new, address=address)
    return account, await _accept(account, asked)


@handler(DELIVER)
async def deliver_invitation(job: dict[str, Any]) -> None:
    """Tell who is invited: an account by its news, anybody else by a link; a closed account hears nothing."""
    asked = await rows.find_invitation(UUID(job["invitation"]))
    if asked is None or not asked.is_open:
        return
    account = await accounts.find_account_id(asked.email)
    if account is None:
        await _mail_link(asked)
    elif await accounts.find_actor(account):
        await notify([account], "member", f"{PURPOSE}:{asked.id}", _news(asked))


async def _mail_link(asked: Invitation) -> None:
    """Mail a link nobody can write again: of its token a hash alone is kept."""
    token = links.link_token(PURPOSE, asked.id, secrets.token_urlsafe(16))
    await rows.set_link(asked.id, digest(token))
    news = _news(asked)
    mail = compose(
        "notice",
        asked.email,
        asked.inviter_lang,
        f"{PURPOSE}:{digest(token)}",
        name=asked.email,
        headline=news.headline,
        happened=news.happened,
        todo=news.todo,
        due=news.due,
        clock=None,
        link=f"{settings().public_url}/invitations/link/{token}",
    )
    await ports().mailer.send(mail)


async def _end(asked: Invitation, state: State) -> None:
    if not await rows.end_invitation(asked.id, state):
        raise ended(await _found(asked.id))


def _require_open(asked: Invitation) -> None:
    if not asked.is_open:
        raise ended(asked)


def ended(asked: Invitation) -> Conflict:
    """Why an invitation is open no longer."""
    return Conflict(_ENDED["expired" if asked.state == "open" else asked.state])


async def _found(invitation: UUID) -> Invitation:
    found = await rows.find_invitation(invitation)
    if found is None:
        raise NotFound
    return found


async def _tell_inviter(asked: Invitation, happened: Text) -> None:
    who = f"{asked.organisation_name}: {asked.email}"
    news = News(
        headline=Text(who, who),
        happened=happened,
        path=f"/organisations/{asked.organisation}",
    )
    await notify([asked.invited_by], "member", f"{PURPOSE}:{asked.id}:answer", news)


def _news(asked: Invitation) -> News:
    name, inviter, role = asked.organisation_name, asked.inviter_name, asked.role.label
    return News(
        headline=Text(f"Lời mời làm việc cho {name}", f"You are invited to work for {name}"),
        happened=Text(f"{inviter} mời bạn với quyền {role.vi}.", f"{inviter} invites you as {role.en}."),
        todo=_ANSWER,
        due=asked.expires_on,
        path=f"/invitations/{asked.id}",
    )


def _line(asked: Invitation) -> OpenInvitation:
    return OpenInvitation(**{name: getattr(asked, name) for name in OpenInvitation.__struct_fields__})


_ENDED: dict[State, Text] = {
    "accepted": Text("Lời mời này đã được dùng.", "This invitation has been used."),
    "declined": Text("Lời mời này đã bị từ chối.", "This invitation was declined."),
    "withdrawn": Text(
        "Tổ chức đã rút lời mời này. Nếu bạn nghĩ có nhầm lẫn, hãy hỏi người đã mời.",
        "The organisation withdrew this invitation. Ask who invited you if that seems wrong.",
    ),
    "expired": Text(
        "Lời mời này đã hết hạn. Hãy đề nghị người mời gửi lời mời mới.",
        "This invitation has run out. Ask who invited you for a new one.",
    ),
}
_MEMBER_ALREADY = Text("Người này đã là thành viên.", "This person is a member already.")
_INVITED_ALREADY = Text(
    "E-mail này đã được mời và lời mời còn hạn. Hãy rút lời mời cũ trước khi mời lại.",
    "This e-mail has an open invitation. Withdraw it before you invite again.",
)
_JOINED = Text("Người được mời đã nhận lời.", "The person you invited has accepted.")
_DECLINED = Text("Người được mời đã từ chối.", "The person you invited has declined.")
_ANSWER = Text("Hãy nhận lời hoặc từ chối.", "Accept or decline.")
