"""Rows of trials, in and out; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import msgspec
from piccolo.columns.combination import WhereRaw
from piccolo.custom_types import Combinable
from piccolo.querystring import QueryString

from backend.kit.clock import now
from backend.kit.text import fold
from backend.trials.schemas import Cell, Filters, PublicTrial, Trial
from backend.trials.tables import Trial as Row
from sandbox_rules import Pin

JSON_COLUMNS = ("limits", "conditions", "exemptions", "public")
NEWEST_FIRST = (Row.starts_on, Row.number)
CUBE = """
    select state, field, ward, extract(year from starts_on)::int as year, count(*) as count
    from trial where {} group by 1, 2, 3, 4
"""
STAMP = """
    select count(*) || '.' || coalesce(sum(extract(epoch from updated_at)), 0) as stamp from trial
"""


def _columns() -> list[Any]:
    return [
        *Row.all_columns(exclude=[Row.search, Row.title_folded]),
        Row.organisation.name.as_alias("organisation_name"),
    ]


def _trial(row: Mapping[str, Any]) -> Trial:
    named = {
        **row,
        "application_id": row["application"],
        "decision_id": row["decision"],
        "organisation_id": row["organisation"],
        "pin": Pin(row["programme_key"], row["pin_in_force"], row["pin_sha256"]),
    }
    return msgspec.convert(named, Trial)


def _public(trial: Trial) -> PublicTrial:
    return PublicTrial(**{name: getattr(trial, name) for name in PublicTrial.__struct_fields__})


async def find_trial(trial_id: UUID) -> Trial | None:
    """One trial by its id."""
    return await _find(Row.id == trial_id)


async def find_by_number(number: str) -> Trial | None:
    """One trial by its printed number."""
    return await _find(Row.number == number)


async def find_of_application(application_id: UUID) -> Trial | None:
    """The trial an application led to."""
    return await _find(Row.application == application_id)


async def _find(where: Combinable) -> Trial | None:
    row = await Row.select(*_columns()).where(where).first().output(load_json=True)
    return _trial(row) if row else None


async def insert_trial(**values: Any) -> UUID:
    """A new trial. Raises Duplicate when the application has one."""
    plain: dict[str, Any] = {
        key: msgspec.json.encode(value).decode() if key in JSON_COLUMNS else value
        for key, value in values.items()
    }
    row = Row(id=uuid4(), created_at=now(), updated_at=now(), **plain)
    await Row.insert(row)
    return row.id


async def set_state(trial_id: UUID, before: str, after: str) -> bool:
    """Compare and set; say whether it was still in the state it was judged in."""
    values: dict[Any, Any] = {Row.state: after, Row.updated_at: now()}
    return bool(
        await Row.update(values).where((Row.id == trial_id) & (Row.state == before)).returning(Row.id)
    )


async def set_terms(trial_id: UUID, **values: Any) -> None:
    """Give a trial the terms of another decision."""
    plain = {
        getattr(Row, key): msgspec.json.encode(value).decode() if key in JSON_COLUMNS else value
        for key, value in values.items()
    }
    await Row.update({**plain, Row.updated_at: now()}).where(Row.id == trial_id)


async def list_trials(
    filters: Filters, page: int, size: int, *, ending_first: bool
) -> tuple[list[Trial], int]:
    """One page (counting from 1) of the trials that pass the filters, and how many there are in all."""
    where = _narrowed(filters)
    query = (
        Row.select(*_columns())
        .order_by(*((Row.ends_on, Row.number) if ending_first else NEWEST_FIRST), ascending=ending_first)
        .limit(size)
        .offset((page - 1) * size)
        .output(load_json=True)
    )
    count = Row.count()
    if where is not None:
        query, count = query.where(where), count.where(where)
    return [_trial(row) for row in await query], await count


async def list_public(filters: Filters, page: int, size: int) -> tuple[list[PublicTrial], int]:
    """The same, newest first and with the public side alone."""
    trials, total = await list_trials(filters, page, size, ending_first=False)
    return [_public(one) for one in trials], total


async def find_public(number: str) -> PublicTrial | None:
    """The public side of one trial."""
    trial = await find_by_number(number)
    return _public(trial) if trial else None


async def list_public_after(filters: Filters, number: str, size: int) -> list[PublicTrial]:
    """The public side of the next trials after a number, in the order of numbers."""
    after = Row.number > number
    where = _narrowed(filters)
    rows = (
        await Row.select(*_columns())
        .where(after if where is None else after & where)
        .order_by(Row.number)
        .limit(size)
        .output(load_json=True)
    )
    return [_public(_trial(row)) for row in rows]


async def stamp() -> str:
    """Every change of a row changes it, in whatever order the changes are committed."""
    rows = await Row.raw(STAMP)
    return str(rows[0]["stamp"])


async def trials_of(organisations: Collection[UUID]) -> list[Trial]:
    """The trials of these organisations, newest first."""
    if not organisations:
        return []
    rows = (
        await Row.select(*_columns())
        .where(Row.organisation.is_in(list(organisations)))
        .order_by(*NEWEST_FIRST, ascending=False)
        .output(load_json=True)
    )
    return [_trial(row) for row in rows]


async def count_cube(filters: Filters) -> list[Cell]:
    """How many trials there are of each combination of state, field, ward and year among the words' hits."""
    words = _all(_words(filters.q))
    return [msgspec.convert(row, Cell) for row in await Row.raw(CUBE, words)]


def _narrowed(filters: Filters) -> Combinable | None:
    wanted = [
        QueryString(f"trial.{name} = {{}}", getattr(filters, name))
        for name in ("state", "field", "ward")
        if getattr(filters, name)
    ]
    if filters.year is not None:
        first, last = date(filters.year, 1, 1), date(filters.year, 12, 31)
        wanted.append(QueryString("trial.starts_on between {} and {}", first, last))
    wanted += _words(filters.q)
    return WhereRaw("{}", _all(wanted)) if wanted else None


def _words(q: str) -> list[QueryString]:
    """Every word is somewhere in the text that is searched."""
    escaped = (word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") for word in fold(q).split())
    return [QueryString("trial.search like {}", f"%{word}%") for word in escaped]


def _all(conditions: list[QueryString]) -> QueryString:
    """One condition out of several; out of none, one that always holds."""
    return QueryString(" and ".join(["{}"] * len(conditions)) or "true", *conditions)
