"""What this feature hands out and takes in. Rows never leave it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from backend.kit.text import Text
from matching.what_if import Change

Side = Literal["need", "offer"]
Kind = Literal["expert", "institute"]
Title = Annotated[str, Meta(max_length=160)]
LongText = Annotated[str, Meta(max_length=10_000)]
SkillKey = Annotated[str, Meta(min_length=1, max_length=80)]


class NeededSkill(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A skill that is looked for; a wished one counts half of a required one of the same weight."""

    key: SkillKey
    weight: Annotated[int, Meta(ge=1, le=3)] = 2
    required: bool = True


class OfferedSkill(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A skill somebody confirmed of themselves: 1 knows of it … 5 leads the field."""

    key: SkillKey
    level: Annotated[int, Meta(ge=1, le=5)] = 3


class NeedLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every partner must fulfil; what is empty is not asked. Lists hold keys of `choices`.

    Each of the `languages`, one of the `kinds` and `forms`, free at the latest at `availability`.
    """

    kinds: list[Kind] = []
    languages: list[str] = []
    availability: str = ""
    forms: list[str] = []


class NeedForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a company says it looks for. `listed`: institutes and experts may find it."""

    title: Title
    text: LongText
    skills: Annotated[list[NeededSkill], Meta(max_length=40)] = []
    listed: bool = False
    limits: NeedLimits = field(default_factory=NeedLimits)


class NewNeed(NeedForm, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A need and the organisation it is a need of."""

    organisation_id: UUID


class EvidenceForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that shows what an offer can do; `kind` is a key of `choices.EVIDENCE_KINDS`."""

    kind: str
    title: Annotated[str, Meta(max_length=300)]
    text: LongText = ""
    year: int | None = None


class OfferForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an institute or expert says of themselves; lists hold keys of `choices`."""

    headline: Title
    about: LongText
    languages: list[str]
    availability: str
    forms: list[str]
    contact: Annotated[str, Meta(max_length=200)] = ""
    country: str = ""
    organisation_id: UUID | None = None


class EvidenceItem(Struct, frozen=True, kw_only=True):
    """One item of evidence."""

    id: UUID
    kind: str
    title: str
    text: str
    year: int | None


class PublicOffer(Struct, frozen=True, kw_only=True):
    """An offer as those signed in may see it. `name` is the organisation's for an institute."""

    id: UUID
    kind: Kind
    name: str
    organisation_id: UUID | None
    headline: str
    about: str
    languages: list[str]
    availability: str
    forms: list[str]
    country: str
    skills: list[OfferedSkill]
    evidence: list[EvidenceItem]
    updated_at: datetime


class Offer(PublicOffer, frozen=True, kw_only=True):
    """An offer as its owner sees it. `revision` grows with every change."""

    account_id: UUID
    contact: str
    visible: bool
    revision: int


class Contact(Struct, frozen=True, kw_only=True):
    """How to reach the other side, once both agreed."""

    name: str
    email: str
    more: str = ""


class Introduction(Struct, frozen=True, kw_only=True):
    """One side asks, the other answers. `contact` is of the other side, and only there when accepted."""

    id: UUID
    need_id: UUID
    need_title: str
    organisation_name: str
    offer_id: UUID
    offer_name: str
    offer_headline: str
    asked_from: Side
    state: str
    message: str
    answer: str
    asked_at: datetime
    ended_at: datetime | None
    side: Side
    """the side of the reader"""
    contact: Contact | None

    @property
    def awaits_reader(self) -> bool:
        """Whether it is the reader who answers."""
        return self.state == "asked" and self.side != self.asked_from


class OfferMark(Struct, frozen=True, kw_only=True):
    """How an offer stands with a need: the state of their latest introduction."""

    offer_id: UUID
    state: str


class Need(Struct, frozen=True, kw_only=True):
    """What a company looks for."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    title: str
    text: str
    skills: list[NeededSkill]
    listed: bool
    limits: NeedLimits
    revision: int
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    introductions: list[OfferMark]


class Step(Struct, frozen=True, kw_only=True):
    """One edge of a path and the skill it leads to."""

    edge: str
    key: str


class Reason(Struct, frozen=True, kw_only=True):
    """How a needed skill is covered: the way through the skill graph and the item that shows its end.

    `covered` in (0, 1]; `evidence` is the id of an item, "about" or "declared".
    """

    need: str
    steps: list[Step]
    evidence: str
    covered: float

    @property
    def offered(self) -> str:
        """The skill at the end of the way."""
        return self.steps[-1].key if self.steps else self.need


class Suggested(Struct, frozen=True, kw_only=True):
    """One offer for one need, as shown. `state` is that of their introduction, empty without one."""

    rank: int
    offer: PublicOffer
    score: float
    coverage: float | None
    band: str
    reasons: list[Reason]
    state: str = ""


class CoverageRow(Struct, frozen=True, kw_only=True):
    """How far each suggested offer covers one needed skill, in [0, 1], and the best of all offers."""

    skill: NeededSkill
    values: list[float]
    best: float


class Suggestions(Struct, frozen=True, kw_only=True):
    """The answer to a need. `artefact` names the fitted index; empty while none is fitted."""

    artefact: str
    signals: dict[str, float]
    asked: int
    """offers that passed the hard filters"""
    items: list[Suggested]
    matrix: list[CoverageRow]
    uncovered: list[str]


class SignalGap(Struct, frozen=True, kw_only=True):
    """What one signal adds to the score of an offer and to that of the last one suggested."""

    signal: str
    own: float
    other: float


class WhyNot(Struct, frozen=True, kw_only=True):
    """Why an offer is not among the first `shown`: limits it fails, or what it scores less in.

    `rank` is none when nothing speaks for it. `change` and what follows say what single change would lift
    it, `is_enough` whether into the first `shown`. `is_indexed`: it was there when the index was fitted.
    """

    offer: PublicOffer
    shown: int
    is_indexed: bool
    failed: list[Text] = []
    rank: int | None = None
    score: float = 0
    needed: float = 0
    lower: list[SignalGap] = []
    change: Change | None = None
    would_score: float | None = None
    would_rank: int | None = None
    is_enough: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether it is among the first after all."""
        return not self.failed and self.rank is not None and self.rank <= self.shown


class NeedFit(Struct, frozen=True, kw_only=True):
    """One open need for one offer."""

    need: Need
    score: float
    band: str
    reasons: list[Reason]
    state: str = ""


class OfferFilters(Struct, frozen=True, kw_only=True):
    """What narrows the list of offers: words anywhere without regard to marks, and exact facets."""

    q: str = ""
    kind: str = ""
    skill: str = ""
    language: str = ""
    form: str = ""


class Found(Struct, frozen=True, kw_only=True):
    """A skill read out of a text, with the sentence it came from: `before` + `words` + `after`."""

    key: str
    label: Text
    before: str
    words: str
    after: str
