"""Evidence bundles of cases."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T16:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "evidence bundles"

UP = [
    """
    create table evidence_bundle (
        id uuid primary key,
        application uuid not null references application (id),
        asked_by uuid not null references account (id),
        asked_at timestamptz not null,
        made_at timestamptz,
        sha256 varchar(64),
        size bigint,
        file_key varchar(100),
        check ((made_at is null) = (sha256 is null)),
        check ((made_at is null) = (file_key is null))
    )
    """,
    "create index evidence_bundle_application on evidence_bundle (application, asked_at)",
    "create index evidence_bundle_asked_by on evidence_bundle (asked_by)",
]
DOWN = ["drop table evidence_bundle"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "bundles", DESCRIPTION, UP, DOWN)
