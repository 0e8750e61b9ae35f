"""What the pages of a draft show: fields with answers, sections with completeness, slots with files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from backend.applications.dossier import SectionProgress, missing, progress, rules_of
from backend.applications.schemas import Application, Upload
from backend.kit.text import Lang
from sandbox_rules import DocumentSlot, Field, Missing, Programme, Section, facts_of, is_required
from sandbox_rules.eligibility import holds


class FieldView(Struct, frozen=True, kw_only=True):
    """A field as its form shows it; `saved` is what is stored when something else was typed."""

    field: Field
    value: str
    required: bool
    saved: str | None = None


class SlotView(Struct, frozen=True, kw_only=True):
    """A document of the dossier and the file that counts, if there is one."""

    slot: DocumentSlot
    required: bool
    upload: Upload | None

    @property
    def accept(self) -> str:
        """The `accept` attribute of the file field."""
        return ",".join(f".{one}" for one in self.slot.accepts)


class Overview(Struct, frozen=True, kw_only=True):
    """A whole draft at a glance."""

    programme: Programme
    sections: list[SectionProgress]
    slots: list[SlotView]
    missing: list[Missing]

    @property
    def files_missing(self) -> int:
        """How many required documents have no file yet."""
        return sum(one.kind == "document" for one in self.missing)


def overview_of(application: Application, uploads: list[Upload]) -> Overview:
    """Sections, slots and everything that is missing, from what was read already."""
    programme = rules_of(application)
    lacking = missing(programme, application.answers, {one.slot for one in uploads})
    return Overview(
        programme=programme,
        sections=progress(programme, application.answers, lacking),
        slots=slot_views(programme, application, uploads),
        missing=lacking,
    )


def slot_views(programme: Programme, application: Application, uploads: list[Upload]) -> list[SlotView]:
    """The documents the rule file knows, in its order, with the files that count."""
    facts = facts_of(programme, application.answers)
    files = {upload.slot: upload for upload in uploads}
    return [
        SlotView(slot=slot, required=is_required(slot, facts), upload=files.get(slot.key))
        for slot in programme.documents.values()
    ]


def field_views(
    programme: Programme,
    section: Section,
    answers: Mapping[str, Any],
    typed: Mapping[str, str] | None,
    lang: Lang,
) -> list[FieldView]:
    """The fields of a page: what was typed and refused stays as typed, the rest shows what is stored."""
    facts = facts_of(programme, answers)
    views = []
    for key, field in section.fields.items():
        stored = show(field, answers.get(key), lang)
        value = (typed or {}).get(key, stored)
        saved = stored if value != stored else None
        required = field.required or holds(field.required_when, facts) is True
        views.append(FieldView(field=field, value=value, required=required, saved=saved))
    return views


def show(field: Field, answer: Any, lang: Lang) -> str:
    """An answer as its form field holds it."""
    if answer is None:
        return ""
    match field.type:
        case "yes_no":
            return "yes" if answer else "no"
        case "number":
            return str(answer).replace(".", ",") if lang == "vi" else str(answer)
        case "date":
            year, month, day = str(answer).split("-")
            return f"{day}/{month}/{year}"
        case _:
            return str(answer)
