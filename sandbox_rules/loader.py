"""Reads rule files: strict, pinned, every fault with file, line, key and mend."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from sandbox_rules.checks import check_programme
from sandbox_rules.errors import RuleFileError, RuleFileErrors
from sandbox_rules.lines import line_of
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
    """Read the catalogue of facts. Raises RuleFileError."""
    text = path.read_text("utf-8")
    raw = _parse(text, path.name)
    return {key: _build(Fact, {"key": key, **value}, (key,), path.name, text) for key, value in raw.items()}


def read_programme(path: Path, facts: Mapping[str, Fact]) -> Programme:
    """Read one rule file, pin it by its bytes and check it. Raises RuleFileError, RuleFileErrors."""
    data = path.read_bytes()
    text, name = data.decode("utf-8"), f"{path.parent.name}/{path.name}"
    raw = _parse(text, name)
    for key, expected in (("key", path.parent.name), ("in_force", path.stem)):
        if str(raw.get(key)) != expected:
            raise RuleFileError(name, line_of(text, (key,)), key, *_NOT_ITS_PLACE)
    raw["pin"] = Pin(raw["key"], raw["in_force"], hashlib.sha256(data).hexdigest())
    raw["facts"] = facts
    programme = _build(Programme, raw, (), name, text)
    faults = check_programme(programme)
    if faults:
        raise RuleFileErrors(
            [
                RuleFileError(name, line_of(text, one.path), ".".join(one.path), one.reason, one.mend)
                for one in faults
            ]
        )
    return programme


_NOT_ITS_PLACE = (
    Text("Không khớp với tên thư mục hoặc tên tệp.", "Does not agree with the name of the folder or file."),
    Text(
        "Đặt tệp tại programmes/<key>/<in_force>.toml.", "Keep the file at programmes/<key>/<in_force>.toml."
    ),
)
_NOT_TOML = Text("Sửa cú pháp TOML ở dòng này.", "Mend the TOML syntax of this line.")
_NOT_SHAPE = Text(
    "Xem README.md của sandbox_rules về dạng của bảng này.", "See README.md for the shape of this table."
)


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        at = re.search(r"line (\d+)", str(fault))
        reason = Text(f"Không đọc được TOML: {fault}.", f"Not readable as TOML: {fault}.")
        raise RuleFileError(name, int(at[1]) if at else None, "(file)", reason, _NOT_TOML) from None


T = TypeVar("T", bound=Struct)


def _build(cls: type[T], raw: Any, path: tuple[str, ...], name: str, text: str) -> T:
    """Convert a table into its class; named tables inside learn their own names."""
    try:
        if not isinstance(raw, dict):
            raise msgspec.ValidationError(f"Expected a table, got `{type(raw).__name__}`")
        filled = dict(raw)
        for field, (inner, many) in _tables(cls).items():
            table = filled.get(field)
            if many and isinstance(table, dict):
                filled[field] = {
                    key: _named(inner, key, value, (*path, field, key), name, text)
                    for key, value in table.items()
                }
            elif not many and isinstance(table, dict):
                filled[field] = _build(inner, table, (*path, field), name, text)
        return msgspec.convert(filled, cls, strict=True)
    except msgspec.ValidationError as fault:
        says, _, inside = str(fault).partition(" - at `$")
        where = (*path, *(part for part in re.split(r"[.\[\]`]+", inside) if part))
        reason = Text(f"Sai dạng: {says}.", f"Wrong shape: {says}.")
        raise RuleFileError(
            name, line_of(text, where), ".".join(where) or "(file)", reason, _NOT_SHAPE
        ) from None


def _named(cls: type[Struct], key: str, raw: Any, path: tuple[str, ...], name: str, text: str) -> Struct:
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
