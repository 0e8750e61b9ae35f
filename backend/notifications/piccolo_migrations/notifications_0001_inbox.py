"""The inbox of every account, and how its news shall reach it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T16:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "notifications and preferences"

UP = [
    """
    create table notification (
        id uuid primary key,
        account uuid not null references account (id),
        kind varchar(20) not null,
        key varchar(160) not null,
        news jsonb not null,
        how varchar(6) not null,
        created_at timestamptz not null,
        read_at timestamptz,
        mailed_at timestamptz,
        unique (account, key)
    )
    """,
    "create index notification_inbox on notification (account, created_at desc, id)",
    "create index notification_unread on notification (account) where read_at is null",
    "create index notification_page on notification ((news ->> 'path'))",
    """
    create index notification_to_digest on notification (account)
    where mailed_at is null and how in ('daily', 'weekly')
    """,
    """
    create table notification_preference (
        id uuid primary key,
        account uuid not null references account (id),
        kind varchar(20) not null,
        how varchar(6) not null,
        unique (account, kind)
    )
    """,
]
DOWN = ["drop table notification_preference", "drop table notification"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "notifications", DESCRIPTION, UP, DOWN)
