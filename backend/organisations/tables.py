"""Organisations; who acts for them is in the memberships of accounts."""

from __future__ import annotations

from typing import Any

from piccolo.columns import (
    JSONB,
    UUID,
    Boolean,
    Date,
    ForeignKey,
    LazyTableReference,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults import UUID4
from piccolo.table import Table

ACCOUNT = LazyTableReference("Account", app_name="accounts")


class Organisation(Table, tablename="organisation"):
    """A legal person with its own tax code."""

    id = UUID(primary_key=True, default=UUID4())
    name = Varchar(length=200)
    name_folded = Varchar(length=200, help_text="search key of the name")
    tax_code = Varchar(length=14, unique=True, help_text="0201234567 or 0201234567-001")
    kind = Varchar(length=10, help_text="company or institute")
    is_startup = Boolean(default=False)
    address = Varchar(length=300)
    ward = Varchar(length=100)
    website = Varchar(length=300, default="")
    created_at = Timestamptz(default=None)


class IdentityCorrection(Table, tablename="identity_correction"):
    """A change of identity data asked for, with the values on both sides; the row is kept for ever.

    Accepted without a decider: nothing had been submitted yet.
    """

    id = UUID(primary_key=True, default=UUID4())
    organisation: ForeignKey[Any] = ForeignKey(Organisation, null=False, index=True)
    asked_by: ForeignKey[Any] = ForeignKey(ACCOUNT, null=False, index=True)
    asked_at = Timestamptz(default=None)
    before = JSONB()
    after = JSONB()
    reason = Text()
    state = Varchar(length=10, help_text="open, accepted or refused; one open an organisation")
    answer = Text(default="")
    decided_by: ForeignKey[Any] = ForeignKey(ACCOUNT, null=True, default=None, index=True)
    decided_at = Timestamptz(null=True, default=None)


class InvitationRow(Table, tablename="invitation"):
    """A person an owner wants to work for the organisation; the row is kept for ever.

    `expired` is written only when another invitation takes its place: until then the day says it.
    """

    id = UUID(primary_key=True, default=UUID4())
    organisation: ForeignKey[Any] = ForeignKey(Organisation, null=False, index=True)
    email = Varchar(length=254, help_text="folded as those of accounts")
    role = Varchar(length=10, help_text="owner, member, editor or viewer")
    ends_on = Date(null=True, default=None, help_text="the last day of who acts for a time")
    invited_by: ForeignKey[Any] = ForeignKey(ACCOUNT, null=False, index=True)
    invited_at = Timestamptz(default=None)
    expires_on = Date(default=None, help_text="the last day on which it may be accepted")
    state = Varchar(length=10, help_text="open, accepted, declined, withdrawn or expired")
    ended_at = Timestamptz(null=True, default=None)
    link_digest = Varchar(
        length=64, null=True, default=None, unique=True, help_text="SHA-256 of the link's token"
    )
