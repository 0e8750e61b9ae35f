"""Rule files as released; the database refuses to change or drop one."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T05:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "programme files"

UP = [
    """
    create table programme_file (
        id uuid primary key,
        key varchar(40) not null,
        in_force date not null,
        sha256 varchar(64) not null unique,
        content text not null,
        stored_at timestamptz not null,
        unique (key, in_force)
    )
    """,
    """
    create trigger programme_file_is_append_only before update or delete or truncate on programme_file
    for each statement execute function refuse_change()
    """,
]
DOWN = ["drop table programme_file"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "programmes", DESCRIPTION, UP, DOWN)
