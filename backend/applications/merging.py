"""Two tabs, or two people, on one page: what only one of them changed is kept, the rest is to be chosen.

A form carries beside every field what stood there when it was opened (`was.<field>`); a field that is in
conflict carries the choice (`pick.<field>`: mine or saved). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from backend.applications.views import show
from backend.kit.pages import Form
from backend.kit.text import Lang
from sandbox_rules import Programme

WAS, PICK = "was.", "pick."


class Merged(Struct, frozen=True, kw_only=True):
    """What to save, and the fields that two changed differently."""

    answers: dict[str, str]
    conflicts: list[str]


def merged(programme: Programme, stored: Mapping[str, Any], form: Form, lang: Lang) -> Merged:
    """What was typed laid beside what is stored now, each against what stood there before.

    What was not touched keeps what is stored. Unknown fields are passed on, for whoever saves to refuse.
    """
    answers: dict[str, str] = {}
    conflicts: list[str] = []
    for key in (name for name in form.names() if is_answer(name)):
        typed, field = form.text(key), programme.fields.get(key)
        saved = show(field, stored.get(key), lang) if field else None
        was = form.text(WAS + key, "\0")
        pick = form.text(PICK + key)
        if pick == "saved" or typed in {saved, was}:
            continue
        if field is None or was == saved or pick == "mine":
            answers[key] = typed
        else:
            conflicts.append(key)
    return Merged(answers=answers, conflicts=conflicts)


def is_answer(name: str) -> bool:
    """Whether a name in a form is that of a field of the dossier."""
    return name not in RESERVED and not name.startswith((WAS, PICK))


RESERVED = frozenset({"csrf", "revision", "action", "confirm"})
