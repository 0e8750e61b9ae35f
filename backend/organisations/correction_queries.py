"""Rows of corrections, in and out; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import convert, json

from backend.kit.text import fold
from backend.organisations.correction_schemas import Correction, Identity
from backend.organisations.tables import IdentityCorrection, Organisation

NEWEST = 100
"""How many decided corrections a list goes back."""


async def has_submitted(organisation: UUID) -> bool:
    """Whether the organisation has ever handed in an application."""
    # the applications lie above the organisations: only this question is asked of their table
    (row,) = await Organisation.raw(
        "select exists (select 1 from application"
        " where organisation = {} and submitted_on is not null) as yes",
        organisation,
    )
    return bool(row["yes"])


async def insert_correction(before: Identity, after: Identity, **values: Any) -> UUID:
    """A new correction. Raises Duplicate when the organisation has an open one."""
    row = IdentityCorrection(before=json.encode(before).decode(), after=json.encode(after).decode(), **values)
    await IdentityCorrection.insert(row)
    return row.id


async def lock_correction(correction_id: UUID) -> None:
    """Hold the row until the end of the transaction: officers decide one after the other."""
    row = IdentityCorrection
    await row.select(row.id).where(row.id == correction_id).lock_rows("UPDATE")


async def find_correction(correction_id: UUID) -> Correction | None:
    """One correction."""
    found = await _select().where(IdentityCorrection.id == correction_id).first()
    return _correction(found) if found else None


async def open_corrections() -> list[Correction]:
    """What awaits a decision, the newest first."""
    row = IdentityCorrection
    found = await _select().where(row.state == "open").order_by(row.asked_at, ascending=False)
    return [_correction(one) for one in found]


async def decided_corrections() -> list[Correction]:
    """What officers decided, the latest asked first."""
    row = IdentityCorrection
    found = await (
        _select()
        .where((row.state != "open") & row.decided_by.is_not_null())
        .order_by(row.asked_at, ascending=False)
        .limit(NEWEST)
    )
    return [_correction(one) for one in found]


async def corrections_of(organisation: UUID) -> list[Correction]:
    """The corrections of an organisation, the newest first."""
    row = IdentityCorrection
    found = await (
        _select()
        .where(row.organisation == organisation)
        .order_by(row.asked_at, ascending=False)
        .limit(NEWEST)
    )
    return [_correction(one) for one in found]


async def update_correction(correction_id: UUID, values: Mapping[str, Any]) -> bool:
    """Decide an open correction; False when it is open no longer."""
    row = IdentityCorrection
    plain: dict[Any, Any] = {getattr(row, name): value for name, value in values.items()}
    where = (row.id == correction_id) & (row.state == "open")
    return bool(await row.update(plain).where(where).returning(row.id))


# What lies above is found by a folded text with the name after number and title (cases, trials) or at its
# very end (exemptions): there and nowhere else it changes, for what was answered stays as it was written.
_FIND_BY_NEW_NAME = """
    with name as (select {}::text as was, {}::text as is_now, {}::uuid as organisation),
    heads as (
        select id, '' as space, number, title_folded from application join name using (organisation)
        union all
        select id, null, number, title_folded from trial join name using (organisation)
    ), head as (
        select id, is_now, concat_ws(' ', space, lower(number), nullif(title_folded, '')) || ' ' as part, was
        from heads, name
    ), found_cases as (
        update application a set search = part || is_now || substr(search, length(part || was) + 1)
        from head where a.id = head.id and starts_with(search, part || was)
    ), found_trials as (
        update trial t set search = part || is_now || substr(search, length(part || was) + 1)
        from head where t.id = head.id and starts_with(search, part || was)
    )
    update exemption e set search = left(e.search, -length(was)) || is_now
    from name join application a using (organisation)
    where a.id = e.application and right(e.search, length(was)) = was
"""


async def find_by_new_name(organisation: UUID, was: Identity, to: Identity) -> None:
    """Let all cases, trials and exemptions of an organisation be found by its new name, in one statement."""
    await Organisation.raw(_FIND_BY_NEW_NAME, fold(was.name), fold(to.name), organisation)


async def set_identity(organisation: UUID, was: Identity, to: Identity) -> bool:
    """Compare and set the identity data. Raises Duplicate when the tax code is another's."""
    row = Organisation
    values: dict[Any, Any] = {
        row.name: to.name,
        row.name_folded: fold(to.name)[:200],
        row.tax_code: to.tax_code,
        row.address: to.address,
        row.ward: to.ward,
    }
    as_before = (
        (row.name == was.name)
        & (row.tax_code == was.tax_code)
        & (row.address == was.address)
        & (row.ward == was.ward)
    )
    is_set = bool(await row.update(values).where((row.id == organisation) & as_before).returning(row.id))
    if is_set:
        await find_by_new_name(organisation, was, to)
    return is_set


def _select() -> Any:
    row = IdentityCorrection
    return row.select(
        *row.all_columns(),
        row.asked_by.name.as_alias("asker_name"),
        row.decided_by.name.as_alias("decider_name"),
    ).output(load_json=True)


def _correction(row: Mapping[str, Any]) -> Correction:
    return convert(row, Correction)
