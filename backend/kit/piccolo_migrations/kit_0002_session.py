"""The web sessions."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T01:00:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "sessions"

UP = [
    """CREATE TABLE session (
        id uuid PRIMARY KEY,
        digest varchar(64) NOT NULL UNIQUE,
        account uuid NOT NULL,
        opened_at timestamptz NOT NULL,
        used_at timestamptz NOT NULL
    )""",
    "CREATE INDEX session_account ON session (account)",
    "CREATE INDEX session_used_at ON session (used_at)",
]
DOWN = ["DROP TABLE session"]


async def forwards() -> MigrationManager:
    """Called by the migration runner."""
    return sql_migration(ID, "kit", DESCRIPTION, UP, DOWN)
