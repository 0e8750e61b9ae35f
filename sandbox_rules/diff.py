"""What a new rule file changes, for whom, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from sandbox_rules.programme import Programme
from sandbox_rules.schema import Deadline, Role, State, Transition
from sandbox_rules.text import Lang, Text
from sandbox_rules.words import ADDED, CHANGED, FIELDS, NOT_LAW, REMOVED, TABLES, TOUCHES
from sandbox_rules.workflow import ROLE_NAMES

Kind = Literal["added", "removed", "changed"]


class Change(Struct, frozen=True):
    """One thing that differs; ``path`` is its place in the file, ``whom`` the roles it touches."""

    path: tuple[str, ...]
    kind: Kind
    whom: tuple[Role, ...]
    text: Text


def diff(old: Programme, new: Programme) -> list[Change]:
    """Return every difference between two rule files, in the order of the tables."""
    return list(_compare(old, new, ()))


def _compare(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[Change]:
    """Go down through tables and named tables; stop where something was added, removed or changed."""
    if isinstance(old, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _pair(old.get(key), new.get(key), (*path, key))
    else:
        for field in old.__struct_fields__:
            if field not in NOT_LAW:
                yield from _field(old, new, field, path)


def _field(old: Struct, new: Struct, field: str, path: tuple[str, ...]) -> Iterator[Change]:
    before, after = getattr(old, field), getattr(new, field)
    if isinstance(before, Mapping) or (
        isinstance(before or after, Struct) and not isinstance(before or after, Text)
    ):
        yield from _pair(before, after, (*path, field))
    elif before != after:
        text = CHANGED.fill(what=_name(new, path), field=FIELDS[field],
                             old=_say(before), new=_say(after))  # fmt: skip
        yield Change((*path, field), "changed", _whom(new, path), text)


def _pair(old: object, new: object, path: tuple[str, ...]) -> Iterator[Change]:
    if old is None:
        yield Change(path, "added", _whom(new, path), ADDED.fill(what=_name(new, path)))
    elif new is None:
        yield Change(path, "removed", _whom(old, path), REMOVED.fill(what=_name(old, path)))
    elif isinstance(old, Text | int):
        if old != new:
            text = CHANGED.fill(what=_name(old, path), field=FIELDS["value"], old=_say(old), new=_say(new))
            yield Change(path, "changed", _whom(old, path), text)
    else:
        yield from _compare(old, new, path)


def _name(thing: object, path: tuple[str, ...]) -> Text:
    """Return “table: label”."""
    table = next((TABLES[part] for part in reversed(path) if part in TABLES), TABLES["programme"])
    label = getattr(thing, "label", None) or getattr(thing, "title", None)
    if not isinstance(label, Text):
        label = Text(path[-1], path[-1]) if path else Text("", "")
    return Text(f"{table.vi} “{label.vi}”", f"{table.en} “{label.en}”")


def _say(value: object) -> Text:
    if isinstance(value, Text):
        return value
    if value is None or value == ():
        return Text("không có", "none")
    if isinstance(value, bool):
        return Text("có", "yes") if value else Text("không", "no")
    said = ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    return Text(said, said)


def _whom(thing: object, path: tuple[str, ...]) -> tuple[Role, ...]:
    if isinstance(thing, Deadline):
        return (thing.owner,)
    if isinstance(thing, Transition):
        return thing.by
    if isinstance(thing, State):
        return (thing.holder,) if thing.holder else ("applicant",)
    return TOUCHES.get(path[0], ("officer",)) if path else ("officer",)


def report_of(changes: list[Change], lang: Lang) -> str:
    """Return the changes as Markdown, by whom they touch."""
    lines: list[str] = []
    for role, name in ROLE_NAMES.items():
        mine = [f"- {change.text.of(lang)}" for change in changes if role in change.whom]
        if mine:
            lines += [f"## {name.of(lang)[0].upper()}{name.of(lang)[1:]}", "", *mine, ""]
    return "\n".join(lines) or Text("Không có thay đổi.\n", "Nothing changes.\n").of(lang)
