"""Agencies that are asked for their opinion may have accounts."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T16:50:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "the role of a consulted agency"

BEFORE = [
    "applicant",
    "officer",
    "appraiser",
    "authority",
    "supervisor",
    "institute",
    "expert",
    "admin",
    "auditor",
]


def _known(roles: list[str]) -> str:
    listed = ", ".join(f"'{role}'" for role in roles)
    return (
        f"alter table account add constraint account_roles_known check (roles <@ array[{listed}]::varchar[])"
    )


DROP = "alter table account drop constraint account_roles_known"
UP = [DROP, _known([*BEFORE, "consulted"])]
DOWN = ["update account set roles = array_remove(roles, 'consulted')", DROP, _known(BEFORE)]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "accounts", DESCRIPTION, UP, DOWN)
