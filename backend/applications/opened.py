"""What a supplement request opens: what was asked for, and what its answers make necessary. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from backend.applications.dossier import missing
from backend.applications.schemas import Application
from backend.applications.supplement_schemas import Item, Kind, NewItem, Request, Target
from backend.kit.errors import Invalid
from backend.kit.text import Text, nfc
from sandbox_rules import DocumentSlot, Field, Programme

MACHINE = "supplement"
ASKED_BY_NOBODY = ""


def parts_of(programme: Programme, kind: Kind) -> Mapping[str, Field | DocumentSlot]:
    """The fields or the documents of the dossier, by key."""
    return programme.fields if kind == "field" else programme.documents


def label_of(programme: Programme, target: Target) -> Text:
    """What a field or document is called."""
    label = parts_of(programme, target[0])[target[1]].label
    return Text(label.vi, label.en)


def is_asked(programme: Programme, item: Item) -> bool:
    """Whether the applicant is to answer it, by the rule file's machine of supplements."""
    return programme.machines[MACHINE].states[item.state].holder == "applicant"


def asked_of(programme: Programme, request: Request) -> frozenset[Target]:
    """What the applicant is to answer."""
    return frozenset(one.target for one in request.items if is_asked(programme, one))


def opened(
    programme: Programme,
    request: Request,
    application: Application,
    answers: Mapping[str, Any],
    slots: Collection[str],
) -> frozenset[Target]:
    """What may be changed: what was asked for, and what `answers` to that require and the dossier lacked.

    `answers` and `slots` are the dossier as it stands or is about to.
    """
    found = asked_of(programme, request)
    while True:
        given = _laid_over(application.handed_in or {}, answers, _keys(found, "field"))
        files = {slot for slot in request.files if ("document", slot) not in found}
        files |= {slot for slot in slots if ("document", slot) in found}
        more = found | {(one.kind, one.key) for one in missing(programme, given, files)}
        if more == found:
            return found
        found = more


def settled(application: Application, allowed: frozenset[Target]) -> dict[str, Any]:
    """The answers as last handed in, with those of today where that is allowed."""
    return _laid_over(application.handed_in or {}, application.answers, _keys(allowed, "field"))


def require_items(
    programme: Programme, items: Iterable[NewItem], known: Collection[Target] = ()
) -> list[NewItem]:
    """What is asked for, with its words trimmed. Raises Invalid naming the items by `items.<kind>.<key>`."""
    found: list[NewItem] = []
    wrong: dict[str, Text] = {}
    for item in items:
        fault = nfc(item.fault).strip()
        name = f"items.{item.kind}.{item.key}"
        if item.key not in parts_of(programme, item.kind):
            wrong[name] = _UNKNOWN
        elif item.target in known or item.target in {one.target for one in found}:
            wrong[name] = _TWICE
        elif not fault:
            wrong[name] = _SAY_WHAT
        found.append(NewItem(kind=item.kind, key=item.key, fault=fault))
    if not found:
        wrong["items"] = _NOTHING
    if wrong:
        raise Invalid(fields=wrong)
    return found


def _laid_over(under: Mapping[str, Any], over: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    kept = {key: value for key, value in under.items() if key not in keys}
    return kept | {key: value for key, value in over.items() if key in keys}


def _keys(targets: Iterable[Target], kind: Kind) -> set[str]:
    return {key for one, key in targets if one == kind}


_UNKNOWN = Text("Hồ sơ không có mục này.", "The dossier has no such item.")
_TWICE = Text("Mục này đã được yêu cầu.", "This is asked for already.")
_SAY_WHAT = Text(
    "Hãy ghi điểm chưa đạt để tổ chức biết phải sửa gì.", "Say what is wrong, so that they know what to mend."
)
_NOTHING = Text("Hãy chọn ít nhất một mục cần bổ sung.", "Choose at least one item to be supplemented.")
