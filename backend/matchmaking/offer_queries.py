"""Rows of offers and evidence, in and out; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec
from piccolo.querystring import QueryString

from backend.kit.clock import now
from backend.kit.text import fold
from backend.matchmaking.schemas import (
    EvidenceForm,
    Offer,
    OfferedSkill,
    OfferFilters,
    OfferForm,
    PublicOffer,
)
from backend.matchmaking.tables import Evidence as EvidenceRow
from backend.matchmaking.tables import Offer as OfferRow

OFFERS = """
    select o.id, o.kind, o.account as account_id, o.organisation as organisation_id, o.headline, o.about,
        case o.kind when 'institute' then coalesce(g.name, a.name) else a.name end as name,
        o.languages, o.availability, o.forms, o.country, o.skills, o.contact, o.visible, o.revision,
        o.updated_at,
        coalesce((
            select jsonb_agg(
                jsonb_build_object(
                    'id', e.id, 'kind', e.kind, 'title', e.title, 'text', e.text, 'year', e.year
                )
                order by e.year desc nulls last, e.created_at, e.id
            ) from evidence e where e.offer = o.id
        ), '[]') as evidence
    from offer o join account a on a.id = o.account left join organisation g on g.id = o.organisation
"""
STRANGERS_TO = """
    select array_agg(o.id::text) as ids from offer o
    where o.visible and o.organisation is distinct from {}
    and not exists (select from membership m where m.account = o.account and m.organisation = {})
"""
STAMP = """
    select md5(coalesce(string_agg(id::text || revision::text, ',' order by id), '')) as stamp
    from offer where visible
"""


def _offer(row: Mapping[str, Any]) -> Offer:
    parsed = {name: msgspec.json.decode(row[name]) for name in ("skills", "evidence")}
    return msgspec.convert({**row, **parsed}, Offer)


def public_side(offer: Offer) -> PublicOffer:
    """What those signed in may see of it."""
    return PublicOffer(**{name: getattr(offer, name) for name in PublicOffer.__struct_fields__})


async def find_offer(offer: UUID) -> Offer | None:
    """One offer by its id."""
    rows = await OfferRow.raw(f"{OFFERS} where o.id = {{}}", offer)
    return _offer(rows[0]) if rows else None


async def find_offer_of(account: UUID) -> Offer | None:
    """The offer of an account."""
    rows = await OfferRow.raw(f"{OFFERS} where o.account = {{}}", account)
    return _offer(rows[0]) if rows else None


async def visible_offers(ids: Collection[UUID]) -> dict[UUID, PublicOffer]:
    """Those of these offers that may be seen."""
    if not ids:
        return {}
    rows = await OfferRow.raw(f"{OFFERS} where o.visible and o.id = any({{}})", list(ids))
    return {row["id"]: public_side(_offer(row)) for row in rows}


async def all_visible_offers() -> list[PublicOffer]:
    """Every offer that may be seen, by id: what the index is fitted on."""
    return [public_side(_offer(row)) for row in await OfferRow.raw(f"{OFFERS} where o.visible order by o.id")]


async def strangers_to(organisation: UUID) -> frozenset[str]:
    """The offers that may be seen and do not belong to this organisation or one of its people.

    Their ids as the engine writes them: there may be tens of thousands, and each request asks.
    """
    rows = await OfferRow.raw(STRANGERS_TO, organisation, organisation)
    return frozenset(rows[0]["ids"] or ())


async def stamp() -> str:
    """A word that changes with every change of what may be seen."""
    rows = await OfferRow.raw(STAMP)
    return str(rows[0]["stamp"])


async def list_visible(filters: OfferFilters, page: int, size: int) -> tuple[list[PublicOffer], int]:
    """One page (counting from 1) of the offers that may be seen and pass the filters, and their number."""
    where = _narrowed(filters)
    rows = await OfferRow.raw(
        f"{OFFERS} where {{}} order by o.headline, o.id limit {{}} offset {{}}",
        where,
        size,
        (page - 1) * size,
    )
    (total,) = await OfferRow.raw("select count(*) as total from offer o where {}", where)
    return [public_side(_offer(row)) for row in rows], total["total"]


def _narrowed(filters: OfferFilters) -> QueryString:
    wanted = [QueryString("o.visible")]
    if filters.kind:
        wanted.append(QueryString("o.kind = {}", filters.kind))
    if filters.skill:
        asked = msgspec.json.encode([{"key": filters.skill}]).decode()
        wanted.append(QueryString("o.skills @> cast(cast({} as text) as jsonb)", asked))
    if filters.language:
        wanted.append(QueryString("{} = any(o.languages)", filters.language))
    if filters.form:
        wanted.append(QueryString("{} = any(o.forms)", filters.form))
    for word in fold(filters.q).split():
        literal = word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        wanted.append(QueryString("o.search like {}", f"%{literal}%"))
    return QueryString(" and ".join(["{}"] * len(wanted)), *wanted)


async def count_visible() -> int:
    """How many offers may be seen."""
    return int(await OfferRow.count().where(OfferRow.visible == True))  # noqa: E712


async def insert_offer(form: OfferForm, kind: str, account: UUID) -> UUID:
    """A new offer that nobody else sees. Raises Duplicate when the account has one."""
    values = {column._meta.name: value for column, value in _columns(form).items()}
    row = OfferRow(id=uuid4(), account=account, kind=kind, created_at=now(), updated_at=now(), **values)
    await OfferRow.insert(row)
    return row.id


async def update_offer(offer: UUID, form: OfferForm) -> None:
    """Change what it says of itself."""
    await _update(offer, _columns(form))


async def set_skills(offer: UUID, skills: list[OfferedSkill]) -> None:
    """Replace the confirmed skills."""
    await _update(offer, {OfferRow.skills: msgspec.json.encode(skills).decode()})


async def set_visible(offer: UUID, visible: bool) -> None:
    """Let others find it, or no longer."""
    values: dict[Any, Any] = {OfferRow.visible: visible}
    await _update(offer, values | ({OfferRow.consented_at: now()} if visible else {}))


async def insert_evidence(offer: UUID, form: EvidenceForm) -> UUID:
    """A new item of evidence."""
    row = EvidenceRow(
        id=uuid4(),
        offer=offer,
        kind=form.kind,
        title=form.title,
        text=form.text,
        year=form.year,
        created_at=now(),
    )
    await EvidenceRow.insert(row)
    await _update(offer, {})
    return row.id


async def delete_evidence(offer: UUID, evidence: UUID) -> bool:
    """Whether this offer had the item."""
    is_it = (EvidenceRow.id == evidence) & (EvidenceRow.offer == offer)
    gone = bool(await EvidenceRow.delete().where(is_it).returning(EvidenceRow.id))
    if gone:
        await _update(offer, {})
    return gone


async def set_search(offer: UUID, words: str) -> None:
    """Replace what a search looks through."""
    await OfferRow.update({OfferRow.search: words}).where(OfferRow.id == offer)


async def _update(offer: UUID, values: dict[Any, Any]) -> None:
    more: dict[Any, Any] = {OfferRow.revision: OfferRow.revision + 1, OfferRow.updated_at: now()}
    await OfferRow.update({**values, **more}).where(OfferRow.id == offer)


def _columns(form: OfferForm) -> dict[Any, Any]:
    return {
        OfferRow.organisation: form.organisation_id,
        OfferRow.headline: form.headline,
        OfferRow.about: form.about,
        OfferRow.languages: form.languages,
        OfferRow.availability: form.availability,
        OfferRow.forms: form.forms,
        OfferRow.country: form.country,
        OfferRow.contact: form.contact,
    }
