"""Days of each decided case, part by part."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T09:40:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "days of decided cases"

UP = [
    """
    create table case_span (
        id uuid primary key,
        application uuid not null references application (id),
        programme_key varchar(40) not null,
        part varchar(20) not null,
        agency_days double precision not null,
        applicant_days double precision not null,
        unique (application, part)
    )
    """,
    "create index case_span_programme on case_span (programme_key, part)",
]
DOWN = ["drop table case_span"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "watch", DESCRIPTION, UP, DOWN)
