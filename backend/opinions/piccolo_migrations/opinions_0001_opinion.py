"""Opinions of other agencies."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T17:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "opinions"

UP = [
    """
    create table opinion (
        id uuid primary key,
        application uuid not null references application (id),
        state varchar(20) not null,
        agency varchar(200) not null,
        email varchar(254) not null,
        account uuid references account (id),
        question text not null,
        files jsonb not null,
        document uuid,
        asked_by uuid not null references account (id),
        asked_at timestamptz not null,
        due_on date not null,
        position varchar(12),
        answer text,
        answered_by varchar(160),
        way varchar(8),
        ended_at timestamptz
    )
    """,
    "create index opinion_application on opinion (application, asked_at)",
    "create index opinion_account on opinion (account, asked_at)",
    "create index opinion_asked_by on opinion (asked_by)",
    "create index opinion_open on opinion (due_on) where ended_at is null",
]
DOWN = ["drop table opinion"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "opinions", DESCRIPTION, UP, DOWN)
