"""Accounts and memberships."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T02:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "accounts, memberships"

UP = [
    """CREATE TABLE account (
        id uuid PRIMARY KEY,
        email varchar(254) NOT NULL UNIQUE,
        name varchar(120) NOT NULL,
        password_hash varchar(255) NOT NULL,
        roles varchar[] NOT NULL,
        lang varchar(2) NOT NULL CHECK (lang IN ('vi', 'en')),
        active boolean NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT account_roles_known CHECK (roles <@ ARRAY[
            'applicant', 'officer', 'appraiser', 'authority', 'supervisor',
            'institute', 'expert', 'admin', 'auditor']::varchar[])
    )""",
    """CREATE TABLE membership (
        id uuid PRIMARY KEY,
        account uuid NOT NULL REFERENCES account (id),
        organisation uuid NOT NULL,
        role varchar(10) NOT NULL CHECK (role IN ('owner', 'member')),
        created_at timestamptz NOT NULL,
        CONSTRAINT membership_once UNIQUE (account, organisation)
    )""",
    "CREATE INDEX membership_organisation ON membership (organisation)",
    "ALTER TABLE session ADD CONSTRAINT session_of_account FOREIGN KEY (account) REFERENCES account (id)",
]
DOWN = [
    "ALTER TABLE session DROP CONSTRAINT session_of_account",
    "DROP TABLE membership",
    "DROP TABLE account",
]


async def forwards() -> MigrationManager:
    """Called by the migration runner."""
    return sql_migration(ID, "accounts", DESCRIPTION, UP, DOWN)
