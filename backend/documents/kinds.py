"""The kinds of documents: each is a folder with document.html, print.css and metadata.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any, Final, Literal

import msgspec

from backend.kit.templates import FOLDER
from backend.kit.text import Text

KINDS: Final = FOLDER / "documents"
Hand = Literal["person", "agency"]


class Agency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who issues: the agency above, the agency itself, and the name in its certificate."""

    above: Text
    name: Text
    signs_as: str


class Kind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of document.

    `signed` says whose signatures it needs, in order. `symbol` names its series of numbers. `context` tells
    every value its template asks for; those in `optional` may be left out and are then None. What is
    `internal` is for the agency alone.
    """

    title: Text
    symbol: str
    signed: tuple[Hand, ...]
    languages: tuple[Literal["vi", "en"], ...]
    agency: Agency
    context: dict[str, str]
    optional: dict[str, str] = {}
    internal: bool = False


class ContextMismatch(Exception):
    """A feature asks for a document and gives other values than its template needs."""


@cache
def get_kind(key: str) -> Kind:
    """The kind called `key`. Raises LookupError."""
    if key not in list_kinds():
        raise LookupError(f"no kind of document is called {key!r}")
    text = (KINDS / key / "metadata.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Kind)


def list_kinds() -> list[str]:
    """The keys of all kinds, sorted."""
    return sorted(path.parent.name for path in KINDS.glob("*/metadata.toml"))


def complete_context(key: str, given: dict[str, Any]) -> dict[str, Any]:
    """The values of the template, optional ones as None. Raises ContextMismatch for missing or unknown."""
    kind = get_kind(key)
    missing = sorted(kind.context.keys() - given.keys())
    unknown = sorted(given.keys() - kind.context.keys() - kind.optional.keys())
    if missing or unknown:
        raise ContextMismatch(f"{key}: missing {missing}, unknown {unknown}")
    return {**dict.fromkeys(kind.optional), **given}
