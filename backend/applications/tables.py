"""Applications, the files of their dossiers, what officers wrote, asked for and noted in their check lists.

Who did what and when is in the audit chain of the application; the clock columns are a projection of it, kept
so that the queue can be ordered in SQL.
"""

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
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table

ACCOUNT = LazyTableReference("Account", app_name="accounts")
ORGANISATION = LazyTableReference("Organisation", app_name="organisations")


class Application(Table, tablename="application"):
    id = UUID(primary_key=True, default=UUID4())
    organisation: ForeignKey[Any] = ForeignKey(ORGANISATION, null=False, index=True)
    created_by: ForeignKey[Any] = ForeignKey(ACCOUNT, null=False)
    programme_key = Varchar(length=40)
    pin_in_force = Date(default=None)
    pin_sha256 = Varchar(length=64)
    state = Varchar(length=40, index=True)
    number = Varchar(length=30, null=True, default=None, unique=True)
    title = Text(default="")
    title_folded = Text(default="")
    search = Text(default="")
    answers = JSONB(default="{}")
    handed_in = JSONB(null=True, default=None, help_text="the answers as last submitted")
    secrets = JSONB(default="{}", help_text="public fields kept back, each with the reason")
    revision = Integer(default=0)
    handler: ForeignKey[Any] = ForeignKey(ACCOUNT, null=True, default=None, index=True)
    submitted_on = Date(null=True, default=None)
    decided_on = Date(null=True, default=None)
    due_on = Date(null=True, default=None)
    clock_key = Varchar(length=60, null=True, default=None)
    clock_limit = Integer(null=True, default=None)
    clock_used = Integer(null=True, default=None)
    clock_state = Varchar(length=20, null=True, default=None)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)


class Upload(Table, tablename="upload"):
    """A file of a dossier; replaced or removed it keeps its row: what was submitted stays provable."""

    id = UUID(primary_key=True, default=UUID4())
    application = ForeignKey(Application, null=False, index=True)
    slot = Varchar(length=60)
    filename = Text()
    content_type = Varchar(length=100)
    size = Integer()
    sha256 = Varchar(length=64)
    file_key = Varchar(length=200)
    original_sha256 = Varchar(length=64)
    original_key = Varchar(length=200)
    scan = Varchar(length=20)
    secret = Boolean(default=False)
    uploaded_by: ForeignKey[Any] = ForeignKey(ACCOUNT, null=False)
    uploaded_at = Timestamptz(default=None)
    replaced_at = Timestamptz(null=True, default=None)


class Notice(Table, tablename="application_notice"):
    """What was written to the applicant with a move: the reasons of a supplement request or of a refusal.

    Kept out of the audit chain, which must hold nothing that may one day have to be forgotten.
    """

    id = UUID(primary_key=True, default=UUID4())
    application = ForeignKey(Application, null=False, index=True, index_method=IndexMethod.btree)
    transition = Varchar(length=60)
    reasons = Text()
    due_on = Date(null=True, default=None)
    written_by: ForeignKey[Any] = ForeignKey(ACCOUNT, null=False)
    written_at = Timestamptz(default=None)


class SupplementRequest(Table, tablename="supplement_request"):
    """One round of asking; its words and the day to answer by are in the notice."""

    id = UUID(primary_key=True, default=UUID4())
    application = ForeignKey(Application, null=False, index=True)
    notice = ForeignKey(Notice, null=False, unique=True)
    round = Integer()
    state = Varchar(length=20, help_text="open, answered, cancelled or lapsed")
    files = JSONB(default="{}", help_text="slot to upload, as they lay there when this was asked")
    asked_at = Timestamptz(default=None)
    closed_at = Timestamptz(null=True, default=None)


class SupplementItem(Table, tablename="supplement_item"):
    """One field or document asked for, with what was there before and what came."""

    id = UUID(primary_key=True, default=UUID4())
    request = ForeignKey(SupplementRequest, null=False, index=True)
    kind = Varchar(length=10, help_text="field or document")
    key = Varchar(length=80)
    fault = Text(default="", help_text="empty: nobody asked, it follows from another answer")
    state = Varchar(length=20, help_text="of the rule file's machine of supplements")
    before = JSONB(null=True, default=None, help_text="an answer, or the id of an upload")
    after = JSONB(null=True, default=None)
    added_at = Timestamptz(default=None)


class IntakeSheet(Table, tablename="intake_sheet"):
    """The check list of one officer for one case: marks and remarks by what they are about."""

    id = UUID(primary_key=True, default=UUID4())
    application = ForeignKey(Application, null=False, index=True)
    officer: ForeignKey[Any] = ForeignKey(ACCOUNT, null=False, index=True)
    marks = JSONB(default="{}")
    revision = Integer(default=0)
    updated_at = Timestamptz(default=None)


class Enquiry(Table, tablename="enquiry"):
    """A question to the agency before any application, and its answer."""

    id = UUID(primary_key=True, default=UUID4())
    asked_by: ForeignKey[Any] = ForeignKey(ACCOUNT, null=False, index=True)
    programme_key = Varchar(length=40)
    pin_in_force = Date(default=None)
    pin_sha256 = Varchar(length=64)
    state = Varchar(length=20)
    title = Varchar(length=200)
    question = Text(default="")
    asked_at = Timestamptz(default=None)
    answer = Text(default="")
    answered_by: ForeignKey[Any] = ForeignKey(ACCOUNT, null=True, default=None, index=True)
    answered_at = Timestamptz(null=True, default=None)
