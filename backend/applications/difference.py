"""What was there beside what came: word by word for answers, file by file for documents. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from backend.applications.opened import label_of
from backend.applications.schemas import Upload
from backend.applications.supplement_schemas import Item, Request
from backend.kit.text import Lang, Text
from sandbox_rules import Field, Programme

WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Piece(Struct, frozen=True):
    """A stretch of text that both have, or only the old or the new one."""

    kind: Literal["same", "removed", "added"]
    text: str


class Compared(Struct, frozen=True, kw_only=True):
    """One item of a request: for a field `old` and `new` in pieces, for a document the two files."""

    item: Item
    label: Text
    changed: bool
    old: list[Piece] = []
    new: list[Piece] = []
    old_file: Upload | None = None
    new_file: Upload | None = None


def compared(programme: Programme, request: Request, uploads: Iterable[Upload], lang: Lang) -> list[Compared]:
    """Every item of a round, in the order it was asked; what came is empty until it is handed in."""
    files = {str(one.id): one for one in uploads}
    return [_compared(programme, item, files, lang) for item in request.items]


def pieces_of(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """The old and the new text in pieces, the least that changed marked."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    was: list[Piece] = []
    became: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            was.append(Piece("same", "".join(before[a:b])))
            became.append(Piece("same", "".join(after[c:d])))
            continue
        if b > a:
            was.append(Piece("removed", "".join(before[a:b])))
        if d > c:
            became.append(Piece("added", "".join(after[c:d])))
    return was, became


def in_words(field: Field, answer: Any, lang: Lang) -> str:
    """An answer as it is read."""
    if answer is None:
        return ""
    match field.type:
        case "yes_no":
            return Text("Có", "Yes").of(lang) if answer else Text("Không", "No").of(lang)
        case "choice" if answer in field.choices:
            return field.choices[answer].of(lang)
        case "number":
            said = str(answer).replace(".", ",") if lang == "vi" else str(answer)
            return f"{said} {field.unit.of(lang)}" if field.unit else said
        case "date":
            year, month, day = str(answer).split("-")
            return f"{day}/{month}/{year}"
        case _:
            return str(answer)


def _compared(programme: Programme, item: Item, files: Mapping[str, Upload], lang: Lang) -> Compared:
    label, changed = label_of(programme, item.target), item.before != item.after
    if item.kind == "document":
        before, after = _file(files, item.before), _file(files, item.after)
        return Compared(item=item, label=label, changed=changed, old_file=before, new_file=after)
    field = programme.fields[item.key]
    old, new = pieces_of(in_words(field, item.before, lang), in_words(field, item.after, lang))
    return Compared(item=item, label=label, changed=changed, old=old, new=new)


def _file(files: Mapping[str, Upload], upload: UUID | str | None) -> Upload | None:
    return files.get(str(upload)) if upload else None
