"""What a decision is made of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from backend.kit.text import Text
from sandbox_rules import Condition as LibraryCondition

State = Literal["proposed", "countersigned", "returned", "signed", "recalled"]
Capacity = Literal["TM", "KT", "TUQ", "TL"]
"""On behalf of the collective, for a superior, under a written authority, by order (NĐ 30/2020, Điều 13)."""
Act = Literal["sign", "countersign"]


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
    """A draft as the officer wrote it. `limits` maps limit keys to bounds; `reasons` are for people.

    `succeeds` is the decision in force that this one recalls or, being of the same kind, replaces.
    """

    kind: str
    succeeds: UUID | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    limits: dict[str, float | str] = {}
    conditions: list[ChosenCondition] = []
    exemptions: list[Exemption] = []
    reasons: str = ""


class Condition(Struct, frozen=True, kw_only=True):
    """A condition as it is printed: the library's text with its parameters filled in, kept as decided.

    `version` is that of the agency's own library, 0 the rule file's. `label` and `source` (a key of the rule
    file's sources) are those of that version; decisions made before versions were kept have none.
    """

    key: str
    text: Text
    reason: Text
    parameters: dict[str, Any]
    version: int = 0
    label: Text | None = None
    source: str = ""


class SignedAs(Struct, frozen=True, kw_only=True):
    """In which capacity somebody signed, kept as it was: the block is printed line by line.

    The account that signed is the person; `principal_name` is whom they acted for by delegation.
    """

    authority: UUID
    capacity: Capacity
    lines: list[Text]
    basis: str
    principal: UUID | None = None
    principal_name: str = ""


class Decision(Struct, frozen=True, kw_only=True):
    """A proposal or a signed decision. `succeeds` is the decision it recalls or replaces."""

    id: UUID
    application_id: UUID
    kind: str
    state: State
    succeeds: UUID | None
    starts_on: date | None
    ends_on: date | None
    limits: dict[str, float | str]
    conditions: list[Condition]
    exemptions: list[Exemption]
    reasons: str
    proposed_by: UUID
    proposer_name: str
    proposed_at: datetime
    countersigned_by: UUID | None
    countersigner_name: str | None
    countersigned_at: datetime | None
    countersigned_as: SignedAs | None
    return_reason: str
    ended_by: UUID | None
    ended_by_name: str | None
    ended_at: datetime | None
    signed_as: SignedAs | None
    recalled_at: datetime | None
    document_id: UUID | None

    @property
    def is_open(self) -> bool:
        """Whether it still awaits its signature."""
        return self.state in {"proposed", "countersigned"}

    @property
    def is_issued(self) -> bool:
        """Whether it was signed, recalled since or not: what the applicant may see."""
        return self.state in {"signed", "recalled"}


# The JSON interface


class Return(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the draft goes back; `proposal` is the id of the draft that was read.

    `appraise_again` sends the case to its council for another round instead of to its drafter.
    """

    proposal: UUID
    reason: str
    appraise_again: bool = False


class Signature(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`proposal` is the id of the draft that was read; `authority` which of one's authorities to sign by."""

    proposal: UUID
    authority: UUID | None = None


class DecisionView(Struct, frozen=True, kw_only=True):
    """A proposal or decision; who prepared it and why one was returned is not for the applicant."""

    id: UUID
    kind: str
    state: State
    succeeds: UUID | None
    starts_on: date | None
    ends_on: date | None
    limits: dict[str, float | str]
    conditions: list[Condition]
    exemptions: list[Exemption]
    reasons: str
    proposed_at: datetime
    proposed_by: str | None
    countersigned_at: datetime | None
    countersigned_by: str | None
    return_reason: str | None
    ended_at: datetime | None
    ended_by: str | None
    signed_as: SignedAs | None
    recalled_at: datetime | None
    document_id: UUID | None


def to_view(decision: Decision, *, with_people: bool) -> DecisionView:
    """The decision for the JSON interface."""
    return DecisionView(
        id=decision.id,
        kind=decision.kind,
        state=decision.state,
        succeeds=decision.succeeds,
        starts_on=decision.starts_on,
        ends_on=decision.ends_on,
        limits=decision.limits,
        conditions=decision.conditions,
        exemptions=decision.exemptions,
        reasons=decision.reasons,
        proposed_at=decision.proposed_at,
        proposed_by=decision.proposer_name if with_people else None,
        countersigned_at=decision.countersigned_at if with_people else None,
        countersigned_by=decision.countersigner_name if with_people else None,
        return_reason=decision.return_reason if with_people else None,
        ended_at=decision.ended_at,
        ended_by=decision.ended_by_name,
        signed_as=decision.signed_as if with_people else None,
        recalled_at=decision.recalled_at,
        document_id=decision.document_id,
    )


# Who may sign


class AuthorityForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an administrator enters: who may sign or countersign, as what, for whom, when and why.

    `principal` makes it a delegation: it holds only as long as that person's own authority does. `kinds`
    narrows it to some kinds of decision; none named means all.
    """

    account: UUID
    act: Act
    capacity: Capacity
    title_vi: str
    title_en: str
    agency_vi: str = ""
    agency_en: str = ""
    for_whom_vi: str = ""
    for_whom_en: str = ""
    principal: UUID | None = None
    kinds: list[str] = []
    asks_countersign: bool = False
    from_on: date
    until_on: date | None = None
    basis: str


class SigningAuthority(Struct, frozen=True, kw_only=True):
    """Somebody's authority to sign or countersign."""

    id: UUID
    account_id: UUID
    account_name: str
    act: Act
    capacity: Capacity
    title: Text
    agency: Text
    for_whom: Text
    principal_id: UUID | None
    principal_name: str | None
    kinds: list[str]
    asks_countersign: bool
    from_on: date
    until_on: date | None
    basis: str
    entered_by_name: str
    entered_at: datetime
    withdrawn_at: datetime | None

    def is_live(self, on: date) -> bool:
        """Whether it stands on this day or will later."""
        return self.withdrawn_at is None and (self.until_on is None or on <= self.until_on)

    def holds(self, kind: str, on: date) -> bool:
        """Whether it covers this kind of decision on this day."""
        return self.is_live(on) and self.from_on <= on and (not self.kinds or kind in self.kinds)

    @property
    def lines(self) -> list[Text]:
        """The signature block above the name, in the order of NĐ 30/2020, Phụ lục I."""
        found = []
        if self.agency.vi:
            found.append(Text(f"TM. {self.agency.vi}", f"On behalf of the {self.agency.en}"))
        if self.capacity != "TM":
            words = _FOR[self.capacity]
            found.append(
                Text(
                    words.vi.format(whom=self.for_whom.vi),
                    words.en.format(whom=self.for_whom.en),
                )
            )
        return [*found, self.title]


_FOR = {
    "KT": Text("KT. {whom}", "For the {whom}"),
    "TUQ": Text("TUQ. {whom}", "Under the authority of the {whom}"),
    "TL": Text("TL. {whom}", "By order of the {whom}"),
}


# The agency's own conditions


class AgencyCondition(LibraryCondition, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition of the agency's library, used like one of the rule file."""

    version: int


class NewParameter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in the text, `{key}`, to be filled for the one decision."""

    key: str
    label: Text
    type: Literal["text", "number", "date"]


class ConditionForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new version of a condition; the first one of a new key, or the next of a known one.

    `source` is a key of the rule file's sources.
    """

    programme: str
    key: str
    label: Text
    text: Text
    reason: Text
    parameters: list[NewParameter] = []
    source: str
    from_on: date
    until_on: date | None = None


class ConditionVersion(Struct, frozen=True, kw_only=True):
    """A version of a condition as it was entered."""

    id: UUID
    programme_key: str
    key: str
    version: int
    label: Text
    text: Text
    reason: Text
    parameters: dict[str, Any]
    source: str
    from_on: date
    until_on: date | None
    entered_by_name: str
    entered_at: datetime
    withdrawn_at: datetime | None

    def holds(self, on: date) -> bool:
        """Whether drafts may use it on this day."""
        is_in_time = self.from_on <= on and (self.until_on is None or on <= self.until_on)
        return self.withdrawn_at is None and is_in_time


# The ledger of exemptions

Standing = Literal["in_force", "expiring", "expired", "ended"]


class LedgerFilters(Struct, frozen=True, kw_only=True):
    """What narrows the ledger: words anywhere without regard to marks, and how a line stands. Empty: all."""

    q: str = ""
    standing: Standing | None = None


class LedgerLine(Struct, frozen=True, kw_only=True):
    """A rule set aside for one trial: which article, how far, until when, by which decision."""

    id: UUID
    application_id: UUID
    rule: str
    article: str
    extent: str
    from_on: date
    until_on: date | None
    ended_on: date | None
    standing: Standing
    number: str
    organisation_name: str
    title: str
    decision_number: str
