"""Questions to the agency before any application."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T10:15:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "enquiries"

UP = [
    """
    create table enquiry (
        id uuid primary key,
        asked_by uuid not null references account (id),
        programme_key varchar(40) not null,
        pin_in_force date not null,
        pin_sha256 varchar(64) not null,
        state varchar(20) not null,
        title varchar(200) not null,
        question text not null,
        asked_at timestamptz not null,
        answer text not null default '',
        answered_by uuid references account (id),
        answered_at timestamptz,
        constraint enquiry_answered_once check ((answered_at is null) = (answered_by is null))
    )
    """,
    "create index enquiry_asked_by on enquiry (asked_by, asked_at)",
    "create index enquiry_open on enquiry (asked_at) where answered_at is null",
    "create index enquiry_answered_by on enquiry (answered_by)",
]
DOWN = ["drop table enquiry"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "applications", DESCRIPTION, UP, DOWN)
