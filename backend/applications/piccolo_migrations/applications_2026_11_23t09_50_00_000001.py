"""The case page reads replaced files too: an index of all files of a case."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T09:50:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "index of all files of a case"

UP = ["create index upload_case on upload (application, uploaded_at)"]
DOWN = ["drop index upload_case"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "applications", DESCRIPTION, UP, DOWN)
