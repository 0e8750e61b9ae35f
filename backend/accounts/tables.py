"""Accounts, and for which organisations they act."""

from __future__ import annotations

from piccolo.columns import UUID, Array, Boolean, Date, ForeignKey, Timestamptz, Varchar
from piccolo.columns.defaults import UUID4
from piccolo.table import Table


class Account(Table, tablename="account"):
    """A person who can sign in; never deleted, only deactivated, for the audit chain names it."""

    id = UUID(primary_key=True, default=UUID4())
    email = Varchar(length=254, unique=True, help_text="as signed in with: NFC, lower case, trimmed")
    name = Varchar(length=120)
    password_hash = Varchar(length=255, help_text="argon2id; empty: signs in through another identity only")
    roles = Array(base_column=Varchar(length=None), default=list)
    lang = Varchar(length=2, default="vi")
    active = Boolean(default=True)
    created_at = Timestamptz(default=None)


class Membership(Table, tablename="membership"):
    """An account acts for an organisation; the organisations feature writes and refers to it."""

    id = UUID(primary_key=True, default=UUID4())
    account = ForeignKey(references=Account, null=False, index=True)
    organisation = UUID(index=True)
    role = Varchar(length=10, help_text="owner, member, editor or viewer")
    ends_on = Date(null=True, default=None, help_text="the last day, for somebody who acts for a time")
    created_at = Timestamptz(default=None)
