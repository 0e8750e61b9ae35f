"""Rows of needs, suggestions and introductions, in and out; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec

from backend.kit.clock import now
from backend.matchmaking.schemas import (
    Contact,
    Introduction,
    Need,
    NeedForm,
    Side,
    Suggested,
)
from backend.matchmaking.tables import Introduction as IntroductionRow
from backend.matchmaking.tables import MatchingIndex
from backend.matchmaking.tables import Need as NeedRow
from backend.matchmaking.tables import Suggestion as SuggestionRow

NEEDS = """
    select n.id, n.organisation as organisation_id, g.name as organisation_name, n.title, n.text, n.skills,
        n.listed, n.limits, n.revision, n.created_at, n.updated_at, n.closed_at,
        coalesce((
            select jsonb_agg(jsonb_build_object('offer_id', i.offer, 'state', i.state) order by i.asked_at)
            from introduction i where i.need = n.id
        ), '[]') as introductions
    from need n join organisation g on g.id = n.organisation
"""
INTRODUCTIONS = """
    select i.id, i.need as need_id, n.title as need_title, n.organisation, g.name as organisation_name,
        i.offer as offer_id, o.account, o.headline as offer_headline,
        case o.kind when 'institute' then coalesce(og.name, oa.name) else oa.name end as offer_name,
        i.asked_from, i.state, i.message, i.answer, i.asked_at, i.ended_at,
        oa.name as offer_person, oa.email as offer_email, o.contact as offer_contact,
        na.name as need_person, na.email as need_email
    from introduction i
    join need n on n.id = i.need
    join organisation g on g.id = n.organisation
    join offer o on o.id = i.offer
    join account oa on oa.id = o.account
    left join organisation og on og.id = o.organisation
    join account na on na.id
        = case i.asked_from when 'need' then i.asked_by else coalesce(i.ended_by, n.created_by) end
"""


def _need(row: Mapping[str, Any]) -> Need:
    parsed = {name: msgspec.json.decode(row[name]) for name in ("skills", "limits", "introductions")}
    return msgspec.convert({**row, **parsed}, Need)


async def find_need(need: UUID) -> Need | None:
    """One need."""
    rows = await NeedRow.raw(f"{NEEDS} where n.id = {{}}", need)
    return _need(rows[0]) if rows else None


async def needs_of(organisations: Collection[UUID]) -> list[Need]:
    """The needs of these organisations: open ones first, then the newest."""
    if not organisations:
        return []
    order = "order by n.closed_at nulls first, n.created_at desc, n.id"
    rows = await NeedRow.raw(f"{NEEDS} where n.organisation = any({{}}) {order}", list(organisations))
    return [_need(row) for row in rows]


async def listed_needs(strange_to: Collection[UUID], limit: int) -> list[Need]:
    """The newest open needs institutes and experts may find, without those of some organisations."""
    rows = await NeedRow.raw(
        f"""{NEEDS} where n.listed and n.closed_at is null and not n.organisation = any({{}})
        order by n.created_at desc, n.id limit {{}}""",
        list(strange_to),
        limit,
    )
    return [_need(row) for row in rows]


async def insert_need(form: NeedForm, organisation: UUID, created_by: UUID) -> UUID:
    """A new need; the form is checked already."""
    row = NeedRow(
        id=uuid4(),
        organisation=organisation,
        created_by=created_by,
        title=form.title,
        text=form.text,
        skills=_json(form.skills),
        listed=form.listed,
        limits=_json(form.limits),
        created_at=now(),
        updated_at=now(),
    )
    await NeedRow.insert(row)
    return row.id


async def update_need(need: UUID, revision: int, form: NeedForm) -> bool:
    """Whether the need was open and still at this revision."""
    values: dict[Any, Any] = {
        NeedRow.title: form.title,
        NeedRow.text: form.text,
        NeedRow.skills: _json(form.skills),
        NeedRow.listed: form.listed,
        NeedRow.limits: _json(form.limits),
        NeedRow.revision: revision + 1,
        NeedRow.updated_at: now(),
    }
    is_same = (NeedRow.id == need) & (NeedRow.revision == revision) & NeedRow.closed_at.is_null()
    return bool(await NeedRow.update(values).where(is_same).returning(NeedRow.id))


async def close_need(need: UUID) -> bool:
    """Whether the need was open."""
    values: dict[Any, Any] = {NeedRow.closed_at: now(), NeedRow.updated_at: now()}
    is_open = (NeedRow.id == need) & NeedRow.closed_at.is_null()
    return bool(await NeedRow.update(values).where(is_open).returning(NeedRow.id))


async def insert_suggestions(
    need: Need, artefact: str, values: Sequence[dict[str, float]], items: Sequence[Suggested], shown_to: UUID
) -> None:
    """Keep what is shown; an offer shown before for this revision and artefact is kept as it was then."""
    rows = [
        SuggestionRow(
            id=uuid4(),
            need=need.id,
            need_revision=need.revision,
            offer=item.offer.id,
            artefact=artefact,
            rank=item.rank,
            score=item.score,
            coverage=item.coverage,
            band=item.band,
            reasons=_json(item.reasons),
            signals=_json(signals),
            shown_to=shown_to,
            shown_at=now(),
        )
        for item, signals in zip(items, values, strict=True)
    ]
    await SuggestionRow.insert(*rows).on_conflict(
        target=(
            SuggestionRow.need,
            SuggestionRow.need_revision,
            SuggestionRow.artefact,
            SuggestionRow.offer,
        ),
        action="DO NOTHING",
    )


async def index_in_use() -> str:
    """The artefact everybody uses now, empty while none was fitted."""
    row = await MatchingIndex.select(MatchingIndex.artefact).first()
    return str(row["artefact"]) if row else ""


async def take_index() -> tuple[str, str]:
    """Artefact and stamp of the index in use; whoever else fits waits until this transaction ends."""
    row = await MatchingIndex.select().lock_rows("UPDATE").first()
    assert row is not None, "the migration made the row"
    return row["artefact"], row["stamp"]


async def put_index(artefact: str, stamp: str, offers: int) -> None:
    """Let everybody use this artefact from now on."""
    values: dict[Any, Any] = {
        MatchingIndex.artefact: artefact,
        MatchingIndex.stamp: stamp,
        MatchingIndex.offers: offers,
        MatchingIndex.fitted_at: now(),
    }
    await MatchingIndex.update(values, force=True)


async def insert_introduction(need: UUID, offer: UUID, side: Side, message: str, asked_by: UUID) -> UUID:
    """A new introduction. Raises Duplicate while the two have a live one."""
    row = IntroductionRow(
        id=uuid4(),
        need=need,
        offer=offer,
        asked_from=side,
        state="asked",
        message=message,
        asked_by=asked_by,
        asked_at=now(),
    )
    await IntroductionRow.insert(row)
    return row.id


async def set_introduction(introduction: UUID, before: str, after: str, ended_by: UUID, answer: str) -> bool:
    """Compare and set; say whether it was still in the state it was judged in."""
    values: dict[Any, Any] = {
        IntroductionRow.state: after,
        IntroductionRow.answer: answer,
        IntroductionRow.ended_by: ended_by,
        IntroductionRow.ended_at: now(),
    }
    is_same = (IntroductionRow.id == introduction) & (IntroductionRow.state == before)
    return bool(await IntroductionRow.update(values).where(is_same).returning(IntroductionRow.id))


async def find_introduction(
    introduction: UUID, account: UUID, organisations: Collection[UUID]
) -> Introduction | None:
    """One introduction as this account sees it; None when it is on neither side."""
    rows = await IntroductionRow.raw(
        f"{INTRODUCTIONS} where i.id = {{}} and (o.account = {{}} or n.organisation = any({{}}))",
        introduction,
        account,
        list(organisations),
    )
    return _introduction(rows[0], account) if rows else None


async def introductions_of(account: UUID, organisations: Collection[UUID]) -> list[Introduction]:
    """All introductions this account has a side in: those waiting first, then the newest."""
    rows = await IntroductionRow.raw(
        f"""{INTRODUCTIONS} where o.account = {{}} or n.organisation = any({{}})
        order by i.state <> 'asked', i.asked_at desc, i.id limit 200""",
        account,
        list(organisations),
    )
    return [_introduction(row, account) for row in rows]


async def account_to_tell(introduction: UUID, side: Side) -> UUID:
    """The account that hears for the other side than `side`."""
    rows = await IntroductionRow.raw(
        """
        select o.account as of_offer,
            case i.asked_from when 'need' then i.asked_by else n.created_by end as of_need
        from introduction i join need n on n.id = i.need join offer o on o.id = i.offer where i.id = {}
        """,
        introduction,
    )
    account: UUID = rows[0]["of_offer" if side == "need" else "of_need"]
    return account


def _introduction(row: Mapping[str, Any], account: UUID) -> Introduction:
    side: Side = "offer" if row["account"] == account else "need"
    contact = None
    if row["state"] == "accepted":
        contact = (
            Contact(name=row["need_person"], email=row["need_email"])
            if side == "offer"
            else Contact(name=row["offer_person"], email=row["offer_email"], more=row["offer_contact"])
        )
    return msgspec.convert({**row, "side": side, "contact": contact}, Introduction)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def answered_suggestions() -> list[dict[str, Any]]:
    """Introductions a company asked for that were answered, and what it had been shown of the offer."""
    rows: list[dict[str, Any]] = await IntroductionRow.raw(
        """
        select i.need, i.offer, i.state as answer, s.rank, s.signals from introduction i
        join lateral (
            select rank, signals from suggestion
            where need = i.need and offer = i.offer and shown_at <= i.asked_at order by shown_at desc limit 1
        ) s on true
        where i.asked_from = 'need' and i.state in ('accepted', 'declined')
        order by i.ended_at, i.id
        """
    )
    return rows
