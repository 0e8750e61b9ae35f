"""The audit chain with its guards, the outbox, the rate limits."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T01:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "audit chain, outbox, rate limits"

UP = [
    """CREATE TABLE audit_entry (
        id uuid PRIMARY KEY,
        subject uuid NOT NULL,
        seq integer NOT NULL CHECK (seq > 0),
        at timestamptz NOT NULL,
        actor uuid,
        tag varchar(80) NOT NULL,
        data jsonb NOT NULL,
        previous varchar(64) NOT NULL,
        digest varchar(64) NOT NULL,
        CONSTRAINT audit_entry_place UNIQUE (subject, seq)
    )""",
    "CREATE INDEX audit_entry_actor ON audit_entry (actor, at)",
    """CREATE TABLE audit_head (
        subject uuid PRIMARY KEY,
        seq integer NOT NULL,
        digest varchar(64) NOT NULL
    )""",
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% takes no %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
        END $$""",
    """CREATE FUNCTION refuse_step_back() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.subject <> OLD.subject OR NEW.seq NOT IN (OLD.seq, OLD.seq + 1) THEN
                RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER audit_head_only_grows BEFORE UPDATE ON audit_head
        FOR EACH ROW EXECUTE FUNCTION refuse_step_back()""",
    """CREATE TABLE outbox_job (
        id uuid PRIMARY KEY,
        kind varchar(80) NOT NULL,
        payload jsonb NOT NULL,
        dedupe varchar(200) UNIQUE,
        asked_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        error text,
        done_at timestamptz,
        dead_at timestamptz
    )""",
    "CREATE INDEX outbox_job_due ON outbox_job (due_at) WHERE done_at IS NULL AND dead_at IS NULL",
    "CREATE INDEX outbox_job_done ON outbox_job (done_at) WHERE done_at IS NOT NULL",
    """CREATE TABLE rate_limit (
        key varchar(64) PRIMARY KEY,
        hits integer NOT NULL,
        ends_at timestamptz NOT NULL
    )""",
    "CREATE INDEX rate_limit_ends_at ON rate_limit (ends_at)",
]
DOWN = [
    "DROP TABLE rate_limit",
    "DROP TABLE outbox_job",
    "DROP TABLE audit_head",
    "DROP TABLE audit_entry",
    "DROP FUNCTION refuse_step_back",
    "DROP FUNCTION refuse_change",
]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "kit", DESCRIPTION, UP, DOWN)
