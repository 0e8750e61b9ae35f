"""Rows of the exemption ledger, in and out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import msgspec
from piccolo.columns.combination import WhereRaw
from piccolo.custom_types import Combinable
from piccolo.querystring import QueryString

from backend.decisions.schemas import Exemption, LedgerFilters, LedgerLine
from backend.decisions.tables import ExemptionRow as Row
from backend.kit.text import fold

STANDING = """
    case when exemption.ended_on is not null then 'ended'
         when exemption.until_on < {} then 'expired'
         when exemption.until_on <= {} then 'expiring'
         else 'in_force' end"""


async def insert_lines(
    decision: UUID, application: UUID, exemptions: Sequence[Exemption], from_on: date, about: str
) -> None:
    """The lines of one decision; `about` is what they are found by beside their own words."""
    rows = [
        Row(
            id=uuid4(),
            decision=decision,
            application=application,
            place=place,
            rule=one.rule,
            article=one.article,
            extent=one.extent,
            from_on=from_on,
            until_on=one.until,
            search=fold(f"{one.rule} {one.article} {one.extent} {about}"),
        )
        for place, one in enumerate(exemptions, start=1)
    ]
    if rows:
        await Row.insert(*rows)


async def end_lines(decision: UUID, on: date) -> None:
    """End what a decision set aside, unless it has ended before."""
    await Row.update({Row.ended_on: on}).where((Row.decision == decision) & Row.ended_on.is_null())


async def list_lines(
    filters: LedgerFilters, today: date, soon: date, page: int, size: int | None
) -> tuple[list[LedgerLine], int]:
    """One page (from 1; all without a size), what ends first on top, and how many lines there are."""
    standing = QueryString(STANDING, today, soon)
    where = _narrowed(filters, standing)
    organisation: Any = Row.application.organisation
    document: Any = Row.decision.document
    columns: list[Any] = [
        *Row.all_columns(exclude=[Row.search, Row.decision, Row.place]),
        Row.application.number.as_alias("number"),
        Row.application.title.as_alias("title"),
        organisation.name.as_alias("organisation_name"),
        document.number.as_alias("decision_number"),
    ]
    query = Row.select(*columns, QueryString("{} as standing", standing)).order_by(
        Row.until_on, Row.from_on, Row.id
    )
    count = Row.count()
    if where is not None:
        query, count = query.where(where), count.where(where)
    if size is not None:
        query = query.limit(size).offset((page - 1) * size)
    rows = await query
    found = [msgspec.convert({**row, "application_id": row["application"]}, LedgerLine) for row in rows]
    return found, await count


def _narrowed(filters: LedgerFilters, standing: QueryString) -> Combinable | None:
    escaped = (
        word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") for word in fold(filters.q).split()
    )
    wanted = [QueryString("exemption.search like {}", f"%{word}%") for word in escaped]
    if filters.standing:
        wanted.append(QueryString("{} = {}", standing, filters.standing))
    return WhereRaw("{}", QueryString(" and ".join(["{}"] * len(wanted)), *wanted)) if wanted else None
