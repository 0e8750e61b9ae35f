"""What this feature hands out. Rows never leave it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

import sandbox_rules
from backend.kit.errors import Invalid
from backend.kit.text import Text
from sandbox_rules import Effect, Programme, RuleFileError, Source
from sandbox_rules.simulate import What


class RuleFile(Struct, frozen=True, kw_only=True):
    """A released file: does it govern applications of today, and which of its values nobody has read."""

    programme: Programme
    is_in_force: bool
    unread: list[tuple[str, Source]]
    values: int
    """how many values name a source"""


class Proposal(Struct, frozen=True, kw_only=True):
    """A proposed file; without `as_of` it was not simulated yet, without `finished_at` that is under way."""

    id: UUID
    key: str
    in_force: date
    sha256: str
    content: str
    proposed_by_name: str
    proposed_at: datetime
    as_of: datetime | None
    total: int
    done: int
    finished_at: datetime | None


class Outcome(Struct, frozen=True, kw_only=True):
    """What a simulation came to: cases that change, and effects by kind."""

    changed: int
    counts: dict[What, int]


class EffectLine(Struct, frozen=True, kw_only=True):
    """An effect in words; a due date stands as the date itself."""

    case: str
    what: Text
    subject: Text
    old: Text | date
    new: Text | date


class FaultyFile(Invalid):
    """The file cannot be used; `faults` are all that were found, each with its place and how to mend it."""

    code = "faulty_rule_file"
    text = Text(
        "Tệp quy định có lỗi nên chưa dùng được. Hãy sửa các lỗi được liệt kê rồi kiểm tra lại.",
        "The rule file has faults and cannot be used. Mend those listed, then check it again.",
    )

    def __init__(self, faults: tuple[RuleFileError, ...]) -> None:
        super().__init__()
        self.faults = faults


WHAT: dict[What, Text] = {
    "finding": Text("điều kiện", "criterion"),
    "document": Text("tài liệu", "document"),
    "due": Text("hạn cuối", "due date"),
    "outcome": Text("kết quả thời hạn", "outcome of a deadline"),
    "step": Text("bước xử lý", "step"),
}
_WORDS = {
    "met": Text("đạt", "met"),
    "not_met": Text("không đạt", "not met"),
    "unknown": Text("chưa biết", "unknown"),
    "not asked": Text("không hỏi", "not asked"),
    "missing": Text("còn thiếu", "missing"),
    "not missing": Text("không thiếu", "not missing"),
    "stopped": Text("tạm dừng", "stopped"),
    "none": Text("không có", "none"),
    "running": Text("đang chạy", "running"),
    "missed": Text("quá hạn", "missed"),
    "allowed": Text("được phép", "allowed"),
    "not allowed": Text("không còn được phép", "no longer allowed"),
}


def in_words(effect: Effect, old: Programme, new: Programme) -> EffectLine:
    """Tell an effect by the labels of the files it compares."""
    return EffectLine(
        case=effect.case,
        what=WHAT[effect.what],
        subject=_subject(effect, old, new),
        old=_said(effect.old),
        new=_said(effect.new),
    )


def _said(value: str) -> Text | date:
    return _WORDS[value] if value in _WORDS else date.fromisoformat(value)


def _subject(effect: Effect, old: Programme, new: Programme) -> Text:
    """The label of what differs; a clock that began anew has its number behind its key."""
    key, _, turn = effect.key.partition(" ")
    labels = _labels(effect.what, old) | _labels(effect.what, new)
    label = labels.get(key)
    return Text(f"{label.vi} {turn}".strip(), f"{label.en} {turn}".strip()) if label else Text(key, key)


def _labels(what: What, file: Programme) -> dict[str, sandbox_rules.Text]:
    match what:
        case "finding":
            return {key: one.label for key, one in file.eligibility.items()}
        case "document":
            return {key: one.label for key, one in file.documents.items()}
        case "step":
            machines = file.machines.values()
            return {key: one.label for machine in machines for key, one in machine.transitions.items()}
        case _:
            return {key: one.label for key, one in file.deadlines.items()}
