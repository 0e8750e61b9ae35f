"""The library of conditions: the rule file's, and versions the agency writes beside or instead of them.

A version is never changed: the next one follows it. A decision keeps key, version and the filled text.
"""

from __future__ import annotations

import re
from string import Formatter
from typing import Any
from uuid import UUID

import msgspec

from backend.accounts.schemas import Actor, Role
from backend.decisions import library_queries as queries
from backend.decisions.schemas import AgencyCondition, ConditionForm, ConditionVersion
from backend.kit import audit
from backend.kit.clock import today
from backend.kit.db import retrying, transaction
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.text import Text, nfc
from backend.programmes import domain as programmes
from sandbox_rules import Parameter, Programme
from sandbox_rules import Text as RuleText

MAX_TEXT = 2000
KEY = re.compile("[a-z][a-z0-9_]{0,39}")


async def with_library(programme: Programme) -> Programme:
    """The programme with the conditions drafts may use today: the agency's version of a key comes first."""
    latest: dict[str, ConditionVersion] = {}
    for one in await queries.list_versions(programme.key):
        if one.holds(today()) and one.source in programme.sources:
            latest.setdefault(one.key, one)
    attached = {key for key, one in programme.conditions.items() if one.attached}
    own = {key: _as_condition(one, attached=key in attached) for key, one in latest.items()}
    return msgspec.structs.replace(programme, conditions={**programme.conditions, **own})


@retrying
async def add_version(actor: Actor, form: ConditionForm) -> ConditionVersion:
    """Enter a new version of a condition. Raises NotFound (no administrator), Invalid naming wrong fields."""
    _must_be_admin(actor)
    form = _cleaned(form)
    if wrong := _faults(form):
        raise Invalid(fields=wrong)
    async with transaction():
        known = [one.version for one in await queries.list_versions(form.programme) if one.key == form.key]
        version_id = await queries.insert_version(form, max(known, default=0) + 1, actor.id)
        entered = await _get(version_id)
        line = {"programme": form.programme, "key": form.key, "version": entered.version, "text": form.text}
        await audit.record(version_id, "condition:entered", actor.id, line)
        return entered


@retrying
async def withdraw_version(actor: Actor, version_id: UUID) -> ConditionVersion:
    """Take a version out of use; decisions that have it keep it. Raises NotFound, Conflict."""
    _must_be_admin(actor)
    async with transaction():
        await _get(version_id)
        if not await queries.set_withdrawn(version_id, actor.id):
            raise Conflict
        await audit.record(version_id, "condition:withdrawn", actor.id, {})
        return await _get(version_id)


async def list_versions(actor: Actor) -> list[ConditionVersion]:
    """All versions, the latest of each key first. Raises NotFound for who neither decides nor administers."""
    if not actor.has(Role.ADMIN, Role.AUDITOR, Role.OFFICER, Role.AUTHORITY):
        raise NotFound
    return await queries.list_versions()


def _as_condition(one: ConditionVersion, *, attached: bool) -> AgencyCondition:
    return AgencyCondition(
        key=one.key,
        attached=attached,
        label=_rule_text(one.label),
        text=_rule_text(one.text),
        reason=_rule_text(one.reason),
        source=one.source,
        parameters={
            key: msgspec.convert({"key": key, **given}, Parameter) for key, given in one.parameters.items()
        },
        version=one.version,
    )


def _rule_text(text: Text) -> RuleText:
    return RuleText(text.vi, text.en)


def _must_be_admin(actor: Actor) -> None:
    if not actor.has(Role.ADMIN):
        raise NotFound


async def _get(version_id: UUID) -> ConditionVersion:
    found = [one for one in await queries.list_versions() if one.id == version_id]
    if not found:
        raise NotFound
    return found[0]


def _cleaned(form: ConditionForm) -> ConditionForm:
    texts = {name: _clean(getattr(form, name)) for name in queries.TEXTS}
    parameters = [msgspec.structs.replace(one, label=_clean(one.label)) for one in form.parameters]
    return msgspec.structs.replace(form, **texts, parameters=parameters)


def _clean(text: Text) -> Text:
    return Text(nfc(text.vi).strip(), nfc(text.en).strip())


def _faults(form: ConditionForm) -> dict[str, Text]:
    """Every field that is wrong and how to mend it."""
    wrong: dict[str, Text] = {}
    programme = next((one for one in programmes.list_in_force() if one.key == form.programme), None)
    if programme is None:
        return {"programme": _NO_PROGRAMME}
    if not KEY.fullmatch(form.key):
        wrong["key"] = _KEY
    for name in queries.TEXTS:
        for lang in ("vi", "en"):
            said = getattr(getattr(form, name), lang)
            if not said or len(said) > MAX_TEXT:
                wrong[f"{name}_{lang}"] = _TOO_LONG if said else _FILL_IN
    named = {one.key for one in form.parameters}
    if len(named) < len(form.parameters) or not all(KEY.fullmatch(key) for key in named):
        wrong["parameters"] = _KEY
    elif any(not (one.label.vi and one.label.en) for one in form.parameters):
        wrong["parameters"] = _FILL_IN
    for lang in ("vi", "en"):
        if _places(getattr(form.text, lang)) != named:
            wrong.setdefault(f"text_{lang}", _PLACES)
    if form.source not in programme.sources:
        wrong["source"] = _NO_SOURCE
    if form.until_on and form.until_on < form.from_on:
        wrong["until_on"] = _ORDER
    return wrong


def _places(text: str) -> set[Any] | None:
    """The `{named}` places of a text, None when a brace stands alone."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return None


_NO_PROGRAMME = Text("Chọn một chương trình đang có hiệu lực.", "Choose a programme in force.")
_KEY = Text(
    "Dùng chữ thường không dấu, số và gạch dưới, bắt đầu bằng chữ, mỗi khóa một lần.",
    "Use small letters a to z, digits and underscores, a letter first, every key once.",
)
_FILL_IN = Text("Điền nội dung này.", "Fill this in.")
_TOO_LONG = Text(f"Rút còn tối đa {MAX_TEXT} ký tự.", f"Shorten to {MAX_TEXT} characters or fewer.")
_PLACES = Text(
    "Mỗi tham số phải có chỗ {khóa} trong nội dung ở cả hai ngôn ngữ, và ngược lại.",
    "Every parameter needs its {key} in the text of both languages, and the other way round.",
)
_NO_SOURCE = Text("Chọn một căn cứ của chương trình.", "Choose a source of the programme.")
_ORDER = Text("Ngày kết thúc phải sau ngày bắt đầu.", "The last day must come after the first.")
