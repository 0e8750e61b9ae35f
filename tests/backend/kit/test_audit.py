"""The audit chain: sealed, append-only, and every way of tampering is found."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.kit import audit
from backend.kit.audit import Broken, Entry, as_json, canonical, entries, entries_many, record, verify
from backend.kit.clock import Frozen
from backend.kit.db import DatabaseFault, Engine, engine, transaction
from backend.kit.text import Text

SUBJECT, ACTOR = UUID(int=7), UUID(int=1)


async def chain(length: int, subject: UUID = SUBJECT) -> list[Entry]:
    async with transaction():
        return [await record(subject, "trial:moved", ACTOR, {"step": step}) for step in range(length)]


async def tamper(*statements: str) -> None:
    """Change rows as one can who owns the database."""
    await engine().run_ddl("SET LOCAL session_replication_role = replica")
    for statement in statements:
        await engine().run_ddl(statement)
    await engine().run_ddl("SET LOCAL session_replication_role = origin")


# --- recording ---


async def test_record_numbers_and_chains_what_happened(db: Engine, frozen_clock: Frozen) -> None:
    async with transaction():
        first = await record(SUBJECT, "application:submitted", ACTOR, {"from": "draft", "to": "submitted"})
        frozen_clock.advance(timedelta(hours=1))
        second = await record(SUBJECT, "application:accepted", None, {})
    assert first == Entry(
        subject=SUBJECT,
        seq=1,
        at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
        actor=ACTOR,
        tag="application:submitted",
        data={"from": "draft", "to": "submitted"},
        previous="0" * 64,
        digest="5134c1d191f50481bc9e392d6651fcc9a0c2a7b3e99a4893fbe4c5f76e2543b3",
    )
    assert (second.seq, second.actor, second.previous) == (2, None, first.digest)
    assert await entries(SUBJECT) == [first, second]


async def test_chains_of_two_subjects_do_not_touch(db: Engine) -> None:
    other = uuid4()
    mine, theirs = await chain(2), await chain(1, other)
    assert await entries_many([other, SUBJECT, UUID(int=3)]) == {
        other: theirs,
        SUBJECT: mine,
        UUID(int=3): [],
    }
    assert await entries_many([]) == {}


async def test_record_needs_the_transaction_of_a_verb(committed_db: str) -> None:
    with pytest.raises(RuntimeError, match="transaction of the verb"):
        await record(SUBJECT, "trial:moved", None, {})


async def test_record_is_undone_with_its_verb(db: Engine) -> None:
    await chain(1)
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await record(SUBJECT, "trial:moved", None, {})
            raise ZeroDivisionError
    assert len(await chain(1) + await entries(SUBJECT)) == 3
    assert await verify() is None


async def test_verbs_on_one_subject_take_turns(committed_db: str) -> None:
    await asyncio.gather(*(chain(3) for _ in range(8)))
    assert [entry.seq for entry in await entries(SUBJECT)] == list(range(1, 25))
    assert await verify() is None


# --- data ---


async def test_data_is_read_again_as_it_was_sealed(db: Engine) -> None:
    data = {
        "on": date(2026, 5, 1),
        "at": datetime(2026, 5, 1, tzinfo=UTC),
        "fee": Decimal("1.50"),
        "who": SUBJECT,
        "name": Text("Hải", "Hai"),
        "cafe\u0301": "đe\u0302 điều",
        "numbers": (1.0, 0.1, -0.0, 1e16, 1e-7, 2**70, 1e300),
        "nested": {"b": [None, True, {"z": 1, "a": "\0"}]},
    }
    async with transaction():
        written = await record(SUBJECT, "trial:moved", None, data)
    assert await entries(SUBJECT) == [written]
    assert await verify() is None
    assert written.data == {
        "on": "2026-05-01",
        "at": "2026-05-01T00:00:00Z",
        "fee": "1.50",
        "who": str(SUBJECT),
        "name": {"vi": "Hải", "en": "Hai"},
        "café": "đê điều",
        "numbers": [1, 0.1, 0, 10**16, 1e-7, 2**70, int(1e300)],
        "nested": {"b": [None, True, {"z": 1, "a": ""}]},
    }


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.text(st.characters(codec="utf-8"), max_size=5)
JSON = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(st.dictionaries(WORDS, JSON, max_size=3))
def test_data_is_settled_after_once(data: dict[str, object]) -> None:
    assert canonical(as_json(as_json(data))) == canonical(as_json(data))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), "\ud800"])
def test_data_that_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"audit data|JSON compliant"):
        as_json({"value": value})


def test_canonical_writes_one_thing_one_way() -> None:
    assert canonical({"b": 1, "a": [None, "đ"]}) == '{"a":[null,"đ"],"b":1}'.encode()


# --- guards ---


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET tag = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "DELETE FROM audit_head",
        "TRUNCATE audit_head",
        "UPDATE audit_head SET seq = seq - 1",
        "UPDATE audit_head SET seq = seq + 2",
        "UPDATE audit_head SET subject = gen_random_uuid()",
    ],
)
async def test_database_refuses_to_change_the_chain(db: Engine, statement: str) -> None:
    written = await chain(2)
    with pytest.raises(DatabaseFault) as caught:
        async with transaction():
            await engine().run_ddl(statement)
    assert caught.value.sqlstate == "23001"
    assert await entries(SUBJECT) == written


# --- tampering ---

SET = "UPDATE audit_entry SET"


@pytest.mark.parametrize(
    ("statements", "seq", "reason"),
    [
        ([f"{SET} data = '{{\"step\": 9}}' WHERE seq = 2"], 2, "changed"),
        ([f"{SET} at = at + interval '1 microsecond' WHERE seq = 3"], 3, "changed"),
        ([f"{SET} actor = NULL WHERE seq = 1"], 1, "changed"),
        ([f"{SET} tag = 'trial:ended' WHERE seq = 4"], 4, "changed"),
        (["DELETE FROM audit_entry WHERE seq = 2"], 2, "missing"),
        (["DELETE FROM audit_entry WHERE seq = 1"], 1, "missing"),
        (["DELETE FROM audit_entry WHERE seq = 2", f"{SET} seq = seq - 1 WHERE seq > 2"], 2, "changed"),
        ([f"{SET} seq = seq - 5 WHERE seq IN (2, 3)", f"{SET} seq = -seq WHERE seq < 0"], 2, "changed"),
        (["DELETE FROM audit_entry WHERE seq = 4"], 4, "cut_off"),
        (["DELETE FROM audit_entry"], 1, "cut_off"),
        (["DELETE FROM audit_head"], 5, "no_head"),
        (["UPDATE audit_head SET digest = repeat('0', 64)"], 5, "cut_off"),
    ],
)  # fmt: skip
async def test_verify_names_the_first_broken_entry(
    db: Engine, statements: list[str], seq: int, reason: audit.Reason
) -> None:
    await engine().run_ddl("ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_seq_check")
    await chain(4)
    assert await verify() is None
    await tamper(*statements)
    broken = Broken(subject=SUBJECT, seq=seq, reason=reason)
    assert await verify() == broken
    assert await verify(SUBJECT) == broken


async def test_verify_finds_an_entry_sealed_anew_without_those_behind_it(db: Engine) -> None:
    _, second, _ = await chain(3)
    forged = audit.msgspec.structs.replace(second, tag="trial:ended")
    await tamper(f"{SET} tag = 'trial:ended', digest = '{audit.seal(forged)}' WHERE seq = 2")
    assert await verify() == Broken(subject=SUBJECT, seq=3, reason="moved")


async def test_verify_finds_the_one_broken_chain_among_many(
    db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "SUBJECTS_AT_ONCE", 3)
    subjects = [UUID(int=0), *sorted(uuid4() for _ in range(7))]
    for subject in subjects:
        await chain(2, subject)
    assert await verify() is None
    await tamper(f"{SET} tag = 'x' WHERE seq = 2 AND subject = '{subjects[6]}'")
    assert await verify() == Broken(subject=subjects[6], seq=2, reason="changed")
    assert await verify(subjects[5]) is None
    await tamper(f"{SET} tag = 'x' WHERE seq = 1 AND subject = '{subjects[0]}'")
    assert await verify() == Broken(subject=subjects[0], seq=1, reason="changed")


async def test_verify_of_a_subject_without_history_holds(db: Engine) -> None:
    assert await verify(uuid4()) is None
    assert await verify() is None
