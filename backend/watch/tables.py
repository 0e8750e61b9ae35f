"""Warnings given of clocks, who is told when a day was missed, and the days of decided cases."""

from __future__ import annotations

from piccolo.columns import UUID, Date, DoublePrecision, ForeignKey, LazyTableReference, Timestamptz, Varchar
from piccolo.columns.defaults import UUID4
from piccolo.table import Table

ACCOUNT = LazyTableReference("Account", app_name="accounts")
APPLICATION = LazyTableReference("Application", app_name="applications")


class ClockWarning(Table, tablename="clock_warning"):
    """A warning of one level for one period of a clock: `since` is the moment the period began."""

    id = UUID(primary_key=True, default=UUID4())
    application: ForeignKey[Table] = ForeignKey(APPLICATION, null=False)
    clock_key = Varchar(length=60)
    since = Timestamptz(default=None)
    due_on = Date(default=None)
    level = Varchar(length=10)
    warned_at = Timestamptz(default=None)


class CaseSpan(Table, tablename="case_span"):
    """The days a decided case spent in a part of the procedure, by whose turn it was."""

    id = UUID(primary_key=True, default=UUID4())
    application: ForeignKey[Table] = ForeignKey(APPLICATION, null=False)
    programme_key = Varchar(length=40)
    part = Varchar(length=20)
    agency_days = DoublePrecision()
    applicant_days = DoublePrecision()


class Superior(Table, tablename="superior"):
    """Whom a missed clock of this role is escalated to."""

    id = UUID(primary_key=True, default=UUID4())
    role = Varchar(length=20, unique=True)
    account: ForeignKey[Table] = ForeignKey(ACCOUNT, null=True, default=None)
