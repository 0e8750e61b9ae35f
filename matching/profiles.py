"""The two sides: offers (people and institutes with evidence) and needs (a text and its sub-needs)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Key = Annotated[str, Meta(min_length=1)]


class SkillLevel(msgspec.Struct, frozen=True, omit_defaults=True):
    """A skill somebody declares: level 1 (knows of it) to 5 (leads the field)."""

    key: Key
    level: Annotated[float, Meta(ge=1, le=5)] = 3


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that shows what an offer can do. ``year`` is the year it appeared."""

    id: Key
    kind: str = "other"
    title: str = ""
    text: str = ""
    year: Annotated[int, Meta(ge=1900, le=2200)] | None = None


class OfferEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who offers, and what hard limits look at; an empty or missing fact is not known.

    ``languages``, ``country`` and ``forms`` are codes of the caller (such as ``vi``, ``VN``,
    ``consulting``), ``free_in_months`` counts from now, ``cost`` is in the unit of the budget.
    """

    id: Key
    kind: Literal["expert", "institute"] = "expert"
    name: str = ""
    visible: bool = True
    organisations: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    country: str = ""
    forms: tuple[str, ...] = ()
    free_in_months: Annotated[float, Meta(ge=0)] | None = None
    cost: Annotated[float, Meta(ge=0)] | None = None


class Offer(OfferEntry, frozen=True, omit_defaults=True, kw_only=True):
    """An expert or an institute. Further fields of a file are allowed and ignored."""

    skills: tuple[SkillLevel, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def entry(self) -> OfferEntry:
        """The offer without its texts."""
        return OfferEntry(*(getattr(self, field) for field in OfferEntry.__struct_fields__))


class Limits(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an offer must fulfil whatever its score; what is empty is not asked.

    ``languages``: each of them; ``kinds``, ``countries`` and ``forms``: one of them; ``within_months``: free
    at the latest then.
    """

    kinds: tuple[Literal["expert", "institute"], ...] = ()
    languages: tuple[Key, ...] = ()
    countries: tuple[Key, ...] = ()
    forms: tuple[Key, ...] = ()
    within_months: Annotated[float, Meta(ge=0)] | None = None


class SubNeed(msgspec.Struct, frozen=True, omit_defaults=True):
    """One skill that is needed: ``weight`` its importance (> 0), ``required`` or else wished (counts
    half)."""

    key: Key
    weight: Annotated[float, Meta(gt=0, le=100)] = 1
    required: bool = True

    @property
    def importance(self) -> float:
        return self.weight if self.required else self.weight / 2


class Need(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is looked for, by which organisation. Without ``skills`` they are read from the text."""

    id: Key
    text: str = ""
    skills: tuple[SubNeed, ...] = ()
    organisation: str = ""
    limits: Limits = Limits()
