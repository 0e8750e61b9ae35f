"""What the shape of a rule file cannot say: everything named exists, every case can come to an end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from string import Formatter
from typing import Any

from msgspec import Struct

from sandbox_rules.calendars import known_calendars
from sandbox_rules.machine_checks import Fault, check_machines
from sandbox_rules.programme import Programme
from sandbox_rules.schema import Comparison, Criterion, Fact, Field
from sandbox_rules.text import Text

Path = tuple[str, ...]


def check_programme(programme: Programme) -> list[Fault]:
    """Return every fault of a programme whose shape is right."""
    return [fault for check in _CHECKS for fault in check(programme)]


def check_facts(facts: Mapping[str, Fact]) -> list[Fault]:
    """Return every fault of a catalogue of facts whose shape is right."""
    return [*_texts(facts), *_periods(facts)]


def _walk(thing: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Give every struct and text of a programme with its path (facts have a file of their own)."""
    if isinstance(thing, Struct):
        yield path, thing
        if not isinstance(thing, Text):
            for name in thing.__struct_fields__:
                if (path, name) not in {((), "facts"), ((), "pin")}:
                    yield from _walk(getattr(thing, name), (*path, name))
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from _walk(value, (*path, str(key)))
    elif isinstance(thing, tuple):
        for value in thing:
            yield from _walk(value, path)


def cited(programme: Programme) -> list[tuple[str, str]]:
    """Return every value that names a source, with the key of that source."""
    found = [(".".join(path), getattr(thing, "source", None)) for path, thing in _walk(programme)]
    return [(path or "title", source) for path, source in found if isinstance(source, str)]


def _texts(whole: Programme | Mapping[str, Fact]) -> Iterator[Fault]:
    for path, thing in _walk(whole):
        if isinstance(thing, Text):
            for lang, text in (("vi", thing.vi), ("en", thing.en)):
                if not text.strip():
                    yield Fault((*path, lang), _EMPTY, _FILL)
                elif text != unicodedata.normalize("NFC", text):
                    yield Fault((*path, lang), _NOT_NFC, _TO_NFC)


def _sources(programme: Programme) -> Iterator[Fault]:
    for path, thing in _walk(programme):
        source = getattr(thing, "source", None)
        if isinstance(source, str) and source not in programme.sources:
            yield _unknown((*path, "source"), source, "sources")


def _key(programme: Programme) -> Iterator[Fault]:
    if not _KEY.fullmatch(programme.key):
        yield Fault(("key",), _BAD_KEY.fill(key=programme.key), _GOOD_KEY)


def _calendar(programme: Programme) -> Iterator[Fault]:
    if programme.calendar not in known_calendars():
        known = ", ".join(sorted(known_calendars()))
        yield Fault(
            ("calendar",), _NO_CALENDAR.fill(name=programme.calendar), _KNOWN_CALENDAR.fill(known=known)
        )


def _facts(programme: Programme) -> Iterator[Fault]:
    for path, thing in _walk(programme):
        if isinstance(thing, Criterion | Comparison):
            yield from _test(programme.facts, path, thing)
        elif isinstance(name := getattr(thing, "fact", None), str):
            if name not in programme.facts:
                yield _unknown((*path, "fact"), name, "facts.toml")
            elif isinstance(thing, Field) and thing.type != programme.facts[name].type:
                reason = _NOT_FED.fill(field=thing.type, fact=programme.facts[name].type)
                yield Fault((*path, "fact"), reason, _SAME_TYPE)


def _periods(facts: Mapping[str, Fact]) -> Iterator[Fault]:
    for key, fact in facts.items():
        for name in fact.days_between or ():
            if name not in facts:
                yield _unknown((key, "days_between"), name, "facts.toml")
            elif facts[name].type != "date":
                yield Fault((key, "days_between"), _NO_DATE.fill(name=name), _NAME_DATES)


def _test(facts: Mapping[str, Fact], path: Path, test: Criterion | Comparison) -> Iterator[Fault]:
    fact = facts.get(test.fact)
    if fact is None:
        yield _unknown((*path, "fact"), test.fact, "facts.toml")
        return
    many, given_many = test.op in ("one_of", "none_of"), isinstance(test.value, list)
    values = test.value if given_many else [test.value]
    ordered = test.op not in ("at_least", "at_most") or fact.type in ("number", "date")
    if many is not given_many or not ordered or not all(_fits(fact, value) for value in values):
        yield Fault((*path, "value"), _MISFIT.fill(value=test.value, op=test.op, type=fact.type), _FIT)


def _fits(fact: Fact, value: Any) -> bool:
    match fact.type:
        case "yes_no":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "date":
            return isinstance(value, date)
        case _:
            return value in fact.choices


def _fields(programme: Programme) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for section in programme.sections.values():
        for key, field in section.fields.items():
            path = ("sections", section.key, "fields", key)
            if key in seen:
                yield Fault(path, _TWICE.fill(other=seen[key]), _RENAME)
            seen[key] = section.key
            if (field.type == "choice") is not bool(field.choices):
                yield Fault((*path, "choices"), _CHOICES, _GIVE_CHOICES)
            if field.not_before and field.not_before not in programme.fields:
                yield _unknown((*path, "not_before"), field.not_before, "fields")


def _appraisal(programme: Programme) -> Iterator[Fault]:
    sheet = programme.appraisal
    if sheet is None:
        return
    total = sum(criterion.weight for criterion in sheet.criteria.values())
    if abs(total - 1) > 1e-9:
        yield Fault(("appraisal", "criteria"), _WEIGHTS.fill(total=f"{total:g}"), _TO_ONE)
    if not 0 < sheet.quorum <= sheet.appraisers:
        yield Fault(("appraisal", "quorum"), _QUORUM, _LOWER_QUORUM)
    for key, criterion in sheet.criteria.items():
        if not all(sheet.lowest <= anchor.mark <= sheet.highest for anchor in criterion.anchors):
            yield Fault(("appraisal", "criteria", key, "anchors"), _OFF_SCALE, _ON_SCALE)


def _decisions(programme: Programme) -> Iterator[Fault]:
    for key, kind in programme.decisions.items():
        machine = programme.machines.get(kind.machine)
        if machine is None:
            yield _unknown(("decisions", key, "machine"), kind.machine, "machines")
        elif kind.transition not in machine.transitions:
            yield _unknown(
                ("decisions", key, "transition"), kind.transition, f"machines.{kind.machine}.transitions"
            )
        if kind.document not in programme.issued:
            yield _unknown(("decisions", key, "document"), kind.document, "issued")
        trial = programme.machines.get("trial")
        if kind.ends_trial_by and (trial is None or kind.ends_trial_by not in trial.transitions):
            yield _unknown(
                ("decisions", key, "ends_trial_by"), kind.ends_trial_by, "machines.trial.transitions"
            )


def _conditions(programme: Programme) -> Iterator[Fault]:
    for key, condition in programme.conditions.items():
        for lang, text in (("vi", condition.text.vi), ("en", condition.text.en)):
            if _places(text) != set(condition.parameters):
                yield Fault(("conditions", key, "text", lang), _PLACES, _SAME_PLACES)


def _places(text: str) -> set[str] | None:
    """The ``{named}`` places of a text, None when a brace stands alone."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return None


def _publication(programme: Programme) -> Iterator[Fault]:
    rule = programme.publication
    if rule is None:
        return
    if not any(rule.after in machine.transitions for machine in programme.machines.values()):
        yield _unknown(("publication", "after"), rule.after, "transitions")
    for slot in rule.documents:
        if slot not in programme.documents:
            yield _unknown(("publication", "documents"), slot, "documents")
        elif programme.documents[slot].visibility != "public":
            yield Fault(("publication", "documents"), _NOT_PUBLIC.fill(slot=slot), _MAKE_PUBLIC)


def _unknown(path: Path, name: str, table: str) -> Fault:
    return Fault(path, _NO_SUCH.fill(name=name, table=table), _NAME_IT.fill(table=table))


_CHECKS: tuple[Callable[[Programme], Iterable[Fault]], ...] = (
    _texts, _key, _sources, _calendar, _facts, _fields, _appraisal, _decisions, _conditions, _publication,
    check_machines,
)  # fmt: skip

_KEY = re.compile("[a-z0-9][a-z0-9-]{0,39}")
_BAD_KEY = Text("“{key}” không dùng làm khóa được.", "“{key}” cannot be a key.")
_GOOD_KEY = Text(
    "Dùng chữ thường không dấu, số và dấu gạch nối, tối đa 40 ký tự.",
    "Use small letters a to z, digits and dashes, at most 40.",
)
_NO_CALENDAR = Text("Chưa có lịch làm việc “{name}”.", "There is no calendar “{name}”.")
_KNOWN_CALENDAR = Text("Dùng một trong các lịch: {known}.", "Use one of these calendars: {known}.")
_EMPTY = Text("Thiếu một ngôn ngữ.", "One language is missing.")
_FILL = Text("Viết đủ cả tiếng Việt và tiếng Anh.", "Write both Vietnamese and English.")
_NOT_NFC = Text("Chữ không ở dạng Unicode NFC.", "The letters are not in Unicode form NFC.")
_TO_NFC = Text("Lưu lại tệp ở dạng NFC (dựng sẵn).", "Save the file in NFC (composed letters).")
_NO_SUCH = Text("“{name}” không có trong [{table}].", "“{name}” is not in [{table}].")
_NAME_IT = Text("Khai báo trong [{table}] hoặc sửa tên.", "Declare it in [{table}] or mend the name.")
_NO_DATE = Text("“{name}” không phải là ngày.", "“{name}” is not a date.")
_NAME_DATES = Text("Ghi hai dữ kiện kiểu date.", "Name two facts of type date.")
_MISFIT = Text(
    "Giá trị {value} không hợp với phép “{op}” trên dữ kiện kiểu {type}.",
    "The value {value} does not fit “{op}” on a fact of type {type}.",
)
_FIT = Text(
    "Dùng giá trị đúng kiểu; one_of và none_of cần danh sách.",
    "Use a value of that type; lists for one_of, none_of.",
)
_NOT_FED = Text(
    "Mục kiểu {field} không thể cho dữ kiện kiểu {fact}.", "A {field} field cannot feed a {fact} fact."
)
_SAME_TYPE = Text("Dùng cùng một kiểu ở cả hai nơi.", "Use the same type in both places.")
_TWICE = Text("Mục đã có ở phần “{other}”.", "The field is already in section “{other}”.")
_RENAME = Text(
    "Đặt khóa khác: mỗi khóa chỉ dùng một lần trong biểu mẫu.", "Choose another key: one key once a form."
)
_CHOICES = Text(
    "Chỉ mục kiểu choice mới có choices, và phải có.", "Fields of type choice, and only they, have choices."
)
_GIVE_CHOICES = Text("Thêm choices hoặc sửa type.", "Add choices or mend the type.")
_WEIGHTS = Text("Tổng trọng số là {total}, phải bằng 1.", "The weights sum to {total}, not 1.")
_TO_ONE = Text("Sửa weight để tổng bằng 1.", "Mend the weights so that they sum to 1.")
_QUORUM = Text(
    "Số tối thiểu phải từ 1 đến số thành viên.", "The quorum must lie between 1 and the number of appraisers."
)
_LOWER_QUORUM = Text("Sửa quorum hoặc appraisers.", "Mend quorum or appraisers.")
_OFF_SCALE = Text("Có mốc điểm nằm ngoài thang điểm.", "An anchor lies outside the scale.")
_ON_SCALE = Text("Giữ mark trong khoảng lowest–highest.", "Keep each mark between lowest and highest.")
_PLACES = Text("Chỗ điền {…} không khớp với parameters.", "The {…} places are not the parameters.")
_SAME_PLACES = Text(
    "Mỗi tham số có đúng một tên, dùng ở cả hai ngôn ngữ.",
    "Use every parameter by its name in both languages.",
)
_NOT_PUBLIC = Text("Tài liệu “{slot}” không ở chế độ public.", "The document “{slot}” is not public.")
_MAKE_PUBLIC = Text(
    'Đặt visibility = "public" hoặc bỏ khỏi danh sách.', 'Set visibility = "public" or drop it here.'
)
