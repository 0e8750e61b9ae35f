"""What officers keep about their work: hand-overs, who opened a case, saved views, actions on many cases."""

from __future__ import annotations

from piccolo.columns import JSONB, UUID, Boolean, ForeignKey, LazyTableReference, Text, Timestamptz, Varchar
from piccolo.columns.defaults import UUID4
from piccolo.table import Table

ACCOUNT = LazyTableReference("Account", app_name="accounts")
APPLICATION = LazyTableReference("Application", app_name="applications")


class Handover(Table, tablename="case_handover"):
    """A case given from one officer to another. The reason is kept here: the audit chain holds no prose."""

    id = UUID(primary_key=True, default=UUID4())
    application: ForeignKey[Table] = ForeignKey(APPLICATION, null=False, index=True)
    from_account: ForeignKey[Table] = ForeignKey(ACCOUNT, null=True, default=None)
    to_account: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    reason = Text()
    at = Timestamptz(default=None)


class Opening(Table, tablename="case_opening"):
    """When somebody on the agency's side last opened a case: one row for both of them."""

    id = UUID(primary_key=True, default=UUID4())
    application: ForeignKey[Table] = ForeignKey(APPLICATION, null=False)
    account: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    opened_at = Timestamptz(default=None)


class SavedView(Table, tablename="saved_view"):
    """An address of the queue with a name; a shared one is offered to all who have the queue."""

    id = UUID(primary_key=True, default=UUID4())
    account: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    name = Varchar(length=80)
    query = Varchar(length=500)
    is_shared = Boolean(default=False)
    created_at = Timestamptz(default=None)


class BulkRun(Table, tablename="bulk_run"):
    """One action on many cases. Its id comes with the form, so that a form sent twice is one run."""

    id = UUID(primary_key=True, default=UUID4())
    account: ForeignKey[Table] = ForeignKey(ACCOUNT, null=False)
    action = Varchar(length=20)
    to_account: ForeignKey[Table] = ForeignKey(ACCOUNT, null=True, default=None)
    reason = Text(default="")
    cases = JSONB(default="[]", help_text="the ids of the cases in their order")
    asked_at = Timestamptz(default=None)


class BulkResult(Table, tablename="bulk_result"):
    """What became of one case of a run; a case without a row was not reached."""

    id = UUID(primary_key=True, default=UUID4())
    run = ForeignKey(BulkRun, null=False)
    application: ForeignKey[Table] = ForeignKey(APPLICATION, null=False, index=True)
    refused = JSONB(null=True, default=None, help_text="why not, in both languages; nothing if it was done")
