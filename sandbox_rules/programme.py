"""A programme: one legal regime as in force from one day."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from sandbox_rules.schema import (
    Appraisal,
    Condition,
    Criterion,
    Deadline,
    DecisionKind,
    DocumentSlot,
    Fact,
    Field,
    Guard,
    IssuedDocument,
    Limit,
    Machine,
    Opinions,
    Pin,
    Publication,
    Report,
    Retention,
    Section,
    Source,
)
from sandbox_rules.text import Text


class Programme(Struct, frozen=True, kw_only=True, eq=False, forbid_unknown_fields=True):
    """Everything one rule file says. Compared by identity; ``pin`` names the exact text."""

    key: str
    in_force: date
    pin: Pin
    facts: dict[str, Fact]
    calendar: str
    title: Text
    summary: Text
    authority: Text
    source: str
    sources: dict[str, Source]
    referred_to: Text | None = None
    scope: dict[str, Criterion] = {}
    eligibility: dict[str, Criterion] = {}
    documents: dict[str, DocumentSlot] = {}
    sections: dict[str, Section] = {}
    guards: dict[str, Guard] = {}
    machines: dict[str, Machine] = {}
    deadlines: dict[str, Deadline] = {}
    appraisal: Appraisal | None = None
    decisions: dict[str, DecisionKind] = {}
    issued: dict[str, IssuedDocument] = {}
    conditions: dict[str, Condition] = {}
    limits: dict[str, Limit] = {}
    reports: dict[str, Report] = {}
    publication: Publication | None = None
    retention: Retention | None = None
    opinions: Opinions | None = None

    @property
    def fields(self) -> dict[str, Field]:
        """Return the fields of all sections in their order."""
        return {key: field for section in self.sections.values() for key, field in section.fields.items()}

    @property
    def public_fields(self) -> dict[str, Field]:
        """Return the fields whose answers the public register may show."""
        return {key: field for key, field in self.fields.items() if field.public}

    @property
    def unread(self) -> dict[str, Source]:
        """Return the sources nobody has read yet."""
        return {key: source for key, source in self.sources.items() if not source.confirmed}
