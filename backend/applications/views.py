"""What the pages of a draft show: fields with answers, sections with completeness, slots with files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from backend.applications.difference import Piece, pieces_of
from backend.applications.dossier import SectionProgress, missing, progress, rules_of
from backend.applications.opened import is_asked, opened
from backend.applications.schemas import Application, Upload
from backend.applications.supplement_schemas import Item, Request
from backend.kit.text import Lang
from sandbox_rules import DocumentSlot, Field, Missing, Programme, Section, Value, facts_of, is_required
from sandbox_rules.eligibility import holds


class FieldView(Struct, frozen=True, kw_only=True):
    """A field as its form shows it; `saved` is what is stored when something else was typed."""

    field: Field
    value: str
    required: bool
    answer: Any = None
    saved: str | None = None

    @property
    def stored(self) -> str:
        """What is stored, as the field would show it."""
        return self.value if self.saved is None else self.saved

    @property
    def clash(self) -> tuple[list[Piece], list[Piece]]:
        """What is stored and what was typed, the difference marked."""
        return pieces_of(self.stored, self.value)


class SlotView(Struct, frozen=True, kw_only=True):
    """A document of the dossier and the file that counts, if there is one."""

    slot: DocumentSlot
    required: bool
    upload: Upload | None

    @property
    def accept(self) -> str:
        """The `accept` attribute of the file field."""
        return ",".join(f".{one}" for one in self.slot.accepts)


class AskedField(Struct, frozen=True, kw_only=True):
    """A field that is open; without an `item` it became necessary with another answer."""

    item: Item | None
    view: FieldView


class AskedSlot(Struct, frozen=True, kw_only=True):
    """A document that is open; `item` as for a field."""

    item: Item | None
    view: SlotView


class Reply(Struct, frozen=True, kw_only=True):
    """What a supplement request opens, and everything else to be read."""

    fields: list[AskedField]
    slots: list[AskedSlot]
    closed: list[tuple[Section, list[FieldView]]]
    closed_slots: list[SlotView]
    missing: list[Missing]


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


def reply_of(
    application: Application,
    request: Request,
    uploads: list[Upload],
    typed: Mapping[str, str] | None,
    lang: Lang,
) -> Reply:
    """The open fields and documents in the order of the rule file, and the closed ones."""
    programme = rules_of(application)
    slots = {one.slot for one in uploads}
    allowed = opened(programme, request, application, application.answers, slots)
    items = {one.target: one for one in request.items if is_asked(programme, one)}
    sections = [
        (section, field_views(programme, section, application.answers, typed, lang))
        for section in programme.sections.values()
    ]
    documents = slot_views(programme, application, uploads)
    return Reply(
        fields=[
            AskedField(item=items.get(("field", one.field.key)), view=one)
            for _, views in sections
            for one in views
            if ("field", one.field.key) in allowed
        ],
        slots=[
            AskedSlot(item=items.get(("document", one.slot.key)), view=one)
            for one in documents
            if ("document", one.slot.key) in allowed
        ],
        closed=[
            (section, [one for one in views if ("field", one.field.key) not in allowed])
            for section, views in sections
        ],
        closed_slots=[one for one in documents if ("document", one.slot.key) not in allowed],
        missing=missing(programme, application.answers, slots),
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
    return [_field_view(field, facts, answers, typed or {}, lang) for field in section.fields.values()]


def _field_view(
    field: Field, facts: Mapping[str, Value], answers: Mapping[str, Any], typed: Mapping[str, str], lang: Lang
) -> FieldView:
    stored = show(field, answers.get(field.key), lang)
    value = typed.get(field.key, stored)
    return FieldView(
        field=field,
        value=value,
        required=field.required or holds(field.required_when, facts) is True,
        answer=answers.get(field.key),
        saved=stored if value != stored else None,
    )


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
