"""What a case looks like to the one who reads it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from backend.applications.lateness_promise import Promise, promise_in
from backend.applications.schemas import Application, Notice, Upload
from backend.applications.supplement_schemas import Request
from backend.appraisals.schemas import Summary
from backend.decisions.schemas import Decision
from backend.documents.schemas import IssuedDocument
from backend.kit.audit import Broken, Entry
from backend.kit.text import Text
from backend.opinions.schemas import Opinion
from backend.trials.schemas import Trial
from sandbox_rules import Clock, DocumentSlot, Field, Finding, Programme, Section, Source, State

View = Literal["applicant", "appraiser", "staff"]
"""From which side a case is read; the applicant's and the appraiser's show public labels alone."""
How = Literal["link", "button", "withdraw"]
"""How a step is taken: a page of its own, one press, or a small form of that name."""
Tone = Literal["now", "stop", "bad", "good"]


class Access(Struct, frozen=True, kw_only=True):
    """A case the actor may read, from which side, and with which roles of the rule file."""

    application: Application
    view: View
    roles: frozenset[str]


class Story(Struct, frozen=True, kw_only=True):
    """The audit chain of a case, oldest first, the names of those who acted, and where it is broken."""

    entries: list[Entry]
    names: dict[UUID, str]
    broken: Broken | None


class Action(Struct, frozen=True, kw_only=True):
    """Something the reader may do now at `href`; `blocked` says what still stands in the way."""

    key: str
    label: Text
    how: How
    href: str
    blocked: Text | None = None
    source: Source | None = None


class Line(Struct, frozen=True, kw_only=True):
    """One line of the timeline, in people's words."""

    title: Text
    at: datetime
    who: Text | None = None
    text: Text | None = None
    tone: Tone | None = None
    href: str | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """A question of the form and what is stored; dates are dates."""

    field: Field
    value: bool | int | float | str | date | None


class Files(Struct, frozen=True, kw_only=True):
    """The files of one document of the dossier, the newest first."""

    slot: DocumentSlot
    required: bool
    files: list[Upload]


class Dossier(Struct, frozen=True, kw_only=True):
    """Answers by section, files by document, and how the answers stand against the criteria."""

    sections: list[tuple[Section, list[Answer]]]
    documents: list[Files]
    unsubmitted: frozenset[UUID]
    findings: list[Finding]


class Case(Struct, frozen=True, kw_only=True):
    """The whole case as one reader sees it. `clocks` are those that count now, `past_clocks` the others."""

    access: Access
    programme: Programme
    state: State
    label: Text
    holder: Text | None
    since: datetime
    is_my_turn: bool
    actions: list[Action]
    clocks: list[Clock]
    past_clocks: list[Clock]
    timeline: list[Line]
    notice: Notice | None
    dossier: Dossier
    appraisal: Summary | None
    opinions: list[Opinion]
    decisions: list[Decision]
    documents: list[IssuedDocument]
    trial: Trial | None
    supplements: list[Request]
    story: Story

    @property
    def application(self) -> Application:
        return self.access.application

    @property
    def promise(self) -> Promise | None:
        """The new day the agency promised when it apologised for a delay."""
        return promise_in(self.documents)

    @property
    def main_action(self) -> str | None:
        """The one action of the page: the first that can be taken, if it is the reader's turn."""
        ready = [one.key for one in self.actions if one.blocked is None]
        return ready[0] if ready and self.is_my_turn else None


# What the JSON interface hands out


class ActionView(Struct, frozen=True, kw_only=True):
    key: str
    label: Text
    href: str
    blocked: Text | None


class ClockView(Struct, frozen=True, kw_only=True):
    """Days are in `unit`; `is_confirmed`: somebody read the article in the official text."""

    key: str
    label: Text
    state: str
    unit: str
    limit: int
    used: int
    left: int
    started_on: date
    due_on: date | None
    ended_at: datetime | None
    source: Text
    is_confirmed: bool


class FileView(Struct, frozen=True, kw_only=True):
    slot: str
    filename: str
    size: int
    sha256: str
    uploaded_at: datetime
    href: str


class DocumentView(Struct, frozen=True, kw_only=True):
    id: UUID
    kind: str
    number: str | None
    title: Text
    state: str
    code: str
    href: str

    @classmethod
    def of(cls, one: IssuedDocument, href: str) -> DocumentView:
        """A document that is read at this address."""
        return cls(
            id=one.id,
            kind=one.kind,
            number=one.number,
            title=one.title,
            state=one.state,
            code=one.printed_code,
            href=href,
        )


class CaseView(Struct, frozen=True, kw_only=True):
    """A case; `state` is the key of the rule file, given to staff alone."""

    id: UUID
    number: str | None
    title: str
    organisation_name: str
    programme: Text
    state: str | None
    public_state: Text
    holder: Text | None
    since: datetime
    next_step: Text
    is_my_turn: bool
    clocks: list[ClockView]
    actions: list[ActionView]
    timeline: list[Line]
    files: list[FileView]
    documents: list[DocumentView]
    trial: UUID | None
