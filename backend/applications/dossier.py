"""What a rule file asks of a dossier, laid beside what is there. Pure; knows no table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from backend.applications.errors import NotEditable
from backend.applications.schemas import Answer, Application, QueueRow, Upload
from backend.kit.errors import Invalid, NotFound
from backend.kit.text import Text, nfc
from backend.programmes import domain as programmes
from sandbox_rules import (
    DocumentSlot,
    Field,
    Missing,
    Programme,
    Section,
    State,
    check_answers,
    missing_items,
)
from sandbox_rules.answers import parse

MACHINE = "application"
EDITABLE_PHASES = frozenset({"draft", "supplement"})
LONGEST_VALUE = 100  # characters of a number, a date or a choice


class SectionProgress(Struct, frozen=True, kw_only=True):
    """How far a page of the form is: `answered` fields, and how many things are still `missing` or wrong."""

    section: Section
    answered: int
    missing: int


def rules_of(application: Application | QueueRow) -> Programme:
    """The rules that hold: those in force today until the first submission, the pinned ones ever after."""
    if application.submitted_on is None:
        return programmes.in_force(application.programme_key)
    return programmes.pinned(application.pin)


def state_of(application: Application) -> State:
    """The state with its labels, phase and holder."""
    return rules_of(application).machines[MACHINE].states[application.state]


def is_editable(application: Application) -> bool:
    """Whether the applicant may change the dossier in this state."""
    return state_of(application).phase in EDITABLE_PHASES


def title_of(programme: Programme, answers: Mapping[str, Any]) -> str:
    """What the case is called: the answer to the first public line of text of the form."""
    return str(answers.get(title_key(programme), ""))


def title_key(programme: Programme) -> str:
    """The field that names the case; empty when the form has none."""
    named = (field.key for field in programme.fields.values() if field.public and field.type == "text")
    return next(named, "")


def require_editable(application: Application) -> None:
    """Raises NotEditable."""
    if not is_editable(application):
        raise NotEditable


def slot_of(programme: Programme, key: str) -> DocumentSlot:
    """A document of the dossier. Raises NotFound."""
    if key not in programme.documents:
        raise NotFound
    return programme.documents[key]


def read_answers(
    programme: Programme, stored: Mapping[str, Any], given: Mapping[str, Answer]
) -> tuple[dict[str, Answer], dict[str, Text]]:
    """The given answers as stored (NFC, ISO dates, None for empty), and what is wrong with the others."""
    fields = programme.fields
    known = {key: _plain(answer) for key, answer in given.items() if key in fields}
    wrong = {key: _UNKNOWN_FIELD for key in given if key not in fields}
    for key, answer in list(known.items()):
        if isinstance(answer, str) and _is_short(fields[key]) and len(answer) > LONGEST_VALUE:
            wrong[key] = _TOO_LONG
            del known[key]
    for key, error in check_answers(programme, {**stored, **known}).items():
        if key in known:
            wrong[key] = Text(error.vi, error.en)
    good = {key: _typed(fields[key], answer) for key, answer in known.items() if key not in wrong}
    return good, wrong


def checked_answers(
    programme: Programme, stored: Mapping[str, Any], given: Mapping[str, Answer]
) -> dict[str, Answer]:
    """The given answers as they are stored. Raises Invalid naming every unknown field and faulty answer."""
    good, wrong = read_answers(programme, stored, given)
    if wrong:
        raise Invalid(fields=wrong)
    return good


def missing(programme: Programme, answers: Mapping[str, Any], slots: Collection[str]) -> list[Missing]:
    """What the dossier lacks or has wrong; `slots` are those with a file that counts."""
    wrong = check_answers(programme, answers)
    found = [
        Missing("field", key, section.key, field.label, wrong[key])
        for section in programme.sections.values()
        for key, field in section.fields.items()
        if key in wrong
    ]
    return found + missing_items(programme, answers, slots)


def progress(
    programme: Programme, answers: Mapping[str, Any], lacking: Collection[Missing]
) -> list[SectionProgress]:
    """The completeness of every section, in the order of the form."""
    return [
        SectionProgress(
            section=section,
            answered=sum(key in answers for key in section.fields),
            missing=sum(one.section == section.key for one in lacking),
        )
        for section in programme.sections.values()
    ]


def live_slots(uploads: Collection[Upload]) -> frozenset[str]:
    """The slots that have a file."""
    return frozenset(upload.slot for upload in uploads)


def _plain(answer: Answer) -> Answer:
    return (nfc(answer).strip() or None) if isinstance(answer, str) else answer


def _is_short(field: Field) -> bool:
    return field.type not in {"text", "long_text"}


def _typed(field: Field, answer: Answer) -> Answer:
    if answer is None:
        return None
    value = parse(field, answer)
    assert not hasattr(value, "vi"), "check_answers let a faulty answer pass"
    return value.isoformat() if isinstance(value, date) else value


_UNKNOWN_FIELD = Text("Mẫu hồ sơ không có mục này.", "The form has no such field.")
_TOO_LONG = Text(f"Rút còn tối đa {LONGEST_VALUE} ký tự.", f"Shorten to {LONGEST_VALUE} characters or fewer.")
