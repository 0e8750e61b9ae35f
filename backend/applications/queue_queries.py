"""The queue in SQL: one page from wherever a reader stands, and a count that ends at a bound.

Pages go by the place of their first or last line, never by an offset: the thousandth costs no more than the
first. The first lines of every state are looked up in an index that has them in order, then the first of all
are taken: a state nobody is in, or everybody, costs the same.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct, convert, json, structs

from backend.applications.schemas import Place, QueueFilters, QueueRow
from backend.applications.search import search_text
from backend.applications.tables import Application as ApplicationRow
from backend.kit.clock import today
from backend.kit.db import engine, transaction
from backend.kit.hits import Piece, needle_of, pattern_of, snippet, words_of
from sandbox_rules import Pin

COUNTED, FOUND = 10_000, 1_000
"""The count goes no further, that of a search less far: `more than 10,000` is all anybody needs to know."""
SOON = timedelta(days=7)
RANK = "(case a.clock_state when 'running' then 0 when 'stopped' then 1 else 2 end)"
DUE = "coalesce(a.due_on, 'infinity'::date)"
HANDLER = "coalesce(a.handler, '00000000-0000-0000-0000-000000000000'::uuid)"
NOBODY = UUID(int=0)
NUMBER = re.compile(r"[a-z]{2}-\d{4}-\d{5,}")
"""A whole number of a case, folded: there is at most one, and a unique index knows it."""
COLUMNS = """
    a.id, a.number, a.title, a.organisation, o.name as organisation_name, a.programme_key, a.pin_in_force,
    a.pin_sha256, a.state, a.handler, h.name as handler_name, a.submitted_on, a.due_on, a.clock_key,
    a.clock_limit, a.clock_used, a.clock_state
"""

NAMED = f"""
    select {COLUMNS} from application a
    join organisation o on o.id = a.organisation
    left join account h on h.id = a.handler
"""  # noqa: S608 - constants
"""Cases with the names of who asks and who handles them."""


class Reader(Struct, frozen=True, kw_only=True):
    """Who reads the queue; cases of `own` organisations and those in `barred` are not in it."""

    id: UUID
    own: Collection[UUID]
    barred: Collection[UUID]


@asynccontextmanager
async def planned_for_values() -> AsyncIterator[None]:
    """One view of the queue in which statements are planned for their values.

    A search for a rare word and one for a common word need different ways; the plan PostgreSQL would keep
    after five searches is a hundred times slower for one of them.
    """
    async with transaction():
        await engine().run_ddl("set local plan_cache_mode = force_custom_plan")
        yield


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
        from (
            select a.* from unnest({{}}::text[]) as s (state) cross join lateral (
                select * from application a where a.state = s.state and {" and ".join(where)}
                order by {order} limit {size}
            ) a order by {order} limit {size}
        ) a
        join organisation o on o.id = a.organisation
        left join account h on h.id = a.handler
        order by {order}
        """,  # noqa: S608 - constants; every value is a parameter
        sorted(filters.states),
        *values,
    )
    found = [_row(row, words) for row in rows]
    return found[::-1] if back else found


async def rows_by_id(ids: Collection[UUID], reader: Reader) -> list[QueueRow]:
    """Those of these cases the reader may see, in the order of the ids."""
    where, values = _narrowed(QueueFilters(), reader)
    rows = await ApplicationRow.raw(
        f"""
        {NAMED} where a.id = any({{}}::uuid[]) and {" and ".join(where)}
        """,
        list(ids),
        *values,
    )
    found = {row["id"]: _row(row, []) for row in rows}
    return [found[one] for one in dict.fromkeys(ids) if one in found]


async def received_between(first: date, last: date, reader: Reader, size: int) -> list[QueueRow]:
    """The first `size` submitted cases received from a day until another, by day and number."""
    where, values = _narrowed(QueueFilters(), reader)
    rows = await ApplicationRow.raw(
        f"""
        {NAMED} where {" and ".join(where)} and a.submitted_on between {{}}::date and {{}}::date
        order by a.submitted_on, a.number limit {size}
        """,
        *values,
        first,
        last,
    )
    return [_row(row, []) for row in rows]


async def running_after(after: UUID | None, size: int) -> list[QueueRow]:
    """Submitted cases whose clock runs, by id, those behind `after`."""
    rows = await ApplicationRow.raw(
        f"""
        {NAMED} where a.number is not null and a.clock_state = 'running' and a.id > {{}}::uuid
        order by a.id limit {size}
        """,
        after or UUID(int=0),
    )
    return [_row(row, []) for row in rows]


async def count_rows(filters: QueueFilters, reader: Reader) -> tuple[int, bool]:
    """How many lines there are in all, up to a bound, and whether there are more."""
    bound = FOUND if filters.q else COUNTED
    where, values = _narrowed(filters, reader)
    rows = await ApplicationRow.raw(
        f"""
        select count(*) as count from
        (select from unnest({{}}::text[]) as s (state) cross join lateral
            (select from application a where a.state = s.state and {" and ".join(where)} limit {bound + 1}) a
         limit {bound + 1}) found
        """,  # noqa: S608 - as above
        sorted(filters.states),
        *values,
    )
    count = int(rows[0]["count"])
    return min(count, bound), count > bound


def _narrowed(filters: QueueFilters, reader: Reader) -> tuple[list[str], list[Any]]:
    """Conditions and their values: submitted cases the reader may see."""
    where, values = ["a.number is not null"], list[Any]()
    handlers = {"any": None, "mine": reader.id, "nobody": NOBODY}
    handler = filters.handler if isinstance(filters.handler, UUID) else handlers[filters.handler]
    given: list[tuple[bool, str, Any]] = [
        (bool(reader.own), "a.organisation <> all({}::uuid[])", list(reader.own)),
        (bool(reader.barred), "a.id <> all({}::uuid[])", list(reader.barred)),
        (handler is not None, f"{HANDLER} = {{}}::uuid", handler),
        (bool(filters.programme), "a.programme_key = {}::text", filters.programme),
        (filters.clock in {"late", "soon"}, f"{RANK} = 0 and {DUE} < {{}}::date", _before(filters)),
        (filters.clock == "soon", f"{DUE} >= {{}}::date", today()),
    ]
    given += [_found(word) for word in words_of(filters.q)]
    for holds, condition, value in given:
        if holds:
            where.append(condition)
            values.append(value)
    if filters.clock == "stopped":
        where.append(f"{RANK} = 1")
    return where, values


def _found(word: str) -> tuple[bool, str, str]:
    if NUMBER.fullmatch(word):
        return True, "a.number = {}::text", word.upper()
    return True, "a.search like {}", pattern_of(word)


def _before(filters: QueueFilters) -> date:
    return today() if filters.clock == "late" else today() + SOON


def _row(row: dict[str, Any], words: list[str]) -> QueueRow:
    named = {
        **row,
        "pin": Pin(key=row["programme_key"], in_force=row["pin_in_force"], sha256=row["pin_sha256"]),
        "organisation_id": row["organisation"],
        "handler_id": row["handler"],
    }
    return structs.replace(convert(named, QueueRow), hit=_hit(row, words) if words else [])


def _hit(row: dict[str, Any], words: list[str]) -> list[Piece]:
    """A snippet of the answer with the most words that number, title and organisation do not show."""
    shown = search_text(row["number"], row["title"], row["organisation_name"], {})
    unseen = [word for word in words if needle_of(word) not in shown]
    if not unseen:
        return []
    answers = [one for one in json.decode(row["handed_in"] or "{}").values() if isinstance(one, str)]
    folded = [search_text(None, one, "", {}) for one in answers]
    best = max(
        range(len(answers)), key=lambda n: sum(needle_of(word) in folded[n] for word in unseen), default=0
    )
    return snippet(answers[best], unseen) if answers else []
