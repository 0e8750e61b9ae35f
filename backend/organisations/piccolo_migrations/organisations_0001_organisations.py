"""Organisations, and the membership's reference to them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T03:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "organisations"

UP = [
    """CREATE TABLE organisation (
        id uuid PRIMARY KEY,
        name varchar(200) NOT NULL,
        name_folded varchar(200) NOT NULL,
        tax_code varchar(14) NOT NULL UNIQUE,
        kind varchar(10) NOT NULL CHECK (kind IN ('company', 'institute')),
        is_startup boolean NOT NULL,
        address varchar(300) NOT NULL,
        ward varchar(100) NOT NULL,
        website varchar(300) NOT NULL,
        created_at timestamptz NOT NULL
    )""",
    "CREATE INDEX organisation_name ON organisation (name_folded)",
    """ALTER TABLE membership ADD CONSTRAINT membership_of_organisation
        FOREIGN KEY (organisation) REFERENCES organisation (id)""",
]
DOWN = [
    "ALTER TABLE membership DROP CONSTRAINT membership_of_organisation",
    "DROP TABLE organisation",
]


async def forwards() -> MigrationManager:
    """Called by the migration runner."""
    return sql_migration(ID, "organisations", DESCRIPTION, UP, DOWN)
