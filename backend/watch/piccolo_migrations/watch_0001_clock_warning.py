"""Clock warnings, each level once a period; the superior of each role."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T09:20:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "clock warnings and superiors"

UP = [
    """
    create table clock_warning (
        id uuid primary key,
        application uuid not null references application (id),
        clock_key varchar(60) not null,
        since timestamptz not null,
        due_on date not null,
        level varchar(10) not null check (level in ('half', 'most', 'last_day', 'missed')),
        warned_at timestamptz not null,
        unique (application, clock_key, since, level)
    )
    """,
    """
    create table superior (
        id uuid primary key,
        role varchar(20) not null unique,
        account uuid references account (id)
    )
    """,
    "create index superior_account on superior (account)",
]
DOWN = ["drop table superior", "drop table clock_warning"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "watch", DESCRIPTION, UP, DOWN)
