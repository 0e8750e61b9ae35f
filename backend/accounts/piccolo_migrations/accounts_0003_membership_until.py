"""Somebody may act for an organisation until a day; editors and viewers may less than members."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T17:10:00:000003"
VERSION = "1.38.0"
DESCRIPTION = "until when somebody acts for an organisation"

UP = [
    "alter table membership add column ends_on date",
    "alter table membership drop constraint membership_role_check",
    """
    alter table membership add constraint membership_role_check
    check (role in ('owner', 'member', 'editor', 'viewer'))
    """,
]
DOWN = [
    "delete from membership where role in ('editor', 'viewer')",
    "alter table membership drop constraint membership_role_check",
    "alter table membership add constraint membership_role_check check (role in ('owner', 'member'))",
    "alter table membership drop column ends_on",
]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "accounts", DESCRIPTION, UP, DOWN)
