"""Rows of proposed rule files and of what they would change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import convert
from piccolo.custom_types import Combinable
from piccolo.query.functions import Count

from backend.insight.schemas import Outcome, Proposal
from backend.insight.tables import RuleEffect, RuleProposal
from backend.kit.pages import Page
from sandbox_rules import Effect

SIZE = 50


async def list_proposals() -> list[Proposal]:
    """All proposals, the latest first."""
    return await _proposals(RuleProposal.id.is_not_null())


async def find_proposal(proposal_id: UUID) -> Proposal | None:
    return next(iter(await _proposals(RuleProposal.id == proposal_id)), None)


async def find_by_digest(sha256: str) -> Proposal | None:
    return next(iter(await _proposals(RuleProposal.sha256 == sha256)), None)


async def _proposals(where: Combinable) -> list[Proposal]:
    rows = (
        await RuleProposal.select(
            *RuleProposal.all_columns(), RuleProposal.proposed_by.name.as_alias("proposed_by_name")
        )
        .where(where)
        .order_by(RuleProposal.proposed_at, ascending=False)
    )
    return [convert(row, Proposal) for row in rows]


async def insert_proposal(**values: Any) -> UUID:
    row = RuleProposal(**values)
    await RuleProposal.insert(row)
    return row.id


async def begin_simulation(proposal_id: UUID, as_of: datetime, total: int) -> None:
    """Forget what an earlier simulation found, and begin at nought."""
    await RuleEffect.delete().where(RuleEffect.proposal == proposal_id)
    await RuleProposal.update(
        {
            RuleProposal.as_of: as_of,
            RuleProposal.total: total,
            RuleProposal.done: 0,
            RuleProposal.finished_at: None,
        }
    ).where(RuleProposal.id == proposal_id)


async def record_progress(proposal_id: UUID, done: int, finished_at: datetime | None) -> None:
    await RuleProposal.update({RuleProposal.done: done, RuleProposal.finished_at: finished_at}).where(
        RuleProposal.id == proposal_id
    )


async def insert_effects(proposal_id: UUID, effects: Collection[Effect]) -> None:
    if effects:
        await RuleEffect.insert(
            *(
                RuleEffect(
                    proposal=proposal_id,
                    number=one.case,
                    what=one.what,
                    key=one.key,
                    old=one.old,
                    new=one.new,
                )
                for one in effects
            )
        )


async def outcome_of(proposal_id: UUID) -> Outcome:
    where = RuleEffect.proposal == proposal_id
    rows = (
        await RuleEffect.select(RuleEffect.what, Count(alias="count"))
        .where(where)
        .group_by(RuleEffect.what)
        .order_by(RuleEffect.what)
    )
    changed = await RuleEffect.count(distinct=[RuleEffect.number]).where(where)
    return Outcome(changed=changed, counts={row["what"]: row["count"] for row in rows})


async def page_of_effects(proposal_id: UUID, number: int) -> Page[Effect]:
    """One page of the effects by case; pages count from 1."""
    where = RuleEffect.proposal == proposal_id
    rows = (
        await RuleEffect.select()
        .where(where)
        .order_by(RuleEffect.number, RuleEffect.what, RuleEffect.key)
        .limit(SIZE)
        .offset((number - 1) * SIZE)
    )
    effects = [Effect(row["number"], row["what"], row["key"], row["old"], row["new"]) for row in rows]
    return Page(items=effects, total=await RuleEffect.count().where(where), page=number, size=SIZE)
