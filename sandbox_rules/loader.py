"""Reads rule files: strict, pinned, every fault with file, line, key and mend."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from sandbox_rules.checks import check_facts, check_programme
from sandbox_rules.errors import RuleFileError, RuleFileErrors
from sandbox_rules.lines import line_of
from sandbox_rules.machine_checks import Fault
from sandbox_rules.programme import Programme
from sandbox_rules.schema import Fact, Pin
from sandbox_rules.text import Text

HERE = Path(__file__).parent


class Programmes:
    """All rule files of a folder, by programme and day."""

    def __init__(self, programmes: list[Programme]) -> None:
        self._by_key: dict[str, list[Programme]] = {}
        for programme in sorted(programmes, key=lambda one: one.in_force):
            self._by_key.setdefault(programme.key, []).append(programme)

    def all(self) -> list[Programme]:
        """Return every file, by key and day in force."""
        return [programme for key in sorted(self._by_key) for programme in self._by_key[key]]

    def in_force(self, key: str, on: date) -> Programme:
        """Return the file that governs an application submitted on this day.

        Raises LookupError when the programme is unknown or not yet in force.
        """
        for programme in reversed(self._by_key.get(key, [])):
            if programme.in_force <= on:
                return programme
        raise LookupError(f"no programme {key!r} in force on {on}")

    def pinned(self, pin: Pin) -> Programme:
        """Return the very text of a pin. Raises LookupError when it is not here or has changed."""
        for programme in self._by_key.get(pin.key, []):
            if programme.pin == pin:
                return programme
        raise LookupError(f"no programme {pin.key} of {pin.in_force} with hash {pin.sha256[:12]}")


def load(folder: Path | None = None) -> Programmes:
    """Read and check every ``programmes/<key>/<date>.toml`` of a folder.

    A folder without its own ``facts.toml`` uses the one shipped here.
    Raises RuleFileErrors (all faults) for files that cannot be used.
    """
    root = folder or HERE
    own = root / "facts.toml"
    facts = read_facts(own if own.exists() else HERE / "facts.toml")
    programmes: list[Programme] = []
    errors: list[RuleFileError] = []
    for path in sorted(root.glob("programmes/*/*.toml")):
        try:
            programmes.append(read_programme(path, facts))
        except RuleFileErrors as fault:
            errors.extend(fault.errors)
        except RuleFileError as fault:
            errors.append(fault)
    if errors:
        raise RuleFileErrors(errors)
    return Programmes(programmes)


def read_facts(path: Path) -> dict[str, Fact]:
    """Read and check the catalogue of facts. Raises RuleFileError, RuleFileErrors."""
    text = _decode(path.read_bytes(), path.name)
    raw = _parse(text, path.name)
    named = ((key, partial(_named, Fact, key, value, (key,), path.name, text)) for key, value in raw.items())
    facts = _gather(named)
    _refuse(check_facts(facts), path.name, text)
    return facts


def read_programme(path: Path, facts: Mapping[str, Fact]) -> Programme:
    """Read one rule file, pin it by its bytes and check it. Raises RuleFileError, RuleFileErrors."""
    data, name = path.read_bytes(), f"{path.parent.name}/{path.name}"
    text = _decode(data, name)
    raw = _parse(text, name)
    for key, expected in (("key", path.parent.name), ("in_force", path.stem)):
        if str(raw.get(key)) != expected:
            raise RuleFileError(name, line_of(text, (key,)), key, *_NOT_ITS_PLACE)
    return parse_programme(data, facts, name)


def parse_programme(data: bytes, facts: Mapping[str, Fact], name: str) -> Programme:
    """Read a rule file that has no place yet: one somebody proposes. Raises RuleFileError, RuleFileErrors."""
    text = _decode(data, name)
    raw = _parse(text, name)
    raw["pin"] = Pin(raw.get("key", ""), raw.get("in_force", date.min), hashlib.sha256(data).hexdigest())
    raw["facts"] = facts
    programme = _build(Programme, raw, (), name, text)
    _refuse(check_programme(programme), name, text)
    return programme


def _refuse(faults: list[Fault], name: str, text: str) -> None:
    if faults:
        raise RuleFileErrors(
            [
                RuleFileError(name, line_of(text, one.path), ".".join(one.path), one.reason, one.mend)
                for one in faults
            ]
        )


_NOT_ITS_PLACE = (
    Text("Không khớp với tên thư mục hoặc tên tệp.", "Does not agree with the name of the folder or file."),
    Text(
        "Đặt tệp tại programmes/<key>/<in_force>.toml.", "Keep the file at programmes/<key>/<in_force>.toml."
    ),
)
_NOT_TOML = Text("Sửa cú pháp TOML ở dòng này.", "Mend the TOML syntax of this line.")
_NOT_UTF8 = Text("Tệp không ở dạng chữ UTF-8.", "The file is not UTF-8 text.")
_TO_UTF8 = Text("Lưu lại tệp ở dạng UTF-8.", "Save the file as UTF-8.")
_TOO_DEEP = Text("Tệp lồng nhau quá sâu.", "The file is nested too deeply.")
_NOT_SHAPE = Text(
    "Xem README.md của sandbox_rules về dạng của bảng này.", "See README.md for the shape of this table."
)


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise RuleFileError(name, None, "(file)", _NOT_UTF8, _TO_UTF8) from None


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise RuleFileError(name, None, "(file)", _TOO_DEEP, _NOT_TOML) from None
    except tomllib.TOMLDecodeError as fault:
        at = re.search(r"line (\d+)", str(fault))
        reason = Text(f"Không đọc được TOML: {fault}.", f"Not readable as TOML: {fault}.")
        raise RuleFileError(name, int(at[1]) if at else None, "(file)", reason, _NOT_TOML) from None


S = TypeVar("S")
T = TypeVar("T", bound=Struct)


def _build(cls: type[T], raw: Any, path: tuple[str, ...], name: str, text: str) -> T:
    """Convert a table into its class; named tables inside learn their own names."""
    try:
        if not isinstance(raw, dict):
            raise msgspec.ValidationError(f"Expected a table, got `{type(raw).__name__}`")
        tables = {field: raw[field] for field in _tables(cls) if isinstance(raw.get(field), dict)}
        filled = raw | _gather(
            (field, partial(_table, cls, field, table, (*path, field), name, text))
            for field, table in tables.items()
        )
        return msgspec.convert(filled, cls, strict=True)
    except msgspec.ValidationError as fault:
        says, _, inside = str(fault).partition(" - at `$")
        where = (*path, *(part for part in re.split(r"[.\[\]`]+", inside) if part))
        reason = Text(f"Sai dạng: {says}.", f"Wrong shape: {says}.")
        raise RuleFileError(
            name, line_of(text, where), ".".join(where) or "(file)", reason, _NOT_SHAPE
        ) from None


def _table(
    cls: type[Struct], field: str, table: dict[str, Any], path: tuple[str, ...], name: str, text: str
) -> object:
    """Convert the table of one field, or each of many named ones."""
    inner, many = _tables(cls)[field]
    if not many:
        return _build(inner, table, path, name, text)
    return _gather(
        (key, partial(_named, inner, key, value, (*path, key), name, text)) for key, value in table.items()
    )


def _gather(parts: Iterable[tuple[str, Callable[[], S]]]) -> dict[str, S]:
    """Do every part, so that an author learns of all faults at once. Raises RuleFileErrors."""
    done: dict[str, S] = {}
    errors: list[RuleFileError] = []
    for key, convert in parts:
        try:
            done[key] = convert()
        except RuleFileErrors as faults:
            errors.extend(faults.errors)
        except RuleFileError as fault:
            errors.append(fault)
    if errors:
        raise RuleFileErrors(errors)
    return done


def _named(cls: type[T], key: str, raw: Any, path: tuple[str, ...], name: str, text: str) -> T:
    if isinstance(raw, cls):
        return raw
    return _build(cls, {"key": key, **raw} if isinstance(raw, dict) else raw, path, name, text)


@cache
def _tables(cls: type[Struct]) -> dict[str, tuple[type[Struct], bool]]:
    """Return the fields of a class that hold a table, or many named ones, with the class inside."""
    found = {}
    for name, hint in get_type_hints(cls).items():
        many = get_origin(hint) is dict
        for inner in get_args(hint)[1:] if many else (get_args(hint) or (hint,)):
            if (
                isinstance(inner, type)
                and issubclass(inner, Struct)
                and (many <= ("key" in inner.__struct_fields__))
            ):
                found[name] = (inner, many)
    return found
