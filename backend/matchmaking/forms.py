"""From posted forms to the structs of the domain, and rows of skills as a form shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

from backend.kit.errors import Invalid
from backend.kit.pages import Form
from backend.kit.text import Text
from backend.matchmaking.choices import LEVELS, WEIGHTS
from backend.matchmaking.schemas import (
    EvidenceForm,
    Found,
    Kind,
    NeededSkill,
    NeedLimits,
    OfferedSkill,
    OfferForm,
)
from backend.matchmaking.skills import key_of, label_of, nearest

KIND_KEYS: tuple[Kind, ...] = ("expert", "institute")


class SkillRow(Struct, frozen=True, kw_only=True):
    """A skill in a form: where it was read, whether it is ticked, and how much it counts."""

    key: str
    found: Found | None
    chosen: bool
    weight: int = 2
    required: bool = True
    level: int = 3

    @property
    def label(self) -> Text:
        """Its name."""
        return label_of(self.key)


def needed_skills(form: Form) -> list[NeededSkill]:
    """The ticked skills of a need, in their order."""
    return [
        NeededSkill(
            key=key,
            weight=_number(form.text(f"weight-{key}"), WEIGHTS, 2),
            required=form.text(f"kind-{key}") != "wished",
        )
        for key in dict.fromkeys(form.all("skill"))
    ]


def need_limits(form: Form) -> NeedLimits:
    """What every partner of a need must fulfil; `check_limits` of the domain says what is wrong."""
    return NeedLimits(
        kinds=[kind for kind in KIND_KEYS if kind in form.all("limit-kinds")],
        languages=form.all("limit-languages"),
        availability=form.text("limit-availability"),
        forms=form.all("limit-forms"),
    )


def limit_values(limits: NeedLimits) -> dict[str, list[str]]:
    """The fields of a form that says these limits."""
    fields: dict[str, list[str]] = {
        "limit-kinds": [*limits.kinds],
        "limit-languages": limits.languages,
        "limit-availability": [limits.availability] if limits.availability else [],
        "limit-forms": limits.forms,
    }
    return {name: values for name, values in fields.items() if values}


def offered_skills(form: Form) -> list[OfferedSkill]:
    """The ticked skills of a profile, in their order."""
    return [
        OfferedSkill(key=key, level=_number(form.text(f"level-{key}"), LEVELS, 3))
        for key in dict.fromkeys(form.all("skill"))
    ]


def need_rows(found: Iterable[Found], chosen: Iterable[NeededSkill], *, ticked: bool) -> list[SkillRow]:
    """First the chosen skills, then those found besides; `ticked` says how the latter begin."""
    sentences = {one.key: one for one in found}
    rows = {
        skill.key: SkillRow(
            key=skill.key,
            found=sentences.get(skill.key),
            chosen=True,
            weight=skill.weight,
            required=skill.required,
        )
        for skill in chosen
    }
    others = {key: SkillRow(key=key, found=one, chosen=ticked) for key, one in sentences.items()}
    return list((rows | {key: row for key, row in others.items() if key not in rows}).values())


def profile_rows(found: Iterable[Found], chosen: Iterable[OfferedSkill]) -> list[SkillRow]:
    """First the confirmed skills, then those found besides: a claim about oneself begins unticked."""
    sentences = {one.key: one for one in found}
    rows = {
        skill.key: SkillRow(key=skill.key, found=sentences.get(skill.key), chosen=True, level=skill.level)
        for skill in chosen
    }
    others = {key: SkillRow(key=key, found=one, chosen=False) for key, one in sentences.items()}
    return list((rows | {key: row for key, row in others.items() if key not in rows}).values())


def added_skills(written: str) -> list[str]:
    """The keys of skills somebody typed, parted by lines, commas or semicolons.

    Raises Invalid naming what is unknown and what comes near.
    """
    whole = key_of(written)
    names = [name.strip() for name in re.split(r"[\n,;]", written) if name.strip()]
    keys = [whole] if whole else [key_of(name) for name in names]
    unknown = [name for name, key in zip(names, keys, strict=False) if key is None]
    if unknown:
        near = [label_of(key) for key in nearest(unknown[0], 3)]
        raise Invalid(fields={"more": _unknown(unknown[0], near)})
    return [key for key in keys if key]


def _unknown(name: str, near: list[Text]) -> Text:
    if not near:
        return Text(
            f"Đồ thị chưa có kỹ năng “{name}”. Hãy tả kỹ năng đó trong phần mô tả.",
            f"The graph has no skill “{name}”. Describe it in the text instead.",
        )
    return Text(
        f"Đồ thị chưa có kỹ năng “{name}”. Gần nhất: {', '.join(text.vi for text in near)}.",
        f"The graph has no skill “{name}”. Nearest: {', '.join(text.en for text in near)}.",
    )


def offer_form(form: Form, organisations: Iterable[UUID]) -> OfferForm:
    """What an institute or expert says of themselves; an organisation that is not theirs is none."""
    own = {str(organisation): organisation for organisation in organisations}
    return OfferForm(
        headline=form.text("headline"),
        about=form.text("about"),
        languages=form.all("languages"),
        availability=form.text("availability"),
        forms=form.all("forms"),
        contact=form.text("contact"),
        country=form.text("country"),
        organisation_id=own.get(form.text("organisation")),
    )


def evidence_form(form: Form) -> EvidenceForm:
    """One item of evidence. Raises Invalid when the year is no number."""
    year = form.text("year")
    if year and not (year.isascii() and year.isdigit() and len(year) == 4):
        fault = Text("Năm gồm bốn chữ số, ví dụ 2024.", "A year has four digits, for example 2024.")
        raise Invalid(fields={"year": fault})
    return EvidenceForm(
        kind=form.text("kind"),
        title=form.text("title"),
        text=form.text("text"),
        year=int(year) if year else None,
    )


def _number(written: str, choices: Iterable[int], default: int) -> int:
    return next((choice for choice in choices if str(choice) == written), default)
