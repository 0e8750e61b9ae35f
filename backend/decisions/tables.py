"""Proposals and decisions: a row is a proposal until it is signed or returned; it is never rewritten."""

from __future__ import annotations

from piccolo.columns import JSONB, UUID, Date, ForeignKey, LazyTableReference, Text, Timestamptz, Varchar
from piccolo.columns.defaults import UUID4
from piccolo.table import Table

ACCOUNT = LazyTableReference("Account", app_name="accounts")
APPLICATION = LazyTableReference("Application", app_name="applications")
DOCUMENT = LazyTableReference("IssuedDocumentRow", app_name="documents")


class Decision(Table, tablename="decision"):
    id = UUID(primary_key=True, default=UUID4())
    application: ForeignKey[Table] = ForeignKey(APPLICATION, null=False, index=True)
    kind = Varchar(length=40, help_text="a key of [decisions] of the rule file")
    state = Varchar(length=10, default="proposed")
    starts_on = Date(null=True, default=None)
    ends_on = Date(null=True, default=None)
    limits = JSONB(default="{}", help_text="limit key: bound")
    conditions = JSONB(default="[]")
    exemptions = JSONB(default="[]")
    reasons = Text(default="")
    proposed_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    proposed_at = Timestamptz(default=None)
    return_reason = Text(default="")
    ended_by: ForeignKey[Table] = ForeignKey(
        ACCOUNT, null=True, default=None, help_text="signed or returned it"
    )
    ended_at = Timestamptz(null=True, default=None)
    document: ForeignKey[Table] = ForeignKey(DOCUMENT, null=True, default=None)
