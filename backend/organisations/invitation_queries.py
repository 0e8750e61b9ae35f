"""Rows of invitations, in and out; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import convert
from piccolo.custom_types import Combinable

from backend.kit.clock import now, today
from backend.organisations.invitation_schemas import Invitation, State
from backend.organisations.tables import InvitationRow


async def insert_invitation(**values: Any) -> UUID:
    """A new open invitation. Raises Duplicate when the e-mail has one; one that has run out makes room."""
    row = InvitationRow
    run_out = (row.organisation == values["organisation"]) & (row.email == values["email"])
    await row.update({row.state: "expired", row.ended_at: now()}).where(
        run_out & (row.state == "open") & (row.expires_on < today())
    )
    made = InvitationRow(state="open", invited_at=now(), **values)
    await InvitationRow.insert(made)
    return made.id


async def end_invitation(invitation: UUID, state: State) -> bool:
    """Whether it was open: then it is so no longer."""
    row = InvitationRow
    where = (row.id == invitation) & (row.state == "open") & (row.expires_on >= today())
    return bool(await row.update({row.state: state, row.ended_at: now()}).where(where).returning(row.id))


async def set_link(invitation: UUID, digest: str) -> None:
    """Note the link that is mailed; an earlier one leads nowhere any more."""
    row = InvitationRow
    await row.update({row.link_digest: digest}).where(row.id == invitation)


async def find_invitation(invitation: UUID) -> Invitation | None:
    """One invitation, open or not."""
    return next(iter(await _invitations(InvitationRow.id == invitation)), None)


async def find_by_link(invitation: UUID, digest: str) -> Invitation | None:
    """The invitation whose link this is."""
    row = InvitationRow
    return next(iter(await _invitations((row.id == invitation) & (row.link_digest == digest))), None)


async def open_invitations(organisation: UUID) -> list[Invitation]:
    """Whom an organisation waits for, oldest first."""
    return await _invitations(_open() & (InvitationRow.organisation == organisation))


async def invitations_to(email: str) -> list[Invitation]:
    """What a person is invited to, oldest first."""
    return await _invitations(_open() & (InvitationRow.email == email))


def _open() -> Combinable:
    return (InvitationRow.state == "open") & (InvitationRow.expires_on >= today())


async def _invitations(where: Combinable) -> list[Invitation]:
    row = InvitationRow
    rows = (
        await row.select(
            *(column for column in row.all_columns() if column._meta.name != "link_digest"),
            row.organisation.name.as_alias("organisation_name"),
            row.organisation.kind.as_alias("organisation_kind"),
            row.invited_by.name.as_alias("inviter_name"),
            row.invited_by.lang.as_alias("inviter_lang"),
        )
        .where(where)
        .order_by(row.invited_at, row.id)
    )
    return [_invitation(one) for one in rows]


def _invitation(row: Mapping[str, Any]) -> Invitation:
    return convert(row, Invitation)
