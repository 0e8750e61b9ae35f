"""The queue in SQL: one page from wherever a reader stands, and a count that ends at a bound.

Pages go by the place of their first or last line, never by an offset: the thousandth costs no more than the
first.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct, convert, json, structs

from backend.applications.schemas import Place, QueueFilters, QueueRow
from backend.applications.search import search_text
from backend.applications.tables import Application as ApplicationRow
from backend.kit.clock import today
from backend.kit.hits import Piece, needle_of, pattern_of, snippet, words_of
from sandbox_rules import Pin

COUNTED = 10_000
"""The count goes no further: `more than 10,000` is all anybody needs to know."""
SOON = timedelta(days=7)
RANK = "(case a.clock_state when 'running' then 0 when 'stopped' then 1 else 2 end)"
DUE = "coalesce(a.due_on, 'infinity'::date)"
COLUMNS = """
    a.id, a.number, a.title, a.organisation, o.name as organisation_name, a.programme_key, a.pin_in_force,
    a.pin_sha256, a.state, a.handler, h.name as handler_name, a.submitted_on, a.due_on, a.clock_key,
    a.clock_limit, a.clock_used, a.clock_state
"""


class Reader(Struct, frozen=True, kw_only=True):
    """Who reads the queue; cases of `own` organisations and those in `barred` are not in it."""

    id: UUID
    own: Collection[UUID]
    barred: Collection[UUID]


async def queue_rows(filters: QueueFilters, reader: Reader, place: Place | None, size: int) -> list[QueueRow]:
    """`size` lines in statutory order behind a place, or those before it; found ones with their hits."""
    where, values = _narrowed(filters, reader)
    back = place is not None and place.is_before
    if place is not None:
        where.append(f"({RANK}, {DUE}, a.number) {'<' if back else '>'} ({{}}::int, {{}}::date, {{}}::text)")
        values += [place.rank, place.due_on or date.max, place.number]
    words = words_of(filters.q)
    columns = COLUMNS + (", a.handed_in" if words else "")
    order = f"{RANK}{' desc' * back}, {DUE}{' desc' * back}, a.number{' desc' * back}"
    rows = await ApplicationRow.raw(
        f"""
        select {columns}
        from (select * from application a where {" and ".join(where)} order by {order} limit {size}) a
        join organisation o on o.id = a.organisation
        left join account h on h.id = a.handler
        order by {order}
        """,  # noqa: S608 - constants; every value is a parameter
        *values,
    )
    found = [_row(row, words) for row in rows]
    return found[::-1] if back else found


async def count_rows(filters: QueueFilters, reader: Reader) -> int:
    """How many lines there are in all; one more than COUNTED if there are more than that."""
    where, values = _narrowed(filters, reader)
    rows = await ApplicationRow.raw(
        f"""
        select count(*) as count from
        (select from application a where {" and ".join(where)} limit {COUNTED + 1}) found
        """,  # noqa: S608 - as above
        *values,
    )
    return int(rows[0]["count"])


def _narrowed(filters: QueueFilters, reader: Reader) -> tuple[list[str], list[Any]]:
    """Conditions and their values: submitted cases the reader may see."""
    where, values = ["a.number is not null", "a.state = any({}::text[])"], [sorted(filters.states)]
    given: list[tuple[bool, str, Any]] = [
        (bool(reader.own), "a.organisation <> all({}::uuid[])", list(reader.own)),
        (bool(reader.barred), "a.id <> all({}::uuid[])", list(reader.barred)),
        (filters.handler == "mine", "a.handler = {}::uuid", reader.id),
        (isinstance(filters.handler, UUID), "a.handler = {}::uuid", filters.handler),
        (bool(filters.programme), "a.programme_key = {}::text", filters.programme),
        (filters.clock in {"late", "soon"}, f"{RANK} = 0 and {DUE} < {{}}::date", _before(filters)),
        (filters.clock == "soon", f"{DUE} >= {{}}::date", today()),
    ]
    given += [(True, "a.search like {}", pattern_of(word)) for word in words_of(filters.q)]
    for holds, condition, value in given:
        if holds:
            where.append(condition)
            values.append(value)
    if filters.handler == "nobody":
        where.append("a.handler is null")
    if filters.clock == "stopped":
        where.append(f"{RANK} = 1")
    return where, values


def _before(filters: QueueFilters) -> date:
    return today() if filters.clock == "late" else today() + SOON


def _row(row: dict[str, Any], words: list[str]) -> QueueRow:
    named = {
        **row,
        "pin": Pin(key=row["programme_key"], in_force=row["pin_in_force"], sha256=row["pin_sha256"]),
        "handler_id": row["handler"],
    }
    return structs.replace(convert(named, QueueRow), hit=_hit(row, words) if words else [])


def _hit(row: dict[str, Any], words: list[str]) -> list[Piece]:
    """A snippet of the first answers in which words stand that number, title and organisation do not show."""
    shown = search_text(row["number"], row["title"], row["organisation_name"], {})
    unseen = [word for word in words if needle_of(word) not in shown]
    answers = json.decode(row["handed_in"] or "{}").values() if unseen else ()
    return next((found for one in answers if isinstance(one, str) and (found := snippet(one, unseen))), [])
