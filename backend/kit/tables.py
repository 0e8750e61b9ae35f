"""Tables of the kit: the audit chain, the outbox, the rate limits. Sessions have `session_tables`."""

from piccolo.columns import JSONB, UUID, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class AuditEntry(Table, tablename="audit_entry"):
    """One thing that happened to one subject. Rows are added only: triggers refuse everything else."""

    id = UUID(primary_key=True, default=UUID4())
    subject = UUID()
    seq = Integer(help_text="1, 2, 3 … within the subject")
    at = Timestamptz(default=None)
    actor = UUID(null=True, default=None, help_text="None: the system itself")
    tag = Varchar(length=80)
    data = JSONB()
    previous = Varchar(length=64, help_text="digest of the entry before, hexadecimal")
    digest = Varchar(length=64, help_text="SHA-256 of this entry and of `previous`, hexadecimal")


class AuditHead(Table, tablename="audit_head"):
    """Where the chain of a subject ends: found shorter than this, its tail was cut off."""

    subject = UUID(primary_key=True)
    seq = Integer()
    digest = Varchar(length=64)


class OutboxJob(Table, tablename="outbox_job"):
    """Something to be done once after the commit of the transaction that asked for it."""

    id = UUID(primary_key=True, default=UUID4())
    kind = Varchar(length=80)
    payload = JSONB()
    dedupe = Varchar(length=200, null=True, default=None, unique=True)
    asked_at = Timestamptz(default=None)
    due_at = Timestamptz(default=None)
    attempts = Integer(default=0)
    error = Text(null=True, default=None, help_text="what failed last, without values of rows")
    done_at = Timestamptz(null=True, default=None)
    dead_at = Timestamptz(null=True, default=None, help_text="given up; a person has to look")


class RateLimit(Table, tablename="rate_limit"):
    """How often a key was hit in its window."""

    key = Varchar(length=64, primary_key=True, help_text="keyed digest: nobody reads addresses here")
    hits = Integer()
    ends_at = Timestamptz(default=None, index=True)
