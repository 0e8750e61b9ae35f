"""Rule files looked after: what is released, what somebody proposes, and what a proposal would change.

A proposal is checked, compared and tried out on the cases of this registry. Nothing here puts one into force:
that is a file in the folder of rule files, reviewed and pinned.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.accounts.schemas import Actor
from backend.applications.past import count_past_cases, past_cases
from backend.insight import queries
from backend.insight.schemas import EffectLine, FaultyFile, Outcome, Proposal, RuleFile, in_words
from backend.kit import audit, clock, outbox
from backend.kit.db import retrying, transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.pages import Page
from backend.kit.text import Text
from backend.programmes import domain as programmes
from sandbox_rules import Change, Programme, RuleFileError, RuleFileErrors, calendar_of, diff, simulate
from sandbox_rules.checks import cited
from sandbox_rules.loader import parse_programme

JOB = "insight:simulate"
BATCH = 100
"""Cases a job looks at; progress shows after each job."""


def list_rule_files() -> list[RuleFile]:
    """Return every released file with what nobody has read in it."""
    governing = {one.pin for one in programmes.list_in_force()}
    return [_rule_file(one, one.pin in governing) for one in programmes.rules().all()]


def _rule_file(programme: Programme, is_in_force: bool) -> RuleFile:
    named = cited(programme)
    unread = [(path, programme.sources[key]) for path, key in named if key in programme.unread]
    return RuleFile(programme=programme, is_in_force=is_in_force, unread=unread, values=len(named))


def read_file(data: bytes, name: str) -> Programme:
    """Read and check a file somebody proposes. Raises FaultyFile with every fault."""
    try:
        return parse_programme(data, programmes.rules().all()[0].facts, name)
    except RuleFileErrors as faults:
        raise FaultyFile(faults.errors) from faults
    except RuleFileError as fault:
        raise FaultyFile((fault,)) from fault


@retrying
async def propose_file(actor: Actor, data: bytes, name: str) -> Proposal:
    """Keep a sound file for comparison and simulation; the same bytes are kept once. Raises FaultyFile."""
    programme = read_file(data, name)
    async with transaction():
        if kept := await queries.find_by_digest(programme.pin.sha256):
            return kept
        proposal_id = await queries.insert_proposal(
            key=programme.key,
            in_force=programme.in_force,
            sha256=programme.pin.sha256,
            content=data.decode("utf-8"),
            proposed_by=actor.id,
            proposed_at=clock.now(),
        )
        line = {"programme": programme.key, "in_force": programme.in_force, "sha256": programme.pin.sha256}
        await audit.record(proposal_id, "rules:proposed", actor.id, line)
        return await get_proposal(proposal_id)


async def list_proposals() -> list[Proposal]:
    """Return all proposals, the latest first."""
    return await queries.list_proposals()


async def get_proposal(proposal_id: UUID) -> Proposal:
    """Return one proposal. Raises NotFound."""
    proposal = await queries.find_proposal(proposal_id)
    if proposal is None:
        raise NotFound
    return proposal


def programme_of(proposal: Proposal) -> Programme:
    """Return the proposed file as read. Raises FaultyFile when the checks became stricter since."""
    return read_file(proposal.content.encode("utf-8"), f"{proposal.key}/{proposal.in_force}.toml")


def base_of(programme: Programme) -> Programme | None:
    """Return the released file that governs on the day of a proposal; None for a new programme."""
    try:
        return programmes.rules().in_force(programme.key, programme.in_force)
    except LookupError:
        return None


async def compare(old: str, new: str) -> tuple[Programme, Programme, list[Change]]:
    """Tell what differs between two files, named by SHA-256. Raises Invalid unless of one programme."""
    files = {one.pin.sha256: one for one in programmes.rules().all()}
    for digest in {old, new} - set(files):
        if proposal := await queries.find_by_digest(digest):
            files[digest] = programme_of(proposal)
    if old not in files or new not in files:
        raise Invalid(fields={"old" if old not in files else "new": _CHOOSE})
    if files[old].key != files[new].key:
        raise Invalid(fields={"new": _OTHER_PROGRAMME})
    return files[old], files[new], diff(files[old], files[new])


@retrying
async def simulate_proposal(actor: Actor, proposal_id: UUID) -> Proposal:
    """Ask for the proposal to be tried out on the cases as they stand now; jobs of the outbox do it."""
    async with transaction():
        proposal = await get_proposal(proposal_id)
        as_of = clock.now()
        total = await count_past_cases(proposal.key, as_of)
        await queries.begin_simulation(proposal_id, as_of, total)
        await audit.record(proposal_id, "rules:simulated", actor.id, {"cases": total})
        await outbox.enqueue(JOB, {"proposal": proposal_id, "as_of": as_of, "after": None})
        return await get_proposal(proposal_id)


@outbox.handler(JOB)
async def work_on_simulation(payload: dict[str, Any]) -> None:
    """Look at the next cases, then ask for the next job. A simulation begun anew ends an old one."""
    proposal = await queries.find_proposal(UUID(payload["proposal"]))
    as_of = datetime.fromisoformat(payload["as_of"])
    if proposal is None or proposal.as_of != as_of:
        return
    after = UUID(payload["after"]) if payload["after"] else None
    cases = await past_cases(proposal.key, as_of, after, BATCH)
    new = programme_of(proposal)
    found = await asyncio.to_thread(
        simulate, [one for _, one in cases], new, programmes.rules(), calendar_of(new.calendar)
    )
    await queries.insert_effects(proposal.id, found.effects)
    done = min(proposal.done + len(cases), proposal.total)
    over = len(cases) < BATCH
    await queries.record_progress(proposal.id, done, clock.now() if over else None)
    if not over:
        await outbox.enqueue(JOB, {**payload, "after": cases[-1][0]})


async def outcome_of(proposal: Proposal, number: int) -> tuple[Outcome, Page[EffectLine]]:
    """Return what a simulation came to so far, and one page of its effects in words."""
    page = await queries.page_of_effects(proposal.id, max(1, number))
    new = programme_of(proposal)
    lines = [in_words(one, base_of(new) or new, new) for one in page.items]
    shown = Page(items=lines, total=page.total, page=page.page, size=page.size)
    return await queries.outcome_of(proposal.id), shown


_CHOOSE = Text("Hãy chọn một tệp trong danh sách.", "Choose a file from the list.")
_OTHER_PROGRAMME = Text(
    "Hai tệp phải thuộc cùng một chương trình.", "Both files must belong to the same programme."
)
