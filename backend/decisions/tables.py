"""Proposals and decisions, never rewritten once signed or returned; and who may sign them."""

from __future__ import annotations

from typing import Any

from piccolo.columns import (
    JSONB,
    UUID,
    Boolean,
    Date,
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
DOCUMENT = LazyTableReference("IssuedDocumentRow", app_name="documents")


class Decision(Table, tablename="decision"):
    id = UUID(primary_key=True, default=UUID4())
    application: ForeignKey[Table] = ForeignKey(APPLICATION, null=False, index=True)
    kind = Varchar(length=40, help_text="a key of [decisions] of the rule file")
    state = Varchar(length=15, default="proposed")
    succeeds: ForeignKey[Table] = ForeignKey(
        "self", null=True, default=None, help_text="the decision this one recalls or replaces"
    )
    starts_on = Date(null=True, default=None)
    ends_on = Date(null=True, default=None)
    limits = JSONB(default="{}", help_text="limit key: bound")
    conditions = JSONB(default="[]")
    exemptions = JSONB(default="[]")
    reasons = Text(default="")
    proposed_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    proposed_at = Timestamptz(default=None)
    countersigned_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=True, default=None)
    countersigned_at = Timestamptz(null=True, default=None)
    countersigned_as = JSONB(null=True, default=None, help_text="capacity and block of the countersigner")
    return_reason = Text(default="")
    ended_by: ForeignKey[Table] = ForeignKey(
        ACCOUNT, null=True, default=None, help_text="signed or returned it"
    )
    ended_at = Timestamptz(null=True, default=None)
    signed_as = JSONB(null=True, default=None, help_text="capacity and block of the signer")
    recalled_at = Timestamptz(null=True, default=None)
    document: ForeignKey[Table] = ForeignKey(DOCUMENT, null=True, default=None)


class SigningAuthority(Table, tablename="signing_authority"):
    """Who may sign or countersign, as what, for whom and when; withdrawn it keeps its row."""

    id = UUID(primary_key=True, default=UUID4())
    account: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    act = Varchar(length=12, help_text="sign | countersign")
    capacity = Varchar(length=3, help_text="TM | KT | TUQ | TL (NĐ 30/2020, Điều 13)")
    title_vi = Text()
    title_en = Text()
    agency_vi = Text(default="")
    agency_en = Text(default="")
    for_whom_vi = Text(default="")
    for_whom_en = Text(default="")
    principal: ForeignKey[Table] = ForeignKey(
        ACCOUNT, null=True, default=None, help_text="the person acted for: a delegation"
    )
    kinds = JSONB(default="[]", help_text="kinds of decision; none named: all")
    asks_countersign = Boolean(default=False)
    from_on = Date(default=None)
    until_on = Date(null=True, default=None)
    basis = Text()
    entered_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    entered_at = Timestamptz(default=None)
    withdrawn_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)


class ConditionVersion(Table, tablename="condition_version"):
    """A condition the agency wrote itself; a version is never changed, the next one follows it."""

    id = UUID(primary_key=True, default=UUID4())
    programme_key = Varchar(length=40)
    key = Varchar(length=40)
    version = Integer()
    label_vi = Text()
    label_en = Text()
    text_vi = Text()
    text_en = Text()
    reason_vi = Text()
    reason_en = Text()
    parameters = JSONB(default="{}", help_text="as [conditions.X.parameters] of a rule file")
    source = Varchar(length=60, help_text="a key of [sources] of the rule file")
    from_on = Date(default=None)
    until_on = Date(null=True, default=None)
    entered_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    entered_at = Timestamptz(default=None)
    withdrawn_by: ForeignKey[Table] = ForeignKey(ACCOUNT, null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)


class ExemptionRow(Table, tablename="exemption"):
    """One line of the ledger, written when the decision is signed."""

    id = UUID(primary_key=True, default=UUID4())
    decision: ForeignKey[Any] = ForeignKey(Decision, null=False)
    application: ForeignKey[Any] = ForeignKey(APPLICATION, null=False)
    place = Integer(help_text="its place in the decision, from 1")
    rule = Text()
    article = Text()
    extent = Text()
    from_on = Date(default=None)
    until_on = Date(null=True, default=None)
    ended_on = Date(null=True, default=None, help_text="recalled, replaced, or the trial was over")
    search = Text(help_text="folded: rule, article, extent, title, organisation, number")
