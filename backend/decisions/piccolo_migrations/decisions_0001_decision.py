"""Decisions: at most one open or signed an application; the signer is never the proposer."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T08:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "decisions"

UP = [
    """
    create table decision (
        id uuid primary key,
        application uuid not null references application (id),
        kind varchar(40) not null,
        state varchar(10) not null check (state in ('proposed', 'returned', 'signed')),
        starts_on date,
        ends_on date,
        limits jsonb not null default '{}',
        conditions jsonb not null default '[]',
        exemptions jsonb not null default '[]',
        reasons text not null default '',
        proposed_by uuid not null references account (id),
        proposed_at timestamptz not null,
        return_reason text not null default '',
        ended_by uuid references account (id),
        ended_at timestamptz,
        document uuid references issued_document (id),
        constraint decision_dates_in_order check (starts_on <= ends_on),
        constraint decision_ended_by_somebody check ((state = 'proposed') = (ended_by is null)),
        constraint decision_four_eyes check (state <> 'signed' or ended_by <> proposed_by),
        constraint decision_signed_has_document check ((state = 'signed') = (document is not null))
    )
    """,
    "create index decision_application on decision (application)",
    "create unique index decision_live on decision (application) where state in ('proposed', 'signed')",
    "create index decision_proposed_by on decision (proposed_by)",
    "create index decision_ended_by on decision (ended_by)",
    "create index decision_document on decision (document)",
]
DOWN = ["drop table decision"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "decisions", DESCRIPTION, UP, DOWN)
