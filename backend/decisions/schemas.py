"""What a decision is made of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from backend.kit.text import Text


class ChosenCondition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition of the rule file's library with its parameters, and why it is attached."""

    key: str
    parameters: dict[str, Any] = {}
    reason: str = ""


class Exemption(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule set aside for the trial: which, where it stands, how far, and until when."""

    rule: str
    article: str
    extent: str
    until: date | None = None


class Proposal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draft as the officer wrote it. `limits` maps limit keys to bounds; `reasons` are for people."""

    kind: str
    starts_on: date | None = None
    ends_on: date | None = None
    limits: dict[str, float | str] = {}
    conditions: list[ChosenCondition] = []
    exemptions: list[Exemption] = []
    reasons: str = ""


class Condition(Struct, frozen=True, kw_only=True):
    """A condition as it is printed: the library's text with its parameters filled in, kept as decided."""

    key: str
    text: Text
    reason: Text
    parameters: dict[str, Any]


class Decision(Struct, frozen=True, kw_only=True):
    """A proposal or a signed decision."""

    id: UUID
    application_id: UUID
    kind: str
    state: Literal["proposed", "returned", "signed"]
    starts_on: date | None
    ends_on: date | None
    limits: dict[str, float | str]
    conditions: list[Condition]
    exemptions: list[Exemption]
    reasons: str
    proposed_by: UUID
    proposer_name: str
    proposed_at: datetime
    return_reason: str
    ended_by: UUID | None
    ended_by_name: str | None
    ended_at: datetime | None
    document_id: UUID | None


# The JSON interface


class Return(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the draft goes back; `proposal` is the id of the draft that was read."""

    proposal: UUID
    reason: str


class Signature(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`proposal` is the id of the draft that was read."""

    proposal: UUID


class DecisionView(Struct, frozen=True, kw_only=True):
    """A proposal or decision; who prepared it and why one was returned is not for the applicant."""

    id: UUID
    kind: str
    state: Literal["proposed", "returned", "signed"]
    starts_on: date | None
    ends_on: date | None
    limits: dict[str, float | str]
    conditions: list[Condition]
    exemptions: list[Exemption]
    reasons: str
    proposed_at: datetime
    proposed_by: str | None
    return_reason: str | None
    ended_at: datetime | None
    ended_by: str | None
    document_id: UUID | None


def to_view(decision: Decision, *, with_people: bool) -> DecisionView:
    """The decision for the JSON interface."""
    return DecisionView(
        id=decision.id,
        kind=decision.kind,
        state=decision.state,
        starts_on=decision.starts_on,
        ends_on=decision.ends_on,
        limits=decision.limits,
        conditions=decision.conditions,
        exemptions=decision.exemptions,
        reasons=decision.reasons,
        proposed_at=decision.proposed_at,
        proposed_by=decision.proposer_name if with_people else None,
        return_reason=decision.return_reason if with_people else None,
        ended_at=decision.ended_at,
        ended_by=decision.ended_by_name,
        document_id=decision.document_id,
    )
