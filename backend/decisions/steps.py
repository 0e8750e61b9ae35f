"""The steps a draft takes, in the procedure of the case or, for what follows a decision in force, of its own.

A case that is decided is closed for good: to recall or replace its decision is a small procedure beside it,
whose history is the audit chain of the decision that is to go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.applications.errors import RuleSaysNo
from backend.applications.schemas import Application
from backend.decisions.draft import MACHINE, SUCCESSION
from backend.decisions.errors import SamePerson
from backend.decisions.schemas import Decision
from backend.kit import audit
from backend.kit.errors import NotFound
from sandbox_rules import DecisionKind, Programme, Refused, fire, open_transitions


class Track(NamedTuple):
    """A procedure and the names of its steps before the signature; `appraise_again` where there is one."""

    machine: str
    propose: str
    countersign: str
    give_back: str
    appraise_again: str = ""


FIRST = Track(MACHINE, "propose", "countersign", "return_proposal", "return_for_appraisal")
NEXT = Track(SUCCESSION, "propose_succession", "countersign_succession", "return_succession")
REPLACE = "replace"


def track_of(succeeds: UUID | None) -> Track:
    """The procedure of a first decision, or of one that follows another."""
    return NEXT if succeeds else FIRST


def signing_step(kind: DecisionKind, succeeds: UUID | None) -> str:
    """The step by which a draft of this kind is signed."""
    return REPLACE if succeeds and kind.machine == MACHINE else kind.transition


def drafts_of(decisions: Sequence[Decision], succeeds: UUID | None) -> list[Decision]:
    """All drafts of one and the same decision, those returned included."""
    return [one for one in decisions if one.succeeds == succeeds]


async def move(
    actor: Actor,
    application: Application,
    decisions: Sequence[Decision],
    succeeds: UUID | None,
    transition: str,
    *,
    guards: Mapping[str, bool] | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Take one step. Raises NotFound, RuleSaysNo, Conflict, and SamePerson where four eyes are asked for."""
    try:
        if succeeds is None:
            await applications.move_application(actor, application.id, transition, guards=guards, data=data)
        else:
            await _move_beside(actor, application, decisions, succeeds, transition, guards or {}, data or {})
    except RuleSaysNo as no:
        if no.refusal == "needs_different_person":
            raise SamePerson from no
        raise


def open_steps(actor: Actor, application: Application, decisions: Sequence[Decision]) -> frozenset[str]:
    """The steps that stand open to this actor now, whatever their guards will say."""
    programme = applications.rules_of(application)
    roles = applications.roles_on(actor, application)
    found = open_transitions(programme, MACHINE, application.state, roles, {})
    in_force = in_force_of(decisions)
    if in_force and can_be_succeeded(programme, in_force):
        state = _state_beside(decisions, in_force.id)
        found += open_transitions(programme, SUCCESSION, state, roles, {})
    return frozenset(step.key for step in found)


def in_force_of(decisions: Sequence[Decision]) -> Decision | None:
    """The signed decision that was not recalled."""
    return next((one for one in decisions if one.state == "signed"), None)


def can_be_succeeded(programme: Programme, decision: Decision) -> bool:
    """Whether the rule file knows how to recall or replace it; what recalls another is the end."""
    return SUCCESSION in programme.machines and programme.decisions[decision.kind].machine == MACHINE


async def _move_beside(
    actor: Actor,
    application: Application,
    decisions: Sequence[Decision],
    succeeds: UUID,
    transition: str,
    guards: Mapping[str, bool],
    data: Mapping[str, Any],
) -> None:
    programme = applications.rules_of(application)
    in_force = in_force_of(decisions)
    if in_force is None or in_force.id != succeeds or not can_be_succeeded(programme, in_force):
        raise NotFound
    state = _state_beside(decisions, succeeds)
    roles = applications.roles_on(actor, application)
    try:
        fired = fire(programme, SUCCESSION, state, transition, roles, guards)
    except Refused as refused:
        if refused.code in {"not_your_role", "unknown_transition"}:
            raise NotFound from refused
        raise RuleSaysNo(refused) from refused
    line = {**data, "transition": transition, "from": state, "to": fired.to, "application": application.id}
    await audit.record(succeeds, "decision:succession_moved", actor.id, line)


def _state_beside(decisions: Sequence[Decision], succeeds: UUID) -> str:
    """Where the procedure stands: at the open draft, else at its beginning."""
    states = [one.state for one in decisions if one.succeeds == succeeds and one.is_open]
    return states[0] if states else "drafting"
