"""What the database refuses is told without a value of the row."""

from typing import Any

import asyncpg
import pytest

from backend.kit.clock import now
from backend.kit.db import DatabaseFault, Duplicate, Engine, engine
from backend.kit.db_faults import NoText, fault_of
from backend.kit.errors import Unavailable
from backend.kit.tables import OutboxJob


async def test_complaints_of_the_database_repeat_no_values(committed_db: str) -> None:
    secret = "0912 345 678"
    await OutboxJob.insert(OutboxJob(kind="a", payload={}, dedupe=secret, asked_at=now(), due_at=now()))
    copy = f"SELECT gen_random_uuid(), kind, payload, '{secret}', asked_at, due_at FROM outbox_job"
    statements: list[tuple[str, type[Exception]]] = [
        (f"INSERT INTO outbox_job {copy}", Duplicate),
        (f"SELECT '{secret}'::integer", DatabaseFault),
        (f"INSERT INTO outbox_job (id, kind) VALUES (gen_random_uuid(), '{secret}')", DatabaseFault),
    ]
    for statement, kind in statements:
        with pytest.raises(kind) as caught:
            await engine().run_ddl(statement)
        assert_says_nothing(caught.value, secret)


async def test_complaints_of_the_driver_repeat_no_arguments(db: Engine) -> None:
    secret = "0912 345 678"
    with pytest.raises(DatabaseFault) as caught:
        await OutboxJob.raw("SELECT {}::integer", secret)
    assert_says_nothing(caught.value, secret)


async def test_misuse_of_the_driver_is_a_fault_of_ours(db: Engine) -> None:
    with pytest.raises(DatabaseFault, match=r"^database_fault InterfaceError$"):
        await engine().run_ddl("SELECT $1::integer")


@pytest.mark.parametrize("statement", ["SELECT {}::text", "SELECT ({}::jsonb) ->> 'a'"])
async def test_a_character_no_text_may_hold_is_the_senders_to_mend(db: Engine, statement: str) -> None:
    sent = '{"a": "\\u0000"}' if "jsonb" in statement else "a\x00b"
    with pytest.raises(NoText) as caught:
        await OutboxJob.raw(statement, sent)
    assert caught.value.status == 422
    assert_says_nothing(caught.value, sent)


def assert_says_nothing(error: Any, secret: str) -> None:
    assert error.__cause__ is None
    assert error.__context__ is None
    assert secret not in repr(error) + str(error) + str(vars(error))


async def test_fault_names_table_and_constraint(db: Engine) -> None:
    with pytest.raises(DatabaseFault) as caught:
        await engine().run_ddl(
            "INSERT INTO audit_entry (id, subject, seq, at, tag, data, previous, digest)"
            " VALUES (gen_random_uuid(), gen_random_uuid(), 0, now(), 't', '{}', 'p', 'd')"
        )
    assert str(caught.value) == "database_fault 23514 audit_entry audit_entry_seq_check"
    assert caught.value.status == 500


async def test_fault_of_our_own_sql_says_what_is_wrong(db: Engine) -> None:
    with pytest.raises(DatabaseFault, match='relation "no_such_table" does not exist'):
        await engine().run_ddl("SELECT 1 FROM no_such_table")


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ('cannot switch to state 11; protocol is in the "failed" state', Unavailable),
        ("cannot switch to state 11; another operation (12) is in progress", Unavailable),
        ("not connected", Unavailable),
        ("got result for unknown protocol state 3", DatabaseFault),
    ],
)
def test_a_driver_that_has_lost_its_server_says_so_in_many_ways(message: str, kind: type[Exception]) -> None:
    assert type(fault_of(asyncpg.InternalClientError(message))) is kind
