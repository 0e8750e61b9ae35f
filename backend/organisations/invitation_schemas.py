"""What invitations look like from outside."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from backend.kit.clock import today
from backend.kit.text import Lang
from backend.organisations.schemas import Kind, Standing

State = Literal["open", "accepted", "declined", "withdrawn", "expired"]


class Invitation(Struct, frozen=True, kw_only=True):
    """A person asked by e-mail to work for an organisation, until `ends_on` if that is set."""

    id: UUID
    organisation: UUID
    organisation_name: str
    organisation_kind: Kind
    email: str
    role: Standing
    ends_on: date | None
    invited_by: UUID
    inviter_name: str
    inviter_lang: Lang
    invited_at: datetime
    expires_on: date
    """the last day on which it may be accepted"""
    state: State

    @property
    def is_open(self) -> bool:
        """Whether it may still be accepted."""
        return self.state == "open" and self.expires_on >= today()


class OpenInvitation(Struct, frozen=True, kw_only=True):
    """One line of the owner's list."""

    id: UUID
    email: str
    role: Standing
    ends_on: date | None
    invited_at: datetime
    expires_on: date


class Reply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether who is invited wants to."""

    accept: bool


class NewCoworker(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person without an account gives to open one by a link; the e-mail is the invited one."""

    name: str
    password: str
    lang: Lang = "vi"
