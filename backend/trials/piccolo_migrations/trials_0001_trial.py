"""Trials: one an application, numbered, searchable without marks."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T09:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "trials"

UP = [
    """
    create table trial (
        id uuid primary key,
        application uuid not null unique references application (id),
        decision uuid not null references decision (id),
        organisation uuid not null references organisation (id),
        programme_key varchar(40) not null,
        pin_in_force date not null,
        pin_sha256 varchar(64) not null,
        number varchar(30) not null unique,
        state varchar(40) not null,
        title text not null,
        title_folded text not null,
        summary text not null default '',
        field varchar(40) not null default '',
        place text not null default '',
        ward varchar(80) not null default '',
        starts_on date not null,
        ends_on date not null,
        limits jsonb not null default '{}',
        conditions jsonb not null default '[]',
        exemptions jsonb not null default '[]',
        public jsonb not null default '{}',
        search text not null default '',
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint trial_dates_in_order check (starts_on <= ends_on)
    )
    """,
    "create index trial_decision on trial (decision)",
    "create index trial_organisation on trial (organisation)",
    "create index trial_newest on trial (starts_on desc, number desc)",
    "create index trial_first_to_end on trial (ends_on, number)",
    "create index trial_facets on trial (state, field, ward, starts_on)",
    "create index trial_updated_at on trial (updated_at)",
    "create index trial_search_trgm on trial using gin (search gin_trgm_ops)",
]
DOWN = ["drop table trial"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "trials", DESCRIPTION, UP, DOWN)
