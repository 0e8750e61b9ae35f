"""How long the parts of a procedure really took."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T09:40:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "real times"

UP = [
    """
    create table step_time (
        id uuid primary key,
        programme_key varchar(40) not null,
        part varchar(20) not null,
        cases integer not null,
        agency_median double precision not null,
        agency_p90 double precision not null,
        applicant_median double precision not null,
        applicant_p90 double precision not null,
        counted_at timestamptz not null,
        unique (programme_key, part)
    )
    """,
]
DOWN = ["drop table step_time"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "programmes", DESCRIPTION, UP, DOWN)
