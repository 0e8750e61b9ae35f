"""Finds the line of a key in a TOML text, so that an error can name it."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*\[\[?\s*(.+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*")(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=""")
_PART = re.compile(r'"([^"]*)"|([\w-]+)')


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    """Return the line (from 1) of the key, or of the nearest table around it that is written."""
    known = _lines(text)
    for length in range(len(path), 0, -1):
        if path[:length] in known:
            return known[path[:length]]
    return None


def _lines(text: str) -> dict[tuple[str, ...], int]:
    known: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            where = table
        elif key := _KEY.match(line):
            where = (*table, *_parts(key[1]))
        else:
            continue
        for length in range(1, len(where) + 1):
            known.setdefault(where[:length], number)
    return known


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(quoted or bare for quoted, bare in _PART.findall(dotted))
