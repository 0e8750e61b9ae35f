"""Migrations are plain SQL, up and down; the tables in Python mirror them and a test compares the two."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppConfig, AppRegistry, Finder, MigrationModule
from piccolo.table import Table

from backend.kit.db import engine, retrying, transaction
from backend.kit.db_faults import DatabaseFault, Duplicate, Raced

FOLDER = "piccolo_migrations"
# one row of one table, asked for by name: also where the database knows no advisory locks
LOCK_TABLE = "CREATE TABLE IF NOT EXISTS migration_lock (id integer PRIMARY KEY)"
LOCK_ROW = "INSERT INTO migration_lock (id) VALUES (1) ON CONFLICT (id) DO NOTHING"
# IF NOT EXISTS does not wait for one who is just making it, and then trips over the table or its type
JUST_MADE = {"42P07", "42710"}
TAKE_LOCK = "SELECT id FROM migration_lock WHERE id = 1 FOR UPDATE"


def app_config(file: str, name: str, tables: Sequence[type[Table]]) -> AppConfig:
    """Return the registration of the feature whose `piccolo_app.py` is `file`."""
    return AppConfig(
        app_name=name,
        migrations_folder_path=str(Path(file).parent / FOLDER),
        table_classes=list(tables),
    )


def sql_migration(
    migration_id: str, app: str, description: str, up: Sequence[str], down: Sequence[str]
) -> MigrationManager:
    """Return the migration that runs the statements `up`, and `down` to take them back."""
    manager = MigrationManager(migration_id=migration_id, app_name=app, description=description)

    async def forwards() -> None:
        for statement in up:
            await engine().run_ddl(statement)

    async def backwards() -> None:
        for statement in down:
            await engine().run_ddl(statement)

    manager.add_raw(forwards)
    manager.add_raw_backwards(backwards)
    return manager


def registry() -> AppRegistry:
    """Return the apps of `backend.piccolo_conf`, in the order of their migrations."""
    return Finder().get_app_registry()


def app_names() -> list[str]:
    """Return the names of all apps, in the order of their migrations."""
    return list(registry().app_configs)


async def migrate_all() -> list[str]:
    """Run what has not run yet, of all apps, in one transaction; return the ids.

    Several processes may call it at once: they take turns.
    """
    await _prepare()
    async with transaction():
        await engine().run_ddl(TAKE_LOCK)
        return [done for name in app_names() for done in await _forwards(name)]


async def migrate_back(app: str) -> list[str]:
    """Take back every migration of `app`, the last one first, in one transaction; return the ids."""
    await _prepare()
    async with transaction():
        await engine().run_ddl(TAKE_LOCK)
        return await _backwards(app)


@retrying
async def _prepare() -> None:
    """Make the tables of migrations; whoever is second finds them made."""
    try:
        async with transaction():
            await engine().run_ddl(LOCK_TABLE)
            await engine().run_ddl(LOCK_ROW)
            await Migration.create_table(if_not_exists=True)
    except Duplicate:
        raise Raced from None
    except DatabaseFault as fault:
        if fault.sqlstate in JUST_MADE:
            raise Raced from None
        raise


async def _forwards(app: str) -> list[str]:
    modules = migration_modules(app)
    ran = set(await Migration.get_migrations_which_ran(app))
    missing = [migration_id for migration_id in modules if migration_id not in ran]
    for migration_id in missing:
        for run in (await modules[migration_id].forwards()).raw:
            await run()
        await Migration(name=migration_id, app_name=app).save()
    return missing


async def _backwards(app: str) -> list[str]:
    modules = migration_modules(app)
    ran = sorted(await Migration.get_migrations_which_ran(app), reverse=True)
    for migration_id in ran:
        for run in (await modules[migration_id].forwards()).raw_backwards:
            await run()
        await Migration.delete().where((Migration.name == migration_id) & (Migration.app_name == app))
    return ran


def migration_modules(app: str) -> dict[str, MigrationModule]:
    """Return the migrations of `app` by id, in order. Raises KeyError for an app nobody registered.

    Imported by their full name: Piccolo's own loader takes the bare file name and would mix up two apps.
    """
    folder = Path(registry().app_configs[app].resolved_migrations_folder_path)
    package = ".".join(folder.relative_to(Path(__file__).parents[2]).parts)
    names = sorted(file.stem for file in folder.glob("*.py") if file.stem != "__init__")
    modules = [cast("MigrationModule", importlib.import_module(f"{package}.{name}")) for name in names]
    return {module.ID: module for module in sorted(modules, key=lambda module: module.ID)}
