"""What other agencies were asked, and what they said."""

from __future__ import annotations

from piccolo.columns import JSONB, UUID, Date, ForeignKey, LazyTableReference, Text, Timestamptz, Varchar
from piccolo.columns.defaults import UUID4
from piccolo.table import Table

ACCOUNT = LazyTableReference("Account", app_name="accounts")


class OpinionRow(Table, tablename="opinion"):
    """One question to one agency; what follows `due_on` is unset until it answers or its time is over."""

    id = UUID(primary_key=True, default=UUID4())
    application: ForeignKey[Table] = ForeignKey(
        LazyTableReference("Application", app_name="applications"), null=False
    )
    state = Varchar(length=20)
    agency = Varchar(length=200)
    email = Varchar(length=254, help_text="of the agency, where the request is sent")
    account: ForeignKey[Table] = ForeignKey(ACCOUNT, null=True, default=None)
    question = Text()
    files = JSONB(help_text="ids of the files of the dossier that go with the question")
    document = UUID(null=True, default=None, help_text="the request as it was issued")
    asked_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    asked_at = Timestamptz(default=None)
    due_on = Date(default=None)
    position = Varchar(length=12, null=True, default=None)
    answer = Text(null=True, default=None)
    answered_by = Varchar(length=160, null=True, default=None, help_text="name and office, as given")
    way = Varchar(length=8, null=True, default=None, help_text="account, link or letter")
    ended_at = Timestamptz(null=True, default=None)
