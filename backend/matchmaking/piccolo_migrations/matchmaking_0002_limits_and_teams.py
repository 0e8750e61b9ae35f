"""Where an offer is, what a need asks of everybody, teams kept for a need."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T10:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "limits and teams"

UP = [
    "alter table offer add column country varchar(2) not null default ''",
    "alter table need add column limits jsonb not null default '{}'",
    """
    create table team (
        id uuid primary key,
        need uuid not null references need (id),
        offers uuid[] not null,
        application uuid references application (id),
        created_by uuid not null references account (id),
        created_at timestamptz not null,
        constraint team_of_somebody check (cardinality(offers) > 0)
    )
    """,
    "create index team_need on team (need, created_at desc)",
    "create index team_application on team (application)",
    "create index team_created_by on team (created_by)",
]
DOWN = [
    "drop table team",
    "alter table need drop column limits",
    "alter table offer drop column country",
]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "matchmaking", DESCRIPTION, UP, DOWN)
