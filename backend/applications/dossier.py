"""What a rule file asks of a dossier, laid beside what is there. Pure; knows no table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from backend.applications.answers import NotAnAnswer, check, fields_of
from backend.applications.errors import NotEditable
from backend.applications.schemas import Answer, Application, Missing, Upload
from backend.kit.errors import Invalid
from backend.kit.text import Text
from backend.programmes import domain as programmes
from sandbox_rules import DocumentSlot, Field, Programme, Section, State, Value, holds

MACHINE = "application"
EDITABLE_PHASES = frozenset({"draft", "supplement"})
TITLE = "title"  # the field of every rule file that names the solution


class SectionProgress(Struct, frozen=True, kw_only=True):
    """How far a page of the form is: required fields answered, of required fields."""

    section: Section
    answered: int
    required: int

    @property
    def complete(self) -> bool:
        return self.answered == self.required


def rules_of(application: Application) -> Programme:
    """The rules that hold: those in force today until the first submission, the pinned ones ever after."""
    if application.submitted_on is None:
        return programmes.in_force(application.programme_key)
    return programmes.pinned(application.pin.key, application.pin.sha256)


def state_of(application: Application) -> State:
    return rules_of(application).machines[MACHINE].states[application.state]


def is_editable(application: Application) -> bool:
    """Whether the applicant may change the dossier in this state."""
    return state_of(application).phase in EDITABLE_PHASES


def require_editable(application: Application) -> None:
    """Raises NotEditable."""
    if not is_editable(application):
        raise NotEditable


def checked_answers(programme: Programme, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers as stored. Raises Invalid naming every unknown field and every faulty answer."""
    fields, good, wrong = programme.fields, {}, {}
    for key, answer in answers.items():
        if key not in fields:
            wrong[key] = Text("Mẫu hồ sơ không có mục này.", "The form has no such field.")
            continue
        try:
            good[key] = check(fields[key], answer)
        except NotAnAnswer as fault:
            wrong[key] = fault.text
    if wrong:
        raise Invalid(fields=wrong)
    return good


def facts_of(programme: Programme, answers: Mapping[str, Any]) -> dict[str, Value]:
    """What the answers say of the facts criteria ask for; dates as dates."""
    facts: dict[str, Value] = {}
    for field in programme.fields.values():
        answer = answers.get(field.key)
        if field.fact is not None and answer is not None:
            facts[field.fact] = date.fromisoformat(answer) if field.type == "date" else answer
    return facts


def is_required(asked: Field | DocumentSlot, facts: Mapping[str, Value]) -> bool:
    """Whether the rule file asks for it in this case."""
    if isinstance(asked, DocumentSlot) and holds(asked.waived_when, facts):
        return False
    return asked.required or holds(asked.required_when, facts) is True


def missing(programme: Programme, answers: Mapping[str, Any], slots: Collection[str]) -> list[Missing]:
    """What the dossier lacks, in the order of the form; `slots` are those with a file that counts."""
    facts = facts_of(programme, answers)
    found = []
    for section, field in fields_of(programme):
        what = _lack(programme, field, answers, facts)
        if what is not None:
            found.append(
                Missing(kind="field", key=field.key, section=section.key, label=_text(field.label), what=what)
            )
    for slot in programme.documents.values():
        if slot.key not in slots and is_required(slot, facts):
            what = Text("Hãy tải tệp này lên.", "Upload this document.")
            found.append(
                Missing(kind="document", key=slot.key, section=None, label=_text(slot.label), what=what)
            )
    return found


def progress(programme: Programme, answers: Mapping[str, Any]) -> list[SectionProgress]:
    """The completeness of every section, in the order of the form."""
    facts = facts_of(programme, answers)
    found = []
    for section in programme.sections.values():
        asked = [field for field in section.fields.values() if is_required(field, facts)]
        answered = sum(_lack(programme, field, answers, facts) is None for field in asked)
        found.append(SectionProgress(section=section, answered=answered, required=len(asked)))
    return found


def live_slots(uploads: Collection[Upload]) -> frozenset[str]:
    return frozenset(upload.slot for upload in uploads)


def _lack(
    programme: Programme, field: Field, answers: Mapping[str, Any], facts: Mapping[str, Value]
) -> Text | None:
    """What is wrong with this field, if anything."""
    answer = answers.get(field.key)
    if answer is None:
        return Text("Hãy trả lời mục này.", "Answer this.") if is_required(field, facts) else None
    earlier = answers.get(field.not_before) if field.not_before else None
    if earlier is not None and answer < earlier:
        other = programme.fields[str(field.not_before)].label
        return Text(f"Không được trước “{other.vi}”.", f"Must not be before “{other.en}”.")
    return None


def _text(text: Any) -> Text:
    """The pair of the rule engine as the pair of the registry."""
    return Text(text.vi, text.en)
