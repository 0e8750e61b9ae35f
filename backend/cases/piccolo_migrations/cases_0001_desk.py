"""Hand-overs, openings, saved views, actions on many cases."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T09:00:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "hand-overs, openings, saved views, actions on many cases"

UP = [
    """
    create table case_handover (
        id uuid primary key,
        application uuid not null references application (id),
        from_account uuid references account (id),
        to_account uuid not null references account (id),
        reason text not null,
        at timestamptz not null,
        constraint case_handover_moves check (from_account is distinct from to_account)
    )
    """,
    "create index case_handover_application on case_handover (application, at)",
    "create index case_handover_from on case_handover (from_account)",
    "create index case_handover_to on case_handover (to_account)",
    """
    create table case_opening (
        id uuid primary key,
        application uuid not null references application (id),
        account uuid not null references account (id),
        opened_at timestamptz not null,
        unique (application, account)
    )
    """,
    "create index case_opening_account on case_opening (account)",
    "create index case_opening_at on case_opening (opened_at)",
    """
    create table saved_view (
        id uuid primary key,
        account uuid not null references account (id),
        name varchar(80) not null check (name <> ''),
        query varchar(500) not null,
        is_shared boolean not null default false,
        created_at timestamptz not null,
        unique (account, name)
    )
    """,
    """
    create table bulk_run (
        id uuid primary key,
        account uuid not null references account (id),
        action varchar(20) not null,
        to_account uuid references account (id),
        reason text not null default '',
        cases jsonb not null,
        asked_at timestamptz not null
    )
    """,
    "create index bulk_run_account on bulk_run (account)",
    "create index bulk_run_to on bulk_run (to_account)",
    """
    create table bulk_result (
        id uuid primary key,
        run uuid not null references bulk_run (id),
        application uuid not null references application (id),
        refused jsonb,
        unique (run, application)
    )
    """,
    "create index bulk_result_application on bulk_result (application)",
]
DOWN = [
    "drop table bulk_result",
    "drop table bulk_run",
    "drop table saved_view",
    "drop table case_opening",
    "drop table case_handover",
]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "cases", DESCRIPTION, UP, DOWN)
