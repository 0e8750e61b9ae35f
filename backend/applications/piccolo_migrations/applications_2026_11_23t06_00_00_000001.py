"""Applications, uploads, notices."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T06:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "applications, uploads, notices"

UP = [
    "create extension if not exists pg_trgm",
    """
    create table application (
        id uuid primary key,
        organisation uuid not null references organisation (id),
        created_by uuid not null references account (id),
        programme_key varchar(40) not null,
        pin_in_force date not null,
        pin_sha256 varchar(64) not null,
        state varchar(40) not null,
        number varchar(30) unique,
        title text not null default '',
        title_folded text not null default '',
        search text not null default '',
        answers jsonb not null default '{}',
        handed_in jsonb,
        revision integer not null default 0,
        handler uuid references account (id),
        submitted_on date,
        decided_on date,
        due_on date,
        clock_key varchar(60),
        clock_limit integer,
        clock_used integer,
        clock_state varchar(20),
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint application_number_once_submitted check ((number is null) = (submitted_on is null))
    )
    """,
    "create index application_organisation on application (organisation)",
    "create index application_created_by on application (created_by)",
    "create index application_state on application (state)",
    "create index application_open on application (state, handler) where number is not null",
    "create index application_handler on application (handler)",
    "create index application_search_trgm on application using gin (search gin_trgm_ops)",
    """
    create index application_queue on application
        ((case clock_state when 'running' then 0 when 'stopped' then 1 else 2 end), due_on, number)
        where number is not null
    """,
    """
    create table upload (
        id uuid primary key,
        application uuid not null references application (id),
        slot varchar(60) not null,
        filename text not null,
        content_type varchar(100) not null,
        size integer not null check (size > 0),
        sha256 varchar(64) not null,
        file_key varchar(200) not null,
        original_sha256 varchar(64) not null,
        original_key varchar(200) not null,
        scan varchar(20) not null,
        secret boolean not null default false,
        uploaded_by uuid not null references account (id),
        uploaded_at timestamptz not null,
        replaced_at timestamptz
    )
    """,
    "create index upload_application on upload (application, slot) where replaced_at is null",
    "create index upload_uploaded_by on upload (uploaded_by)",
    """
    create table application_notice (
        id uuid primary key,
        application uuid not null references application (id),
        transition varchar(60) not null,
        reasons text not null,
        due_on date,
        written_by uuid not null references account (id),
        written_at timestamptz not null
    )
    """,
    "create index application_notice_application on application_notice (application, written_at)",
    "create index application_notice_written_by on application_notice (written_by)",
]
DOWN = ["drop table application_notice", "drop table upload", "drop table application"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "applications", DESCRIPTION, UP, DOWN)
