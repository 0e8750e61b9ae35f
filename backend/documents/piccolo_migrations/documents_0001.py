"""The number registers, and the documents issued."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.kit.migrations import sql_migration

ID = "2026-11-23T05:40:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "number registers, issued documents"

UP = [
    """CREATE TABLE number_register (
        id uuid PRIMARY KEY,
        symbol varchar(40) NOT NULL,
        year integer NOT NULL,
        last integer NOT NULL CHECK (last > 0),
        CONSTRAINT number_register_series UNIQUE (symbol, year)
    )""",
    """CREATE TABLE issued_document (
        id uuid PRIMARY KEY,
        kind varchar(40) NOT NULL,
        subject uuid NOT NULL,
        number varchar(60),
        number_value integer,
        number_year integer,
        number_symbol varchar(40),
        code varchar(20) NOT NULL UNIQUE,
        title_vi varchar(400) NOT NULL,
        title_en varchar(400) NOT NULL,
        context jsonb NOT NULL,
        pin_key varchar(40),
        pin_in_force date,
        pin_sha256 varchar(64),
        state varchar(20) NOT NULL CHECK (state IN ('queued', 'issued')),
        sha256 varchar(64) UNIQUE,
        size integer,
        file_key varchar(200),
        requested_at timestamptz NOT NULL,
        issued_at timestamptz,
        recalled_at timestamptz,
        replaced_by uuid REFERENCES issued_document (id),
        public boolean NOT NULL,
        signed boolean NOT NULL,
        lang varchar(2) NOT NULL CHECK (lang IN ('vi', 'en')),
        CONSTRAINT issued_document_number UNIQUE (number_symbol, number_year, number_value),
        CONSTRAINT issued_document_has_file CHECK (
            (state = 'issued') = (sha256 IS NOT NULL AND file_key IS NOT NULL AND issued_at IS NOT NULL)
        )
    )""",
    "CREATE INDEX issued_document_subject ON issued_document (subject, requested_at)",
    "CREATE INDEX issued_document_replaced_by ON issued_document (replaced_by)",
]
DOWN = ["DROP TABLE issued_document", "DROP TABLE number_register"]


async def forwards() -> MigrationManager:
    """Called by the migration runner."""
    return sql_migration(ID, "documents", DESCRIPTION, UP, DOWN)
