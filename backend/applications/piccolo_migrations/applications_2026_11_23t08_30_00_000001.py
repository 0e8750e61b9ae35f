"""Typed supplement requests, and the officers' check lists."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T08:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "supplement requests, intake sheets"

UP = [
    """
    create table supplement_request (
        id uuid primary key,
        application uuid not null references application (id),
        notice uuid not null unique references application_notice (id),
        round integer not null check (round > 0),
        state varchar(20) not null check (state in ('open', 'answered', 'cancelled', 'lapsed')),
        files jsonb not null default '{}',
        asked_at timestamptz not null,
        closed_at timestamptz,
        constraint supplement_round_once unique (application, round),
        constraint supplement_closed_once check ((state = 'open') = (closed_at is null))
    )
    """,
    "create unique index supplement_open on supplement_request (application) where state = 'open'",
    """
    create table supplement_item (
        id uuid primary key,
        request uuid not null references supplement_request (id),
        kind varchar(10) not null check (kind in ('field', 'document')),
        key varchar(80) not null,
        fault text not null default '',
        state varchar(20) not null,
        before jsonb,
        after jsonb,
        added_at timestamptz not null
    )
    """,
    "create index supplement_item_request on supplement_item (request)",
    """
    create table intake_sheet (
        id uuid primary key,
        application uuid not null references application (id),
        officer uuid not null references account (id),
        marks jsonb not null default '{}',
        revision integer not null default 0,
        updated_at timestamptz not null,
        constraint intake_sheet_once unique (application, officer)
    )
    """,
    "create index intake_sheet_officer on intake_sheet (officer)",
]
DOWN = ["drop table intake_sheet", "drop table supplement_item", "drop table supplement_request"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "applications", DESCRIPTION, UP, DOWN)
