"""Proposed rule files and the effects of their simulation."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T10:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "proposed rule files"

UP = [
    """
    create table rule_proposal (
        id uuid primary key,
        key varchar(40) not null,
        in_force date not null,
        sha256 varchar(64) not null unique,
        content text not null,
        proposed_by uuid not null references account (id),
        proposed_at timestamptz not null,
        as_of timestamptz,
        total integer not null default 0,
        done integer not null default 0,
        finished_at timestamptz,
        check (done <= total)
    )
    """,
    "create index rule_proposal_proposed_by on rule_proposal (proposed_by)",
    """
    create table rule_effect (
        id uuid primary key,
        proposal uuid not null references rule_proposal (id) on delete cascade,
        number varchar(30) not null,
        what varchar(10) not null,
        key varchar(80) not null,
        old varchar(40) not null,
        new varchar(40) not null
    )
    """,
    "create index rule_effect_proposal on rule_effect (proposal, number)",
]
DOWN = ["drop table rule_effect", "drop table rule_proposal"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "insight", DESCRIPTION, UP, DOWN)
