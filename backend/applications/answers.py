"""Answers of a dossier: read as typed, checked against the fields of the rule file. Pure; knows no table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from backend.applications.schemas import Answer
from backend.kit.text import Lang, Text, nfc
from sandbox_rules import Field, Programme, Section

SEPARATORS: dict[Lang, tuple[str, str]] = {"vi": (".", ","), "en": (",", ".")}
YES_NO = {"yes": True, "no": False}
LARGEST = 10**15  # also keeps out infinity and not-a-number


class NotAnAnswer(ValueError):  # noqa: N818 - a statement about what was typed
    """What was given cannot be the answer of this field; `text` says how to mend it."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def fields_of(programme: Programme) -> Iterator[tuple[Section, Field]]:
    """Every field of the form with its section, in the order of the file."""
    for section in programme.sections.values():
        for field in section.fields.values():
            yield section, field


def read(field: Field, typed: str, lang: Lang) -> Answer:
    """The answer a person typed or chose in a form of this language; empty is None. Raises NotAnAnswer."""
    typed = typed.strip()
    if not typed:
        return None
    if field.type == "number":
        return check(field, _number(typed, lang))
    if field.type == "date":
        return check(field, _iso(typed))
    if field.type == "yes_no":
        return check(field, YES_NO.get(typed, typed))
    return check(field, typed)


def show(field: Field, answer: Any, lang: Lang) -> str:
    """The answer as its form field shows it: the inverse of `read`."""
    if answer is None:
        return ""
    if field.type == "yes_no":
        return "yes" if answer else "no"
    if field.type == "number":
        return str(answer).replace(".", SEPARATORS[lang][1])
    if field.type == "date":
        year, month, day = str(answer).split("-")
        return f"{day}/{month}/{year}"
    return str(answer)


def check(field: Field, answer: Answer) -> Answer:
    """The answer as stored (NFC, whole numbers as int, ISO date). Raises NotAnAnswer."""
    if answer is None:
        return None
    match field.type:
        case "text" | "long_text":
            return _text(field, answer)
        case "number":
            return _bounded(field, answer)
        case "date":
            return _date(answer)
        case "choice":
            return _choice(field, answer)
        case "yes_no":
            return _yes_no(answer)


def _text(field: Field, answer: Answer) -> str | None:
    if not isinstance(answer, str):
        raise NotAnAnswer(Text("Hãy nhập chữ.", "Enter text."))
    text = nfc(answer).replace("\r\n", "\n").strip()
    if field.max_length is not None and len(text) > field.max_length:
        raise NotAnAnswer(
            Text(
                f"Hãy rút còn tối đa {field.max_length} ký tự (hiện có {len(text)}).",
                f"Shorten this to {field.max_length} characters or fewer (now {len(text)}).",
            )
        )
    return text or None


def _bounded(field: Field, answer: Answer) -> int | float:
    if isinstance(answer, bool) or not isinstance(answer, int | float) or not abs(answer) <= LARGEST:
        raise NotAnAnswer(Text("Hãy nhập một số.", "Enter a number."))
    if round(answer, field.decimals) != answer:
        raise NotAnAnswer(
            Text("Hãy nhập số nguyên.", "Enter a whole number.")
            if field.decimals == 0
            else Text(
                f"Chỉ được tối đa {field.decimals} chữ số thập phân.",
                f"Use at most {field.decimals} decimal places.",
            )
        )
    if field.minimum is not None and answer < field.minimum:
        raise NotAnAnswer(Text(f"Phải từ {field.minimum:g} trở lên.", f"Must be {field.minimum:g} or more."))
    if field.maximum is not None and answer > field.maximum:
        raise NotAnAnswer(Text(f"Không được quá {field.maximum:g}.", f"Must be {field.maximum:g} or less."))
    return int(answer) if field.decimals == 0 else float(answer)


def _date(answer: Answer) -> str:
    try:
        return date.fromisoformat(str(answer)).isoformat()
    except ValueError:
        raise NotAnAnswer(
            Text("Hãy nhập ngày có thật, ví dụ 23/11/2026.", "Enter a real date, for example 23/11/2026.")
        ) from None


def _choice(field: Field, answer: Answer) -> str:
    if not isinstance(answer, str) or answer not in field.choices:
        raise NotAnAnswer(Text("Hãy chọn một mục trong danh sách.", "Choose one of the options."))
    return answer


def _yes_no(answer: Answer) -> bool:
    if not isinstance(answer, bool):
        raise NotAnAnswer(Text("Hãy chọn Có hoặc Không.", "Choose Yes or No."))
    return answer


def _number(typed: str, lang: Lang) -> Answer:
    """A number as people write it here: `1.500.000` and `2,5` in Vietnamese, `1,500,000` and `2.5` in English."""
    thousands, decimal = SEPARATORS[lang]
    plain = re.sub(r"\s", "", typed)
    if re.fullmatch(rf"-?\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d+)?", plain):
        plain = plain.replace(thousands, "")
    plain = plain.replace(decimal, ".")
    if not re.fullmatch(r"-?\d{1,15}(?:\.\d{1,9})?", plain):
        return typed
    return float(plain) if "." in plain else int(plain)


def _iso(typed: str) -> str:
    """`23/11/2026`, `23-11-2026` or the ISO form, as the ISO form; anything else unchanged."""
    day_first = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", typed)
    if not day_first:
        return typed
    day, month, year = day_first.groups()
    return f"{year}-{int(month):02}-{int(day):02}"
