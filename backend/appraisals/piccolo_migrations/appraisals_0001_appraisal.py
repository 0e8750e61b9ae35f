"""Appraisals; marks once given stay."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T07:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "appraisals"

UP = [
    """
    create table appraisal (
        id uuid primary key,
        application uuid not null references application (id),
        appraiser uuid not null references account (id),
        round integer not null check (round > 0),
        assigned_by uuid not null references account (id),
        assigned_at timestamptz not null,
        conflict varchar(10) check (conflict in ('none', 'declared')),
        conflict_reason text not null default '',
        declared_at timestamptz,
        scores jsonb,
        remarks text not null default '',
        weighted_score double precision,
        submitted_at timestamptz,
        constraint appraisal_once_a_round unique (application, appraiser, round),
        constraint appraisal_without_conflict check (submitted_at is null or conflict = 'none'),
        constraint appraisal_marks_complete check ((submitted_at is null) = (scores is null))
    )
    """,
    "create index appraisal_application on appraisal (application)",
    "create index appraisal_appraiser on appraisal (appraiser)",
    "create index appraisal_assigned_by on appraisal (assigned_by)",
]
DOWN = ["drop table appraisal"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "appraisals", DESCRIPTION, UP, DOWN)
