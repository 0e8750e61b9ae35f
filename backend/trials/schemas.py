"""What a trial looks like: whole for those it concerns, and its public side."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.decisions.schemas import Condition, Exemption
from sandbox_rules import Pin


class PublicTrial(Struct, frozen=True, kw_only=True):
    """What everybody may read. `public` maps keys of the rule file's public fields to answers."""

    id: UUID
    number: str
    state: str
    programme_key: str
    pin: Pin
    title: str
    summary: str
    field: str
    place: str
    ward: str
    organisation_name: str
    starts_on: date
    ends_on: date
    limits: dict[str, float | str]
    conditions: list[Condition]
    exemptions: list[Exemption]
    public: dict[str, Any]
    updated_at: datetime


class Trial(PublicTrial, frozen=True, kw_only=True):
    """A trial as its participant and the authorities see it."""

    application_id: UUID
    decision_id: UUID
    organisation_id: UUID
    created_at: datetime


class Filters(Struct, frozen=True, kw_only=True):
    """What narrows a list: words anywhere without regard to marks, and exact facets. Empty: all."""

    q: str = ""
    state: str = ""
    field: str = ""
    ward: str = ""
    year: int | None = None


class Cell(Struct, frozen=True, kw_only=True):
    """How many trials have the same state, field, ward and year of beginning."""

    state: str
    field: str
    ward: str
    year: int
    count: int


class Facet(Struct, frozen=True, kw_only=True):
    """One value of a facet and how many trials have it."""

    facet: str
    value: str
    count: int


class Reason(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a step is taken."""

    reason: str = ""
