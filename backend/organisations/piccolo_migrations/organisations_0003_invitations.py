"""Invitations of co-workers by e-mail."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T11:30:00:000003"
VERSION = "1.38.0"
DESCRIPTION = "invitations of co-workers"

UP = [
    """CREATE TABLE invitation (
        id uuid PRIMARY KEY,
        organisation uuid NOT NULL REFERENCES organisation (id),
        email varchar(254) NOT NULL,
        role varchar(10) NOT NULL CHECK (role IN ('owner', 'member', 'editor', 'viewer')),
        ends_on date,
        invited_by uuid NOT NULL REFERENCES account (id),
        invited_at timestamptz NOT NULL,
        expires_on date NOT NULL,
        state varchar(10) NOT NULL
            CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn', 'expired')),
        ended_at timestamptz,
        link_digest varchar(64) UNIQUE,
        CONSTRAINT invitation_ended_once CHECK ((state = 'open') = (ended_at IS NULL)),
        CONSTRAINT invitation_owner_stays CHECK (role <> 'owner' OR ends_on IS NULL)
    )""",
    "CREATE INDEX invitation_of ON invitation (organisation, invited_at)",
    "CREATE INDEX invitation_by ON invitation (invited_by)",
    "CREATE UNIQUE INDEX invitation_one_open ON invitation (organisation, email) WHERE state = 'open'",
    "CREATE INDEX invitation_to ON invitation (email) WHERE state = 'open'",
]
DOWN = ["DROP TABLE invitation"]


async def forwards() -> MigrationManager:
    """Called by the migration runner."""
    return sql_migration(ID, "organisations", DESCRIPTION, UP, DOWN)
