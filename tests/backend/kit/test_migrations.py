"""Migrations go up, down and up again, and the tables in Python are the tables of the database."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from piccolo.apps.migrations.tables import Migration
from piccolo.columns import Column, ForeignKey
from piccolo.table import Table

from backend.kit import migrations
from backend.kit.db import DatabaseFault, Engine, Raced, engine
from backend.kit.migrations import app_names, migrate_all, migrate_back, migration_modules, registry

OF_THE_MIGRATIONS_THEMSELVES = {"migration", "migration_lock"}

COLUMNS = """
    SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable
    FROM pg_attribute a WHERE a.attrelid = '{}'::regclass AND a.attnum > 0 AND NOT a.attisdropped"""
FOREIGN_KEYS = """
    SELECT a.attname AS name, c.confrelid::regclass::text AS target FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
    WHERE c.contype = 'f' AND c.conrelid = '{}'::regclass"""
UNINDEXED = """
    SELECT c.conrelid::regclass::text || '.' || a.attname AS name FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND NOT EXISTS (
        SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])"""
UNIQUE = """
    SELECT a.attname AS name FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indisunique AND i.indnatts = 1 AND i.indpred IS NULL AND i.indrelid = '{}'::regclass"""
SPELLINGS = {
    "character varying": "varchar",
    "timestamp with time zone": "timestamptz",
    "double precision": "float8",
}


def tables() -> Iterator[type[Table]]:
    for config in registry().app_configs.values():
        yield from config.table_classes


def written_type(column: Column) -> str:
    """The type of a column as PostgreSQL spells it."""
    if isinstance(column, ForeignKey):
        return written_type(column._foreign_key_meta.resolved_target_column)
    spelled = column.column_type.lower()
    return {"double precision": "float8", "smallint": "smallint"}.get(spelled, spelled).replace(", ", ",")


async def rows(sql: str, *names: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await engine().run_ddl(sql.format(*names))]


def found_type(spelled: str) -> str:
    return re.sub("|".join(SPELLINGS), lambda match: SPELLINGS[match[0]], spelled)


@pytest.mark.parametrize("table", list(tables()), ids=lambda table: table._meta.tablename)
async def test_table_in_python_is_the_table_of_the_database(db: Engine, table: type[Table]) -> None:
    name = table._meta.tablename
    told = {
        column._meta.db_column_name: (written_type(column), column._meta.null)
        for column in table._meta.columns
    }
    found = {row["name"]: (found_type(row["type"]), row["nullable"]) for row in await rows(COLUMNS, name)}
    assert told == found
    told_keys = {
        key._meta.db_column_name: key._foreign_key_meta.resolved_references._meta.tablename
        for key in table._meta.foreign_key_columns
    }
    keys = {row["name"]: row["target"] for row in await rows(FOREIGN_KEYS, name)}
    # the kit's tables know no feature: a feature's migration may tie them to its own
    assert told_keys == {name: target for name, target in keys.items() if name in told_keys}
    told_unique = {column._meta.db_column_name for column in table._meta.columns if column._meta.unique}
    unique = {row["name"] for row in await rows(UNIQUE, name)}
    assert told_unique - unique == set()


async def test_database_has_the_registered_tables_and_no_others(db: Engine) -> None:
    found = await rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    told = {table._meta.tablename for table in tables()}
    assert {row["name"] for row in found} == told | OF_THE_MIGRATIONS_THEMSELVES


async def test_every_foreign_key_has_an_index(db: Engine) -> None:
    assert [row["name"] for row in await rows(UNINDEXED)] == []


async def shape_of_the_database() -> list[dict[str, Any]]:
    columns = await rows(
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'public' ORDER BY table_name, column_name"
    )
    others = await rows(
        "SELECT indexdef AS it FROM pg_indexes WHERE schemaname = 'public'"
        " UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid > 0"
        " UNION ALL SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
        " ORDER BY it"
    )
    return columns + others


async def test_every_app_goes_back_and_forwards_again(committed_db: str) -> None:
    before = await shape_of_the_database()
    for app in reversed(app_names()):
        assert await migrate_back(app) == sorted(migration_modules(app), reverse=True)
    left = await rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    assert {row["name"] for row in left} == OF_THE_MIGRATIONS_THEMSELVES
    assert await migrate_all() == [done for app in app_names() for done in migration_modules(app)]
    assert await shape_of_the_database() == before
    assert await migrate_all() == []
    assert await migrate_back(app_names()[-1]) != []


async def test_processes_that_migrate_at_once_take_turns(committed_db: str) -> None:
    await go_back_all_the_way()
    await engine().run_ddl("DROP TABLE migration, migration_lock")
    done = await asyncio.gather(*(migrate_all() for _ in range(4)))
    assert sorted(map(bool, done)) == [False, False, False, True]
    everything = [(app, name) for app in app_names() for name in migration_modules(app)]
    found = await Migration.select(Migration.app_name, Migration.name).order_by(Migration.ran_on)
    assert [(row["app_name"], row["name"]) for row in found] == everything


@pytest.mark.parametrize(
    ("sqlstate", "error"), [("23505", Raced), ("42P07", Raced), ("42710", Raced), ("42501", DatabaseFault)]
)
async def test_preparing_is_tried_again_only_when_another_one_prepares(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, sqlstate: str, error: type[Exception]
) -> None:
    monkeypatch.setattr(
        migrations, "LOCK_ROW", f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$"
    )
    with pytest.raises(error):
        await migrate_all()


async def test_migration_that_fails_leaves_nothing_behind(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate_back("kit") if app_names() == ["kit"] else [
        await migrate_back(a) for a in reversed(app_names())
    ]
    last = list(migration_modules("kit").values())[-1]
    monkeypatch.setattr(last, "UP", ["CREATE TABLE half_way (id integer)", "SELECT 1 / 0"])
    with pytest.raises(Exception, match="database_fault 22012"):
        await migrate_all()
    left = await rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    assert {row["name"] for row in left} == OF_THE_MIGRATIONS_THEMSELVES


async def go_back_all_the_way() -> None:
    for app in reversed(app_names()):
        await migrate_back(app)


def test_ids_are_told_by_one_migration_each() -> None:
    for app in app_names():
        files = [
            file
            for file in Path(registry().app_configs[app].resolved_migrations_folder_path).glob("*.py")
            if file.stem != "__init__"
        ]
        assert len(files) == len(migration_modules(app))


def test_apps_nobody_registered_have_no_migrations() -> None:
    with pytest.raises(KeyError):
        migration_modules("nobody")
