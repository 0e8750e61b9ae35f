"""Answers of the form: are they well formed, what facts do they give, what is still missing?

An answer is what the form or the JSON carried: text, or already a bool, number or date.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from sandbox_rules.eligibility import holds
from sandbox_rules.programme import Programme
from sandbox_rules.schema import DocumentSlot, Field, Value
from sandbox_rules.text import Text

Answers = Mapping[str, object]
LONGEST_NUMBER = 40
"""Characters of a number as typed: no quantity needs more, and Python refuses to read thousands of digits."""


class Missing(Struct, frozen=True):
    """Something the dossier still needs; ``section`` is None for documents."""

    kind: Literal["field", "document"]
    key: str
    section: str | None
    label: Text
    mend: Text


def check_answers(programme: Programme, answers: Answers) -> dict[str, Text]:
    """Return, for each badly formed answer, how to mend it. Empty answers are not judged here."""
    errors = {}
    for key, field in programme.fields.items():
        if not _empty(answers.get(key)):
            value = parse(field, answers[key])
            error = value if isinstance(value, Text) else _outside(programme, field, value, answers)
            if error:
                errors[key] = error
    return errors


def facts_of(programme: Programme, answers: Answers) -> dict[str, Value]:
    """Return the facts the answers give; what is empty or badly formed stays unknown."""
    facts: dict[str, Value] = {}
    for key, field in programme.fields.items():
        if field.fact and not _empty(answers.get(key)):
            value = parse(field, answers[key])
            if not isinstance(value, Text):
                facts[field.fact] = value
    return facts | derived(programme, facts)


def derived(programme: Programme, facts: Mapping[str, Value]) -> dict[str, Value]:
    """Return the facts that follow from two dates."""
    found: dict[str, Value] = {}
    for key, fact in programme.facts.items():
        if fact.days_between:
            start, end = (facts.get(name) for name in fact.days_between)
            if isinstance(start, date) and isinstance(end, date):
                found[key] = (end - start).days
    return found


def missing_items(programme: Programme, answers: Answers, document_slots: Collection[str]) -> list[Missing]:
    """Return required fields without answer and required documents whose slot is not filled."""
    facts = facts_of(programme, answers)
    missing = []
    for section in programme.sections.values():
        for key, field in section.fields.items():
            if _is_asked(field, facts) and _empty(answers.get(key)):
                mend = Text(f"Trả lời mục “{field.label.vi}”.", f"Answer “{field.label.en}”.")
                missing.append(Missing("field", key, section.key, field.label, mend))
    for key, slot in programme.documents.items():
        if is_required(slot, facts) and key not in document_slots:
            kinds = ", ".join(slot.accepts).upper()
            mend = Text(f"Tải lên “{slot.label.vi}” ({kinds}).", f"Upload “{slot.label.en}” ({kinds}).")
            missing.append(Missing("document", key, None, slot.label, mend))
    return missing


def is_required(slot: DocumentSlot, facts: Mapping[str, Value]) -> bool:
    """Return whether these facts require the document; a waiver counts only when it is known to hold."""
    return _is_asked(slot, facts) and holds(slot.waived_when, facts) is not True


def _is_asked(item: Field | DocumentSlot, facts: Mapping[str, Value]) -> bool:
    return item.required or holds(item.required_when, facts) is True


def _empty(answer: object) -> bool:
    return answer is None or (isinstance(answer, str) and not answer.strip())


def parse(field: Field, answer: object) -> Value | Text:
    """Return the typed value of an answer, or the text that says how to mend it."""
    match field.type:
        case "number":
            return _number(field, answer)
        case "date":
            return _date(answer)
        case "yes_no":
            return _YES_NO.get(str(answer).strip().lower(), _BAD_YES_NO)
        case "choice":
            return answer if isinstance(answer, str) and answer in field.choices else _BAD_CHOICE
        case _:
            return answer.strip() if isinstance(answer, str) else _BAD_TEXT


def _number(field: Field, answer: object) -> Value | Text:
    """Whole numbers may be grouped by points, commas or spaces; others have one decimal mark."""
    if isinstance(answer, bool):
        return _bad_number(field)
    if isinstance(answer, int | float):
        sized = abs(answer) < 10**LONGEST_NUMBER  # neither infinite nor NaN
        return answer if sized and (field.decimals or answer == int(answer)) else _bad_number(field)
    text = re.sub(r"\s", "", str(answer))
    if len(text) > LONGEST_NUMBER:
        return _bad_number(field)
    if not field.decimals:
        if not re.fullmatch(r"-?(\d+|\d{1,3}([.,]\d{3})+)", text):
            return _bad_number(field)
        return int(re.sub("[.,]", "", text))
    if not re.fullmatch(rf"-?\d+([.,]\d{{1,{field.decimals}}})?", text):
        return _bad_number(field)
    return float(text.replace(",", "."))


def _written(number: float) -> Text:
    """As people write it: *1.500,5* and *1,500.5*."""
    english = f"{int(number) if number == int(number) else number:,}"
    return Text(english.translate(str.maketrans(",.", ".,")), english)


def _bad_number(field: Field) -> Text:
    if field.decimals:
        return Text(
            f"Nhập một số, tối đa {field.decimals} chữ số thập phân, ví dụ 1,5.",
            f"Enter a number with up to {field.decimals} decimals, for example 1.5.",
        )
    return Text("Nhập một số nguyên, ví dụ 1500.", "Enter a whole number, for example 1500.")


def _date(answer: object) -> Value | Text:
    if isinstance(answer, date):
        return answer
    text = str(answer).strip()
    try:
        if parts := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
            return date(int(parts[3]), int(parts[2]), int(parts[1]))
        return date.fromisoformat(text)
    except ValueError:
        return _BAD_DATE


def _outside(programme: Programme, field: Field, value: Value, answers: Answers) -> Text | None:
    if isinstance(value, str) and field.max_length is not None and len(value) > field.max_length:
        over = len(value) - field.max_length
        return Text(
            f"Rút ngắn {over} ký tự: tối đa {field.max_length} ký tự.",
            f"Shorten by {over} characters: at most {field.max_length}.",
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        if field.minimum is not None and value < field.minimum:
            return _AT_LEAST.fill(bound=_written(field.minimum))
        if field.maximum is not None and value > field.maximum:
            return _AT_MOST.fill(bound=_written(field.maximum))
    if field.not_before and isinstance(value, date):
        first = programme.fields[field.not_before]
        start = parse(first, answers.get(field.not_before) or "")
        if isinstance(start, date) and value < start:
            return Text(
                f"Chọn ngày không sớm hơn “{first.label.vi}” ({start:%d/%m/%Y}).",
                f"Choose a day not before “{first.label.en}” ({start:%d/%m/%Y}).",
            )
    return None


_YES_NO = {"yes": True, "true": True, "có": True, "no": False, "false": False, "không": False}
_BAD_YES_NO = Text("Chọn Có hoặc Không.", "Choose yes or no.")
_BAD_CHOICE = Text("Chọn một trong các mục đã cho.", "Choose one of the given options.")
_AT_LEAST = Text("Nhập số từ {bound} trở lên.", "Enter a number of at least {bound}.")
_AT_MOST = Text("Nhập số không quá {bound}.", "Enter a number of at most {bound}.")
_BAD_TEXT = Text("Nhập chữ.", "Enter text.")
_BAD_DATE = Text(
    "Nhập một ngày có thật theo dạng ngày/tháng/năm, ví dụ 15/01/2026.",
    "Enter a real date as day/month/year, for example 15/01/2026.",
)
