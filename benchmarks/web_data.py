"""A city's worth of cases: a few go the whole way through the verbs, the others are copies of them.

Every copy has ids, numbers and codes of its own and an audit chain sealed anew, so that it is read, ordered,
searched and verified as a case that went the way itself.
"""

from __future__ import annotations

import json
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.applications.queue import open_states
from backend.applications.schemas import Application
from backend.applications.search import search_text
from backend.kit import audit
from backend.kit.audit import Entry
from backend.kit.clock import today
from backend.kit.text import fold
from backend.trials import domain as trials
from tests.factories.applications import Cast, a_request, make_submitted
from tests.factories.trials import make_appraised, make_supervisor, make_trial

WORDS = ("cảng", "bán dẫn", "điện gió", "xe tự hành", "cảm biến", "pin", "vi mạch", "bay", "nước", "dữ liệu")
WARDS = ("phường Hải An", "phường Ngô Quyền", "phường Lê Chân", "xã Thủy Nguyên", "đặc khu Cát Hải")
FIELDS = ("ai", "semiconductor", "energy", "logistics", "mobility", "drone", "data", "health")
OPEN = {"submitted": 15, "supplement": 5, "accepted": 20, "appraised": 10}
CLOSED = {"granted": 30, "refused": 20}
"""How the open are shared out, and the closed; two fifths of the granted are trials that run."""
BATCH = 1_000

Row = dict[str, Any]
Make = Callable[[Cast], Awaitable[Application]]


async def fill(connection: asyncpg.Connection[Any], cast: Cast, count: int, waiting: int) -> Actor:
    """`count` applications, `waiting` of them open, with their trials; returns somebody who supervises.

    At least one of each kind; what cannot be shared out evenly is left away.
    """
    draw = random.Random(20261123)
    start = {"application": 1_000, "trial": 1_000, "document": 1_000}
    for kind, copies in shares(count, waiting).items():
        rows = await _rows_of(connection, await PROTOTYPES[kind](cast))
        for done in range(0, copies, BATCH):
            await _copy_batch(connection, rows, min(BATCH, copies - done), start, draw)
    await connection.execute("analyze")
    return await make_supervisor()


def shares(count: int, waiting: int) -> dict[str, int]:
    """How many copies of each kind make so many cases with their original, so many of them open."""
    parts = ((OPEN, waiting), (CLOSED, count - waiting))
    return {
        kind: max(some * share // sum(kinds.values()) - 1, 0)
        for kinds, some in parts
        for kind, share in kinds.items()
    }


async def count_cases(connection: asyncpg.Connection[Any]) -> tuple[int, int]:
    """How many cases there are, and how many of them are open: the queue itself counts to a bound only."""
    held = (
        "select count(*), count(*) filter (where state = any($1)) from application where number is not null"
    )
    row = await connection.fetchrow(held, sorted(open_states()))
    assert row is not None
    return row[0], row[1]


async def _submitted(cast: Cast) -> Application:
    return await make_submitted(cast)


async def _supplement(cast: Cast) -> Application:
    case = await make_submitted(cast)
    due = today() + timedelta(days=20)
    return await applications.request_supplement(
        cast.officer, case.id, a_request(), due, "Bổ sung đánh giá rủi ro."
    )


async def _accepted(cast: Cast) -> Application:
    case = await make_submitted(cast)
    return await applications.accept_application(cast.officer, case.id)


async def _refused(cast: Cast) -> Application:
    case = await make_submitted(cast)
    return await applications.refuse_to_receive(cast.officer, case.id, "Không thuộc phạm vi.")


async def _granted(cast: Cast) -> Application:
    trial = await make_trial(cast)
    await trials.move_trial(cast.hoa, trial.id, "start")
    return await applications.found(trial.application_id)


PROTOTYPES: Mapping[str, Make] = {
    "submitted": _submitted,
    "supplement": _supplement,
    "accepted": _accepted,
    "appraised": make_appraised,
    "granted": _granted,
    "refused": _refused,
}


class Original(msgspec.Struct, frozen=True):
    """The rows of one case; `chains` are the audit chains of the application and of its trial."""

    application: Row
    uploads: list[Row]
    notices: list[Row]
    appraisals: list[Row]
    documents: list[Row]
    decisions: list[Row]
    trials: list[Row]
    chains: dict[UUID, list[Entry]]


async def _rows_of(connection: asyncpg.Connection[Any], case: Application) -> Original:
    async def select(table: str, column: str = "application") -> list[Row]:
        found = await connection.fetch(f"select * from {table} where {column} = $1", case.id)  # noqa: S608
        return [dict(row) for row in found]

    trial_rows = await select("trial")
    return Original(
        application=(await select("application", "id"))[0],
        uploads=await select("upload"),
        notices=await select("application_notice"),
        appraisals=await select("appraisal"),
        documents=await select("issued_document", "subject"),
        decisions=await select("decision"),
        trials=trial_rows,
        chains=await audit.entries_many([case.id, *(row["id"] for row in trial_rows)]),
    )


async def _copy_batch(
    connection: asyncpg.Connection[Any],
    original: Original,
    count: int,
    start: dict[str, int],
    draw: random.Random,
) -> None:
    tables: dict[str, list[Row]] = {}
    for _ in range(count):
        for table, rows in _copied(original, start, draw).items():
            tables.setdefault(table, []).extend(rows)
    async with connection.transaction():
        for table, rows in tables.items():
            if rows:
                columns = list(rows[0])
                records: Iterable[tuple[Any, ...]] = (tuple(row[name] for name in columns) for row in rows)
                await connection.copy_records_to_table(table, records=records, columns=columns)


def _copied(original: Original, start: dict[str, int], draw: random.Random) -> dict[str, list[Row]]:
    """One copy, table by table in the order in which rows refer to each other."""
    new = {row["id"]: uuid4() for rows in _all_rows(original) for row in rows}
    case = _case(original.application, start, draw)
    documents = [_document(row, start) for row in original.documents]
    found = {
        "application": [case],
        "upload": original.uploads,
        "application_notice": original.notices,
        "appraisal": original.appraisals,
        "issued_document": documents,
        "decision": original.decisions,
        "trial": [_trial(row, case, start, draw) for row in original.trials],
    }
    renamed = {
        table: [{name: _renewed(new, value) for name, value in row.items()} for row in rows]
        for table, rows in found.items()
    }
    entries = [_sealed(chain, new[subject]) for subject, chain in original.chains.items()]
    renamed["audit_entry"] = [_entry_row(one) for chain in entries for one in chain]
    renamed["audit_head"] = [
        {"subject": chain[-1].subject, "seq": chain[-1].seq, "digest": chain[-1].digest} for chain in entries
    ]
    return renamed


def _all_rows(original: Original) -> list[list[Row]]:
    return [
        [original.application], original.uploads, original.notices, original.appraisals, original.documents,
        original.decisions, original.trials,
    ]  # fmt: skip


def _renewed(new: Mapping[UUID, UUID], value: Any) -> Any:
    return new.get(value, value) if isinstance(value, UUID) else value


def _case(row: Row, start: dict[str, int], draw: random.Random) -> Row:
    start["application"] += 1
    number = f"HS-2026-{start['application']:05d}"
    title = f"Thử nghiệm {draw.choice(WORDS)} {draw.choice(WORDS)} số {start['application']}"
    shift = timedelta(days=draw.randrange(-15, 30))
    return {
        **row,
        "number": number,
        "title": title,
        "title_folded": fold(title),
        "search": search_text(number, title, "Công ty Cảng Số Hải Phòng", json.loads(row["handed_in"])),
        "due_on": row["due_on"] and row["due_on"] + shift,
    }


def _document(row: Row, start: dict[str, int]) -> Row:
    start["document"] += 1
    mark = uuid4().hex
    return {
        **row,
        "number_value": start["document"],
        "number": f"{start['document']}/{row['number_symbol']}",
        "code": mark[:12].upper(),
        "sha256": row["sha256"] and mark * 2,
    }


def _trial(row: Row, case: Row, start: dict[str, int], draw: random.Random) -> Row:
    start["trial"] += 1
    number, ward = f"TN-2026-{start['trial']:05d}", draw.choice(WARDS)
    begins = date(2026, 1, 1) + timedelta(days=draw.randrange(600))
    place = f"Bến số {draw.randrange(1, 20)}, {ward}"
    return {
        **row,
        "number": number,
        "state": draw.choice(("preparing", "running", "running", "suspended", "ended")),
        "title": case["title"],
        "title_folded": case["title_folded"],
        "field": draw.choice(FIELDS),
        "place": place,
        "ward": ward,
        "starts_on": begins,
        "ends_on": begins + timedelta(days=draw.randrange(60, 400)),
        "search": fold(f"{number} {case['title']} Công ty Cảng Số Hải Phòng {place} {row['summary']}"),
    }


def _sealed(chain: list[Entry], subject: UUID) -> list[Entry]:
    sealed: list[Entry] = []
    for entry in chain:
        previous = sealed[-1].digest if sealed else entry.previous
        moved = msgspec.structs.replace(entry, subject=subject, previous=previous)
        sealed.append(msgspec.structs.replace(moved, digest=audit.seal(moved)))
    return sealed


def _entry_row(entry: Entry) -> Row:
    return {**msgspec.structs.asdict(entry), "id": uuid4(), "data": json.dumps(entry.data)}
