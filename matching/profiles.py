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


class Offer(msgspec.Struct, frozen=True, omit_defaults=True):
    """An expert or an institute. Further fields of a file are allowed and ignored."""

    id: Key
    kind: Literal["expert", "institute"] = "expert"
    name: str = ""
    skills: tuple[SkillLevel, ...] = ()
    evidence: tuple[Evidence, ...] = ()


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
    """What is looked for. Without ``skills`` they are read from the text."""

    id: Key
    text: str = ""
    skills: tuple[SubNeed, ...] = ()
