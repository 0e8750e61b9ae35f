"""News for accounts, and what each account wishes."""

from __future__ import annotations

from piccolo.columns import JSONB, UUID, ForeignKey, Timestamptz, Varchar
from piccolo.columns.defaults import UUID4
from piccolo.table import Table

from backend.accounts.tables import Account


class NotificationRow(Table, tablename="notification"):
    """One piece of news for one account, in its inbox for good; `mailed_at` when a mail told of it."""

    id = UUID(primary_key=True, default=UUID4())
    account = ForeignKey(references=Account, null=False)
    kind = Varchar(length=20)
    key = Varchar(length=160, help_text="what it tells of; once for each account")
    news = JSONB()
    how = Varchar(length=6, help_text="now, daily, weekly or inbox: as chosen when it happened")
    created_at = Timestamptz(default=None)
    read_at = Timestamptz(null=True, default=None)
    mailed_at = Timestamptz(null=True, default=None)


class PreferenceRow(Table, tablename="notification_preference"):
    """How one kind of news shall reach an account."""

    id = UUID(primary_key=True, default=UUID4())
    account = ForeignKey(references=Account, null=False)
    kind = Varchar(length=20)
    how = Varchar(length=6)
