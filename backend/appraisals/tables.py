"""One row an appraiser and round; marks and remarks are written once."""

from __future__ import annotations

from piccolo.columns import (
    JSONB,
    UUID,
    DoublePrecision,
    ForeignKey,
    Integer,
    LazyTableReference,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults import UUID4
from piccolo.table import Table

ACCOUNT = LazyTableReference("Account", app_name="accounts")
APPLICATION = LazyTableReference("Application", app_name="applications")


class Appraisal(Table, tablename="appraisal"):
    id = UUID(primary_key=True, default=UUID4())
    application: ForeignKey[Table] = ForeignKey(APPLICATION, null=False, index=True)
    appraiser: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False, index=True)
    round = Integer(default=1)
    assigned_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    assigned_at = Timestamptz(default=None)
    conflict = Varchar(length=10, null=True, default=None, help_text="none or declared; null: not said yet")
    conflict_reason = Text(default="")
    declared_at = Timestamptz(null=True, default=None)
    scores = JSONB(null=True, default=None, help_text="criterion key: mark")
    remarks = Text(default="")
    weighted_score = DoublePrecision(null=True, default=None, help_text="on the scale of the sheet")
    submitted_at = Timestamptz(null=True, default=None)
