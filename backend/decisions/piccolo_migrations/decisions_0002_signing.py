"""Who may sign for whom and when; the second person before the signature; decisions that end others."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T09:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "signing authorities, countersignature, recall and replacement"

UP = [
    """
    create table signing_authority (
        id uuid primary key,
        account uuid not null references account (id),
        act varchar(12) not null check (act in ('sign', 'countersign')),
        capacity varchar(3) not null check (capacity in ('TM', 'KT', 'TUQ', 'TL')),
        title_vi text not null check (title_vi <> ''),
        title_en text not null,
        agency_vi text not null default '',
        agency_en text not null default '',
        for_whom_vi text not null default '',
        for_whom_en text not null default '',
        principal uuid references account (id),
        kinds jsonb not null default '[]',
        asks_countersign boolean not null default false,
        from_on date not null,
        until_on date,
        basis text not null check (basis <> ''),
        entered_by uuid not null references account (id),
        entered_at timestamptz not null,
        withdrawn_by uuid references account (id),
        withdrawn_at timestamptz,
        constraint signing_authority_days check (from_on <= until_on),
        constraint signing_authority_of_agency check (capacity <> 'TM' or agency_vi <> ''),
        constraint signing_authority_for_somebody check (capacity = 'TM' or for_whom_vi <> ''),
        constraint signing_authority_not_for_oneself check (principal <> account),
        constraint signing_authority_not_by_oneself check (entered_by <> account),
        constraint signing_authority_withdrawn check ((withdrawn_by is null) = (withdrawn_at is null))
    )
    """,
    "create index signing_authority_account on signing_authority (account)",
    "create index signing_authority_principal on signing_authority (principal)",
    "create index signing_authority_entered_by on signing_authority (entered_by)",
    "create index signing_authority_withdrawn_by on signing_authority (withdrawn_by)",
    "alter table decision alter column state type varchar(15)",
    """
    alter table decision
        add column succeeds uuid references decision (id),
        add column countersigned_by uuid references account (id),
        add column countersigned_at timestamptz,
        add column countersigned_as jsonb,
        add column signed_as jsonb,
        add column recalled_at timestamptz,
        drop constraint decision_state_check,
        drop constraint decision_ended_by_somebody,
        drop constraint decision_four_eyes,
        drop constraint decision_signed_has_document,
        add constraint decision_state_check
            check (state in ('proposed', 'countersigned', 'returned', 'signed', 'recalled')),
        add constraint decision_ended_by_somebody
            check ((state in ('proposed', 'countersigned')) = (ended_by is null)),
        add constraint decision_four_eyes
            check (state not in ('signed', 'recalled') or ended_by <> proposed_by),
        add constraint decision_three_hands
            check (countersigned_by <> proposed_by
                and (state not in ('signed', 'recalled') or countersigned_by <> ended_by)),
        add constraint decision_signed_has_document
            check ((state in ('signed', 'recalled')) = (document is not null)),
        add constraint decision_recalled check ((state = 'recalled') = (recalled_at is not null))
    """,
    "drop index decision_live",
    "create unique index decision_in_force on decision (application) where state = 'signed'",
    """create unique index decision_open on decision (application)
        where state in ('proposed', 'countersigned')""",
    "create index decision_succeeds on decision (succeeds)",
    "create index decision_countersigned_by on decision (countersigned_by)",
]
DOWN = [
    """
    alter table decision
        drop constraint decision_recalled,
        drop constraint decision_three_hands,
        drop constraint decision_signed_has_document,
        drop constraint decision_four_eyes,
        drop constraint decision_ended_by_somebody,
        drop constraint decision_state_check
    """,
    "drop index decision_in_force",
    "drop index decision_open",
    "update decision set succeeds = null",
    "update decision set state = 'returned', document = null, recalled_at = null where state = 'recalled'",
    "update decision set state = 'proposed' where state = 'countersigned'",
    """
    alter table decision
        drop column succeeds,
        drop column countersigned_by,
        drop column countersigned_at,
        drop column countersigned_as,
        drop column signed_as,
        drop column recalled_at,
        add constraint decision_state_check check (state in ('proposed', 'returned', 'signed')),
        add constraint decision_ended_by_somebody check ((state = 'proposed') = (ended_by is null)),
        add constraint decision_four_eyes check (state <> 'signed' or ended_by <> proposed_by),
        add constraint decision_signed_has_document check ((state = 'signed') = (document is not null))
    """,
    "alter table decision alter column state type varchar(10)",
    "create unique index decision_live on decision (application) where state in ('proposed', 'signed')",
    "drop table signing_authority",
]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "decisions", DESCRIPTION, UP, DOWN)
