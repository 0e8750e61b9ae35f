"""Corrections of the identity data of organisations."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T10:30:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "corrections of identity data"

UP = [
    """CREATE TABLE identity_correction (
        id uuid PRIMARY KEY,
        organisation uuid NOT NULL REFERENCES organisation (id),
        asked_by uuid NOT NULL REFERENCES account (id),
        asked_at timestamptz NOT NULL,
        before jsonb NOT NULL,
        after jsonb NOT NULL,
        reason text NOT NULL,
        state varchar(10) NOT NULL CHECK (state IN ('open', 'accepted', 'refused')),
        answer text NOT NULL,
        decided_by uuid REFERENCES account (id),
        decided_at timestamptz,
        CONSTRAINT identity_correction_decided_once CHECK (
            (state = 'open') = (decided_at IS NULL) AND (decided_by IS NULL OR decided_at IS NOT NULL)
        )
    )""",
    "CREATE INDEX identity_correction_of ON identity_correction (organisation, asked_at)",
    "CREATE INDEX identity_correction_by ON identity_correction (asked_by)",
    "CREATE INDEX identity_correction_decider ON identity_correction (decided_by)",
    "CREATE INDEX identity_correction_state ON identity_correction (state, asked_at)",
    """CREATE UNIQUE INDEX identity_correction_one_open ON identity_correction (organisation)
        WHERE state = 'open'""",
]
DOWN = ["DROP TABLE identity_correction"]


async def forwards() -> MigrationManager:
    """Called by the migration runner."""
    return sql_migration(ID, "organisations", DESCRIPTION, UP, DOWN)
