"""Needs, offers, evidence, suggestions as shown, introductions; one row names the index in use."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T10:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "matchmaking"

UP = [
    """
    create table need (
        id uuid primary key,
        organisation uuid not null references organisation (id),
        created_by uuid not null references account (id),
        title varchar(160) not null,
        text text not null,
        skills jsonb not null default '[]',
        listed boolean not null default false,
        revision integer not null default 1,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        closed_at timestamptz
    )
    """,
    "create index need_organisation on need (organisation, created_at desc)",
    "create index need_created_by on need (created_by)",
    "create index need_listed on need (created_at desc) where listed and closed_at is null",
    """
    create table offer (
        id uuid primary key,
        account uuid not null unique references account (id),
        organisation uuid references organisation (id),
        kind varchar(10) not null check (kind in ('expert', 'institute')),
        headline varchar(160) not null,
        about text not null,
        languages varchar[] not null default '{}',
        availability varchar(20) not null,
        forms varchar[] not null default '{}',
        skills jsonb not null default '[]',
        contact varchar(200) not null default '',
        visible boolean not null default false,
        consented_at timestamptz,
        revision integer not null default 1,
        search text not null default '',
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint offer_visible_by_consent check (not visible or consented_at is not null)
    )
    """,
    "create index offer_organisation on offer (organisation)",
    "create index offer_visible on offer (headline, id) where visible",
    "create index offer_skills on offer using gin (skills jsonb_path_ops)",
    "create index offer_search_trgm on offer using gin (search gin_trgm_ops)",
    """
    create table evidence (
        id uuid primary key,
        offer uuid not null references offer (id),
        kind varchar(20) not null,
        title varchar(300) not null,
        text text not null default '',
        year integer check (year between 1900 and 2200),
        created_at timestamptz not null
    )
    """,
    "create index evidence_offer on evidence (offer)",
    """
    create table suggestion (
        id uuid primary key,
        need uuid not null references need (id),
        need_revision integer not null,
        offer uuid not null references offer (id),
        artefact varchar(64) not null,
        rank integer not null check (rank > 0),
        score double precision not null,
        coverage double precision,
        band varchar(10) not null,
        reasons jsonb not null default '[]',
        signals jsonb not null default '{}',
        shown_to uuid not null references account (id),
        shown_at timestamptz not null,
        unique (need, need_revision, artefact, offer)
    )
    """,
    "create index suggestion_offer on suggestion (offer)",
    "create index suggestion_shown_to on suggestion (shown_to)",
    """
    create table introduction (
        id uuid primary key,
        need uuid not null references need (id),
        offer uuid not null references offer (id),
        asked_from varchar(10) not null check (asked_from in ('need', 'offer')),
        state varchar(10) not null check (state in ('asked', 'accepted', 'declined', 'withdrawn')),
        message text not null,
        answer text not null default '',
        asked_by uuid not null references account (id),
        asked_at timestamptz not null,
        ended_by uuid references account (id),
        ended_at timestamptz,
        constraint introduction_ended_by_somebody check ((state = 'asked') = (ended_by is null))
    )
    """,
    """
    create unique index introduction_live on introduction (need, offer) where state in ('asked', 'accepted')
    """,
    "create index introduction_need on introduction (need)",
    "create index introduction_offer on introduction (offer)",
    "create index introduction_asked_by on introduction (asked_by)",
    "create index introduction_ended_by on introduction (ended_by)",
    """
    create table matching_index (
        id integer primary key check (id = 1),
        artefact varchar(64) not null default '',
        stamp varchar(100) not null default '',
        offers integer not null default 0,
        fitted_at timestamptz
    )
    """,
    "insert into matching_index (id) values (1)",
]
DOWN = [
    f"drop table {name}"
    for name in ("matching_index", "introduction", "suggestion", "evidence", "offer", "need")
]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "matchmaking", DESCRIPTION, UP, DOWN)
