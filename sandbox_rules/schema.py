"""The strict shape of a rule file. Every table of the file is one class here.

A named table such as ``[deadlines.appraise]`` becomes ``programme.deadlines["appraise"]`` and
knows its own name as ``key``. ``source`` is always the key of an entry of ``[sources]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from msgspec import Struct

from sandbox_rules.text import Text

Value = bool | int | float | str | date
FieldType = Literal["text", "long_text", "number", "date", "choice", "yes_no"]
FactType = Literal["number", "date", "choice", "yes_no"]
Op = Literal["is", "is_not", "at_least", "at_most", "one_of", "none_of"]
Unit = Literal["working_day", "day", "hour"]
Phase = Literal["draft", "intake", "supplement", "appraisal", "decision", "trial", "closed"]
Role = Literal[
    "applicant", "participant", "officer", "appraiser", "authority", "supervisor", "consulted", "public",
    "system"
]  # fmt: skip
Visibility = Literal["public", "internal", "secret"]
Status = Literal["seen", "secondhand", "to_confirm"]

AGENCY: frozenset[Role] = frozenset({"officer", "appraiser", "authority", "supervisor", "system"})


class Pin(Struct, frozen=True, order=True):
    """The very text that was applied: programme, day in force, SHA-256 of the file's bytes."""

    key: str
    in_force: date
    sha256: str


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a value of law stands. Without ``checked_on`` nobody has read it against the gazette."""

    key: str
    title: Text
    url: str | None = None
    checked_on: date | None = None
    secondhand: bool = False
    note: Text | None = None

    @property
    def confirmed(self) -> bool:
        """Whether somebody read the official text."""
        return self.checked_on is not None

    @property
    def status(self) -> Status:
        """Return ``seen``, ``secondhand`` (known from a condensed copy) or ``to_confirm``."""
        if self.confirmed:
            return "seen"
        return "secondhand" if self.secondhand else "to_confirm"


class Fact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a criterion may ask for. ``days_between`` derives it from two other facts."""

    key: str
    type: FactType
    label: Text
    question: Text
    unit: Text | None = None
    choices: dict[str, Text] = {}
    answered_by: Role = "applicant"
    days_between: tuple[str, str] | None = None


class Comparison(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A comparison of one fact with a value (a list for ``one_of`` and ``none_of``)."""

    fact: str
    op: Op
    value: Any


class Criterion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition of scope or eligibility; ``mend`` says what the applicant can do when it is not met.

    In ``[scope]``, ``shows_need`` marks the question whether a sandbox is needed at all, and
    ``referred_to`` names who decides instead when the criterion is not met.
    """

    key: str
    label: Text
    fact: str
    op: Op
    value: Any
    source: str
    mend: Text | None = None
    shows_need: bool = False
    referred_to: Text | None = None


class DocumentSlot(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document of the dossier. ``accepts`` are file extensions; ``max_mb`` megabytes each."""

    key: str
    label: Text
    hint: Text
    source: str
    required: bool = False
    required_when: Comparison | None = None
    waived_when: Comparison | None = None
    accepts: tuple[str, ...] = ("pdf",)
    max_mb: int = 20
    visibility: Visibility = "internal"


class Field(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question of the form; its answer may feed a fact. Numbers carry ``decimals`` places."""

    key: str
    label: Text
    type: FieldType
    hint: Text | None = None
    unit: Text | None = None
    required: bool = False
    required_when: Comparison | None = None
    fact: str | None = None
    public: bool = False
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    choices: dict[str, Text] = {}
    not_before: str | None = None


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of the form."""

    key: str
    label: Text
    fields: dict[str, Field]
    hint: Text | None = None


class Guard(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named yes or no that a transition needs; ``refusal`` says what is wrong and how to mend it."""

    key: str
    label: Text
    refusal: Text
    source: str | None = None


class State(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition of a case: who holds the file, what each side calls it and what comes next."""

    key: str
    phase: Phase
    label: Text
    public: Text
    next: Text
    holder: Role | None = None

    @property
    def closed(self) -> bool:
        """Whether nothing can follow."""
        return self.phase == "closed"


class Transition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The only way from one state to another."""

    key: str
    label: Text
    at: tuple[str, ...]
    to: str
    by: tuple[Role, ...]
    source: str
    needs: tuple[str, ...] = ()
    four_eyes_with: str | None = None
    issues: tuple[str, ...] = ()
    asks_reason: bool = False

    @property
    def guards(self) -> tuple[str, ...]:
        """Return all guards, the four-eyes rule among them."""
        return (*self.needs, "different_person") if self.four_eyes_with else self.needs


class Machine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """States and the only edges there are between them; a case begins at ``start``."""

    key: str
    label: Text
    start: str
    states: dict[str, State]
    transitions: dict[str, Transition]


class Deadline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time limit: starts with a transition of ``after``, is met by one of ``until``.

    ``extensions`` maps a transition to the units it adds; ``service_target`` is self-imposed.
    """

    key: str
    label: Text
    after: tuple[str, ...]
    until: tuple[str, ...]
    within: int
    unit: Unit
    owner: Role
    source: str
    machine: str = "application"
    paused_at: tuple[str, ...] = ()
    extensions: dict[str, int] = {}
    service_target: int | None = None


class Mark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a mark stands for."""

    mark: int
    means: Text


class AppraisalCriterion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One weighted criterion of the scoring sheet with anchors for its marks."""

    key: str
    label: Text
    hint: Text
    weight: float
    anchors: tuple[Mark, ...]


class Appraisal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The council and its scoring sheet; marks run from ``lowest`` to ``highest``."""

    label: Text
    appraisers: int
    quorum: int
    lowest: int
    highest: int
    pass_mark: float
    source: str
    criteria: dict[str, AppraisalCriterion]
    blind: bool = True


class Complaint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one may complain of a decision, and within how long of receiving it."""

    where: Text
    within: int
    unit: Unit
    source: str


class DecisionKind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of decision: which transition it is, which document carries it, its number symbol.

    ``signer`` is printed on drafts: who signs in the end prints their own. ``countersign`` asks for a second
    person between proposal and signature. ``ends_trial_by`` is the step this decision makes the trial take.
    ``complaint`` is printed on it.
    """

    key: str
    label: Text
    title: Text
    machine: str
    transition: str
    document: str
    symbol: str
    signer: Text
    source: str
    asks_conditions: bool = False
    asks_limits: bool = False
    countersign: bool = False
    ends_trial_by: str | None = None
    complaint: Complaint | None = None


class IssuedDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document the authority issues; ``symbol`` follows the number (``12/QĐ-UBND``).

    ``promises_within`` bounds a day the document promises: so many working days from the day it bears.
    """

    key: str
    label: Text
    symbol: str
    source: str
    numbered: bool = True
    promises_within: int | None = None


class Parameter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in a condition's text to be filled for the one decision."""

    key: str
    label: Text
    type: Literal["text", "number", "date"]
    unit: Text | None = None
    default: Any = None


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition that may be attached to a grant, and why one attaches it."""

    key: str
    label: Text
    text: Text
    reason: Text
    source: str
    parameters: dict[str, Parameter] = {}
    attached: bool = False

    def fill(self, values: Mapping[str, object]) -> Text:
        """Return the text with its parameters. Raises KeyError when one is not given."""
        return self.text.fill(**values)


class Limit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bound of the trial. ``judged`` says how readings add up.

    Near is ``warn_at`` of the bound, or ``warn_days`` before a last day.
    """

    key: str
    label: Text
    unit: Text
    fact: str
    judged: Literal["highest", "sum", "latest", "until"]
    source: str
    ceiling: float | None = None
    warn_at: float = 0.8
    warn_days: int = 30
    decimals: int = 0


class Report(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report the participant owes: every so many months, or once after the end."""

    key: str
    label: Text
    within: int
    unit: Literal["working_day", "day"]
    source: str
    every_months: int | None = None


class Opinions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How other agencies are asked: who may read what they say, and what their silence means.

    ``by_link`` tells whether it is lawful to answer by a personal link, without an account.
    """

    visible_to: tuple[Role, ...]
    silence: Text
    source: str
    by_link: bool = False


class Publication(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the public may see and from which transition on."""

    after: str
    statement: Text
    source: str
    documents: tuple[str, ...] = ()


class Retention(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many years a closed dossier is kept."""

    years: int
    source: str
