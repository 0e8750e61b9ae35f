"""The officer's check list: every criterion, field and document of the rules, beside what was handed in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct, structs

from backend.accounts.schemas import Actor
from backend.applications import queries
from backend.applications import supplement_queries as rows
from backend.applications.answering import name_of
from backend.applications.dossier import rules_of
from backend.applications.errors import StaleRevision
from backend.applications.gate import get_application, roles_on
from backend.applications.intake import case_for
from backend.applications.schemas import Application, Upload
from backend.applications.supplement_schemas import Mark, NewItem, Remark, Request, Sheet
from backend.kit import audit
from backend.kit.db import retrying, transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.text import Text, nfc
from sandbox_rules import (
    Criterion,
    Field,
    Finding,
    Programme,
    Source,
    Value,
    check_eligibility,
    facts_of,
    is_required,
)
from sandbox_rules.eligibility import holds

LONGEST_REMARK = 2000


class Line(Struct, frozen=True, kw_only=True):
    """One thing to check; `asked` says that the last round asked for it."""

    name: str
    label: Text
    source: Source
    required: bool
    asked: bool = False
    mark: Mark | None = None
    remark: str = ""
    finding: Finding | None = None
    field: Field | None = None
    value: Any = None
    upload: Upload | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is anything to look at."""
        return self.upload is not None or self.value is not None


class Group(Struct, frozen=True, kw_only=True):
    """The criteria, one section of the form, or the documents."""

    key: str
    label: Text
    lines: list[Line]


class Intake(Struct, frozen=True, kw_only=True):
    """A case as its officer checks it."""

    application: Application
    programme: Programme
    requests: list[Request]
    sheet: Sheet
    groups: list[Group]

    @property
    def grounds(self) -> list[Line]:
        """The lines marked as lacking."""
        return [one for group in self.groups for one in group.lines if one.mark == "lacking"]


async def intake_of(actor: Actor, application_id: UUID) -> Intake:
    """The check list of this officer for a submitted case. Raises NotFound."""
    application = await get_application(actor, application_id)
    if application.number is None or "officer" not in roles_on(actor, application):
        raise NotFound
    programme = rules_of(application)
    requests = await rows.requests_of(application_id)
    sheet = await rows.sheet_of(application_id, actor.id)
    uploads = await queries.uploads_of(application_id)
    groups = checklist_of(application, programme, uploads, sheet, requests)
    return Intake(application=application, programme=programme, requests=requests, sheet=sheet, groups=groups)


@retrying
async def save_marks(
    actor: Actor, application_id: UUID, marks: Mapping[str, Remark | None], revision: int
) -> Sheet:
    """Lay marks over those this officer has stored; None takes one away.

    Raises StaleRevision when `revision` is not the stored one, Invalid for unknown lines, NotFound, Conflict.
    """
    async with transaction():
        application = await case_for(actor, application_id)
        known = set(_names(rules_of(application)))
        if wrong := {name: _UNKNOWN for name in marks if name not in known}:
            raise Invalid(fields=wrong)
        sheet = await rows.sheet_of(application_id, actor.id)
        laid = {**sheet.marks, **{name: _plain(one) for name, one in marks.items()}}
        kept = {name: one for name, one in laid.items() if one is not None}
        if sheet.revision != revision:
            raise StaleRevision
        if kept == sheet.marks:
            return sheet
        await rows.write_sheet(application_id, actor.id, kept, revision)
        lacking = sorted(name for name, one in kept.items() if one.mark == "lacking")
        line = {"marked": len(kept), "of": len(known), "lacking": lacking}
        await audit.record(application_id, "application:checked", actor.id, line)
        return Sheet(marks=kept, revision=revision + 1)


def checklist_of(
    application: Application,
    programme: Programme,
    uploads: Iterable[Upload],
    sheet: Sheet,
    requests: list[Request],
) -> list[Group]:
    """Everything there is to check, in the order of the rule file: criteria, sections, documents."""
    facts = facts_of(programme, application.answers)
    asked = {name_of(one.target) for one in requests[-1].items} if requests else set()
    groups = [
        Group(key="criteria", label=_CRITERIA, lines=_criteria(programme, facts)),
        *_sections(programme, application.answers, facts),
        Group(key="documents", label=_DOCUMENTS, lines=_documents(programme, uploads, facts)),
    ]
    return [
        structs.replace(group, lines=[_marked(one, sheet, asked) for one in group.lines]) for group in groups
    ]


def _criteria(programme: Programme, facts: Mapping[str, Value]) -> list[Line]:
    return [
        Line(
            name=f"criterion:{one.key}",
            label=Text(one.criterion.vi, one.criterion.en),
            source=one.source,
            required=True,
            finding=one,
        )
        for one in check_eligibility(programme, facts)
    ]


def _sections(
    programme: Programme, answers: Mapping[str, Any], facts: Mapping[str, Value]
) -> Iterator[Group]:
    """A field has no source of its own: it rests on that of the programme."""
    for section in programme.sections.values():
        lines = [
            Line(
                name=f"field:{key}",
                label=Text(field.label.vi, field.label.en),
                source=programme.sources[programme.source],
                required=field.required or holds(field.required_when, facts) is True,
                field=field,
                value=answers.get(key),
            )
            for key, field in section.fields.items()
        ]
        yield Group(key=section.key, label=Text(section.label.vi, section.label.en), lines=lines)


def _documents(programme: Programme, uploads: Iterable[Upload], facts: Mapping[str, Value]) -> list[Line]:
    files = {one.slot: one for one in uploads}
    return [
        Line(
            name=f"document:{key}",
            label=Text(slot.label.vi, slot.label.en),
            source=programme.sources[slot.source],
            required=is_required(slot, facts),
            upload=files.get(key),
        )
        for key, slot in programme.documents.items()
    ]


def _marked(line: Line, sheet: Sheet, asked: Collection[str]) -> Line:
    said, was_asked = sheet.marks.get(line.name), line.name in asked
    if said is None:
        return structs.replace(line, asked=was_asked)
    return structs.replace(line, asked=was_asked, mark=said.mark, remark=said.remark)


def marks_of_the_rest(groups: Iterable[Group]) -> dict[str, Remark]:
    """A mark for every line without one, where there can be no doubt: what is there, what is not needed."""
    found: dict[str, Remark] = {}
    for one in (line for group in groups for line in group.lines if line.mark is None):
        if one.is_there or (one.finding is not None and one.finding.outcome == "met"):
            found[one.name] = Remark(mark="in_order")
        elif not one.required:
            found[one.name] = Remark(mark="not_applicable")
    return found


def faults_of(programme: Programme, grounds: Iterable[Line]) -> list[NewItem]:
    """What to ask for: the marked fields and documents, and the fields a marked criterion rests on."""
    found: dict[str, NewItem] = {}
    for one in grounds:
        kind, _, key = one.name.partition(":")
        if kind == "criterion":
            for field in fields_behind(programme, programme.eligibility[key]):
                item = NewItem(kind="field", key=field, fault=one.remark or one.label.vi)
                found.setdefault(f"field:{field}", item)
        else:
            found[one.name] = NewItem(
                kind="document" if kind == "document" else "field", key=key, fault=one.remark
            )
    return list(found.values())


def fields_behind(programme: Programme, criterion: Criterion) -> list[str]:
    """The fields whose answers give the fact of a criterion, or the facts it is derived from."""
    facts = {criterion.fact, *(programme.facts[criterion.fact].days_between or ())}
    return [key for key, field in programme.fields.items() if field.fact in facts]


def drafted_reasons(grounds: Iterable[Line]) -> str:
    """The lacking lines as reasons of a refusal, each with what it rests on; the officer edits them."""
    return "\n".join(_ground(one) for one in grounds)


def _ground(line: Line) -> str:
    label, remark, source = line.label.vi.rstrip("."), line.remark.rstrip("."), line.source
    unread = "" if source.confirmed else ", cần xác nhận"
    said = f": {remark}" if remark else ""
    return f"- {label}{said} (căn cứ: {source.title.vi}{unread})."


def _names(programme: Programme) -> Iterator[str]:
    yield from (f"criterion:{key}" for key in programme.eligibility)
    yield from (f"field:{key}" for key in programme.fields)
    yield from (f"document:{key}" for key in programme.documents)


def _plain(remark: Remark | None) -> Remark | None:
    return (
        Remark(mark=remark.mark, remark=nfc(remark.remark).strip()[:LONGEST_REMARK])
        if remark is not None
        else None
    )


_CRITERIA = Text("Điều kiện", "Criteria")
_DOCUMENTS = Text("Tài liệu", "Documents")
_UNKNOWN = Text("Danh mục kiểm tra không có mục này.", "The check list has no such line.")
