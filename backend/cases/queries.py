"""One read of its own: the audit chain with its seal and the names of those who acted."""

from __future__ import annotations

from uuid import UUID

import msgspec

from backend.cases.schemas import Story
from backend.kit.audit import Broken, Entry, examine
from backend.kit.tables import AuditEntry

STORY = """
    select e.subject, e.seq, e.at, e.actor, e.tag, e.data, e.previous, e.digest, a.name as actor_name,
           h.seq as head_seq, h.digest as head_digest
    from (select * from audit_entry where subject = {}) e
    full join (select * from audit_head where subject = {}) h on h.subject = e.subject
    left join account a on a.id = e.actor
    order by e.seq
"""


async def story_of(subject: UUID) -> Story:
    """The chain of a case that exists, in one statement and so as of one moment."""
    rows = await AuditEntry.raw(STORY, subject, subject)
    chain = [_entry(row) for row in rows if row["subject"] is not None]
    heads = [(row["head_seq"], row["head_digest"]) for row in rows if row["head_seq"] is not None]
    names = {row["actor"]: row["actor_name"] for row in rows if row["actor_name"] is not None}
    broken = examine(subject, chain, heads[0] if heads else None)
    if not rows:  # a case begins with an entry: without any, both chain and head were taken away
        broken = Broken(subject=subject, seq=1, reason="no_head")
    return Story(entries=chain, names=names, broken=broken)


def _entry(row: dict[str, object]) -> Entry:
    values = {name: row[name] for name in Entry.__struct_fields__}
    return Entry(**values | {"data": msgspec.json.decode(str(row["data"]))})  # type: ignore[arg-type]
