"""The agency's own versions of conditions, and the ledger of rules set aside for trials."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T10:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "condition library, exemption ledger"

UP = [
    """
    create table condition_version (
        id uuid primary key,
        programme_key varchar(40) not null,
        key varchar(40) not null,
        version integer not null check (version > 0),
        label_vi text not null,
        label_en text not null,
        text_vi text not null,
        text_en text not null,
        reason_vi text not null,
        reason_en text not null,
        parameters jsonb not null default '{}',
        source varchar(60) not null,
        from_on date not null,
        until_on date,
        entered_by uuid not null references account (id),
        entered_at timestamptz not null,
        withdrawn_by uuid references account (id),
        withdrawn_at timestamptz,
        constraint condition_version_once unique (programme_key, key, version),
        constraint condition_version_days check (from_on <= until_on),
        constraint condition_version_withdrawn check ((withdrawn_by is null) = (withdrawn_at is null))
    )
    """,
    "create index condition_version_entered_by on condition_version (entered_by)",
    "create index condition_version_withdrawn_by on condition_version (withdrawn_by)",
    """
    create table exemption (
        id uuid primary key,
        decision uuid not null references decision (id),
        application uuid not null references application (id),
        place integer not null,
        rule text not null,
        article text not null,
        extent text not null,
        from_on date not null,
        until_on date,
        ended_on date,
        search text not null,
        constraint exemption_once unique (decision, place)
    )
    """,
    "create index exemption_application on exemption (application)",
    "create index exemption_until_on on exemption (until_on)",
]
DOWN = ["drop table exemption", "drop table condition_version"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "decisions", DESCRIPTION, UP, DOWN)
