"""The audit chain: per subject a numbered list of what happened, each entry sealed over the one before.

It is the event log too: the statutory clock replays it. Nothing personal belongs into `data`: what is written
here cannot be forgotten.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

import msgspec

from backend.kit.clock import now
from backend.kit.db import engine, transaction
from backend.kit.tables import AuditEntry, AuditHead
from backend.kit.text import nfc

NOTHING_BEFORE = "0" * 64
SUBJECTS_AT_ONCE = 200
OPEN_HEAD = f"""
    INSERT INTO audit_head (subject, seq, digest) VALUES ({{}}, 0, '{NOTHING_BEFORE}')
    ON CONFLICT (subject) DO UPDATE SET seq = audit_head.seq
    RETURNING seq, digest"""  # noqa: S608 - a constant; the update changes nothing, it locks the row
SUBJECTS_AFTER = """
    SELECT subject FROM audit_head WHERE subject > {} OR {}
    UNION SELECT subject FROM audit_entry WHERE subject > {} OR {}
    ORDER BY subject LIMIT {}"""

Reason = Literal["changed", "missing", "moved", "cut_off", "no_head"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened. `previous` and `digest` are SHA-256 in hexadecimal."""

    subject: UUID
    seq: int
    at: datetime
    actor: UUID | None
    tag: str
    data: dict[str, Any]
    previous: str
    digest: str


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """The first place where a chain does not hold.

    changed: the entry is not what was sealed; missing: no entry has this number; moved: it does not follow
    the one before; cut_off: the chain ends too early; no_head: nobody knows where it ends.
    """

    subject: UUID
    seq: int
    reason: Reason


async def record(subject: UUID, tag: str, actor: UUID | None, data: Mapping[str, Any]) -> Entry:
    """Append to the chain of `subject` in the caller's transaction, and return the entry.

    Holds the subject's chain until the end of the transaction: two verbs on one subject take turns.
    Raises RuntimeError without a transaction, ValueError for data that JSON cannot say.
    """
    if not engine().transaction_exists():
        raise RuntimeError("an audit entry belongs into the transaction of the verb it tells of")
    plain = as_json(data)
    (head,) = await AuditHead.raw(OPEN_HEAD, subject)
    unsealed = Entry(
        subject=subject,
        seq=head["seq"] + 1,
        at=now(),
        actor=actor,
        tag=tag,
        data=plain,
        previous=head["digest"],
        digest="",
    )
    entry = msgspec.structs.replace(unsealed, digest=seal(unsealed))
    await AuditEntry.insert(AuditEntry(**msgspec.structs.asdict(entry)))
    await AuditHead.update({AuditHead.seq: entry.seq, AuditHead.digest: entry.digest}).where(
        AuditHead.subject == subject
    )
    return entry


async def entries(subject: UUID) -> list[Entry]:
    """Return what happened to `subject`, oldest first."""
    return (await entries_many([subject]))[subject]


async def entries_many(subjects: Iterable[UUID]) -> dict[UUID, list[Entry]]:
    """Return what happened to each of `subjects`, oldest first, in one query."""
    found: dict[UUID, list[Entry]] = {subject: [] for subject in subjects}
    if not found:
        return found
    rows = (
        await AuditEntry.select(
            *(AuditEntry._meta.get_column_by_name(name) for name in Entry.__struct_fields__)
        )
        .where(AuditEntry.subject.is_in(list(found)))
        .order_by(AuditEntry.subject, AuditEntry.seq)
        .output(load_json=True)
    )
    for subject, group in groupby(rows, key=lambda row: row["subject"]):
        found[subject] = [Entry(**row) for row in group]
    return found


async def verify(subject: UUID | None = None) -> Broken | None:
    """Return the first place where the chain of `subject`, or of any subject, is broken; None if all hold.

    Reads one moment of the database. A subject whose entries and head are all gone leaves no trace here: that
    is what the digests printed on issued documents are for.
    """
    async with transaction("repeatable_read"):
        if subject is not None:
            return await _first_broken([subject])
        last: UUID | None = None
        while subjects := await _subjects_after(last):
            if broken := await _first_broken(subjects):
                return broken
            last = subjects[-1]
    return None


async def _subjects_after(last: UUID | None) -> list[UUID]:
    after = (last or UUID(int=0), last is None)
    rows = await AuditHead.raw(SUBJECTS_AFTER, *after, *after, SUBJECTS_AT_ONCE)
    return [row["subject"] for row in rows]


async def _first_broken(subjects: Sequence[UUID]) -> Broken | None:
    chains = await entries_many(subjects)
    rows = await AuditHead.select().where(AuditHead.subject.is_in(list(subjects)))
    heads = {row["subject"]: (row["seq"], row["digest"]) for row in rows}
    for subject, chain in chains.items():
        if broken := examine(subject, chain, heads.get(subject)):
            return broken
    return None


def examine(subject: UUID, chain: Sequence[Entry], head: tuple[int, str] | None) -> Broken | None:
    """Return the first place where `chain` does not hold or does not end at `head` (seq, digest)."""
    previous = NOTHING_BEFORE
    for seq, entry in enumerate(chain, start=1):
        reason: Reason | None = None
        if entry.seq != seq:
            reason = "missing"
        elif entry.digest != seal(entry):
            reason = "changed"
        elif entry.previous != previous:
            reason = "moved"
        if reason:
            return Broken(subject=subject, seq=seq, reason=reason)
        previous = entry.digest
    if head == (len(chain), previous) or (head is None and not chain):
        return None
    return Broken(subject=subject, seq=len(chain) + 1, reason="cut_off" if head else "no_head")


def seal(entry: Entry) -> str:
    """Return the SHA-256 of the canonical JSON of `entry` without its own digest, in hexadecimal."""
    told = {
        "subject": str(entry.subject),
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": str(entry.actor) if entry.actor else None,
        "tag": entry.tag,
        "data": entry.data,
        "previous": entry.previous,
    }
    return hashlib.sha256(canonical(told)).hexdigest()


def canonical(value: object) -> bytes:
    """Return the one way to write `value` as JSON: sorted keys, no blanks, UTF-8."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def as_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return `data` as it will be read again: dates, ids and decimals as strings, text in NFC.

    Raises ValueError for what JSON cannot say.
    """
    try:
        plain: dict[str, Any] = _settled(msgspec.to_builtins(dict(data), str_keys=True))
        canonical(plain)
    except (TypeError, UnicodeEncodeError) as error:
        raise ValueError(f"audit data must be plain: {type(error).__name__}") from None
    return plain


def _settled(value: Any) -> Any:
    """Bring `value` into the form that survives the database, which knows one kind of number."""
    match value:
        case str():
            return nfc(value)
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {nfc(key): _settled(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_settled(inner) for inner in value]
    return value
