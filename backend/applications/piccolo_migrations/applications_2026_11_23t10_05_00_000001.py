"""Answers kept from the public as trade secrets, each with its reason."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T10:05:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "trade secrets among public answers"

UP = ["alter table application add column secrets jsonb not null default '{}'"]
DOWN = ["alter table application drop column secrets"]


async def forwards() -> MigrationManager:
    return sql_migration(ID, "applications", DESCRIPTION, UP, DOWN)
