"""A proposal and the rule file: what it may say, how the condition library is filled in, where one begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from backend.applications.schemas import Application
from backend.decisions.schemas import (
    AgencyCondition,
    ChosenCondition,
    Condition,
    Decision,
    Exemption,
    Proposal,
)
from backend.kit.errors import Invalid
from backend.kit.text import Text, nfc
from sandbox_rules import Condition as LibraryCondition
from sandbox_rules import DecisionKind, Limit, Parameter, Programme, check_eligibility, facts_of
from sandbox_rules.answers import derived

MACHINE = "application"
SUCCESSION = "succession"
"""The machine by which a decision in force is recalled or replaced."""
MAX_TEXT = 5000


def first_draft(programme: Programme, application: Application) -> Proposal:
    """Where an officer begins: dates and limits as asked for, the conditions that are always attached."""
    facts = facts_of(programme, application.answers)
    starts, ends = (facts.get(key) for key in _period(programme))
    asked: dict[str, Any] = {key: facts.get(limit.fact) for key, limit in programme.limits.items()}
    return Proposal(
        kind="",
        starts_on=starts if isinstance(starts, date) else None,
        ends_on=ends if isinstance(ends, date) else None,
        limits={key: bound for key, bound in asked.items() if _is_number(bound)},
        conditions=[
            ChosenCondition(key=key, parameters=_defaults(library))
            for key, library in programme.conditions.items()
            if library.attached
        ],
    )


def as_proposal(programme: Programme, decision: Decision) -> Proposal:
    """A stored draft in the form the officer wrote it."""
    return Proposal(
        kind=decision.kind,
        succeeds=decision.succeeds,
        starts_on=decision.starts_on,
        ends_on=decision.ends_on,
        limits=decision.limits,
        conditions=[
            ChosenCondition(key=one.key, parameters=one.parameters, reason=_own_reason(programme, one))
            for one in decision.conditions
        ],
        exemptions=decision.exemptions,
        reasons=decision.reasons,
    )


def successor_draft(programme: Programme, decision: Decision) -> Proposal:
    """Where an officer begins who recalls or replaces a decision: at its words, without a reason yet."""
    return msgspec.structs.replace(
        as_proposal(programme, decision), kind="", succeeds=decision.id, reasons=""
    )


def successor_kinds(programme: Programme, decision: Decision) -> list[DecisionKind]:
    """The kinds that may follow a decision in force: those that recall it, and its own, which replaces it."""
    if SUCCESSION not in programme.machines or programme.decisions[decision.kind].machine == SUCCESSION:
        return []
    recalls = [one for one in programme.decisions.values() if one.machine == SUCCESSION]
    return [*recalls, programme.decisions[decision.kind]]


def checked(programme: Programme, proposal: Proposal, succeeded: Decision | None = None) -> Proposal:
    """The proposal as it is stored: the last day of the trial is also the bound of the limits that are dates.

    Raises Invalid naming every field that is wrong and how to mend it.
    """
    if wrong := faults(programme, proposal, succeeded):
        raise Invalid(fields=wrong)
    untils = {key for key, limit in programme.limits.items() if limit.judged == "until"}
    ends = {key: proposal.ends_on.isoformat() for key in untils} if proposal.ends_on else {}
    limits = {**proposal.limits, **ends}
    return Proposal(
        kind=proposal.kind,
        succeeds=proposal.succeeds,
        starts_on=proposal.starts_on,
        ends_on=proposal.ends_on,
        limits={key: limits[key] for key in programme.limits if key in limits},
        conditions=proposal.conditions,
        exemptions=[_cleaned(one) for one in proposal.exemptions],
        reasons=nfc(proposal.reasons).strip(),
    )


def faults(programme: Programme, proposal: Proposal, succeeded: Decision | None = None) -> dict[str, Text]:
    """Every field that is wrong and how to mend it; `succeeded` is the decision it recalls or replaces."""
    kind = programme.decisions.get(proposal.kind)
    if succeeded and (kind is None or kind not in successor_kinds(programme, succeeded)):
        return {"kind": _SUCCESSOR_KIND}
    if kind is None or (not succeeded and kind.machine != MACHINE):
        return {"kind": _KIND}
    wrong: dict[str, Text] = {}
    if kind.asks_limits:
        wrong |= _wrong_dates(programme, proposal) | _wrong_limits(programme, proposal.limits)
    elif proposal.limits or proposal.starts_on or proposal.ends_on:
        wrong["limits"] = _NO_LIMITS
    if kind.asks_conditions:
        wrong |= _wrong_conditions(programme, proposal.conditions) | _wrong_exemptions(proposal.exemptions)
    elif proposal.conditions or proposal.exemptions:
        wrong["conditions"] = _NO_CONDITIONS
    if (succeeded or not kind.asks_limits) and not proposal.reasons.strip():
        wrong["reasons"] = _SUCCESSOR_REASONS if succeeded else _REASONS
    return wrong | _too_long({"reasons": proposal.reasons})


def fill_conditions(programme: Programme, chosen: list[ChosenCondition]) -> list[Condition]:
    """The chosen conditions as they will be printed, in the order chosen."""
    return [_filled(programme.conditions[one.key], one) for one in chosen]


def label_of(programme: Programme, condition: Condition) -> Text:
    """What a condition of a decision is called."""
    if condition.label:
        return condition.label
    label = programme.conditions[condition.key].label
    return Text(label.vi, label.en)


def source_of(programme: Programme, condition: Condition) -> str:
    """The source a condition of a decision rests on, a key of the rule file's sources."""
    return condition.source or programme.conditions[condition.key].source


def shown(value: Any, lang: str) -> str:
    """A parameter or bound as it is printed: grouped numbers, dates as people write them."""
    if isinstance(value, int | float):
        grouped = f"{value:,.6f}".rstrip("0").rstrip(".")
        return grouped if lang == "en" else grouped.translate(_VIETNAMESE_NUMBER)
    day = as_date(value)
    return day.strftime("%d/%m/%Y") if day else nfc(str(value)).strip()


def as_date(value: Any) -> date | None:
    """A date, given as one or as ISO text."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


_VIETNAMESE_NUMBER = str.maketrans(",.", ".,")


def _period(programme: Programme) -> tuple[str, str]:
    """The facts that are the first and the last day asked for: the last one is what a date limit bounds."""
    bounded = {limit.fact for limit in programme.limits.values() if limit.judged == "until"}
    periods = [fact.days_between for fact in programme.facts.values() if fact.days_between]
    return next((one for one in periods if one[1] in bounded), ("", ""))


def _defaults(library: LibraryCondition) -> dict[str, Any]:
    return {key: one.default for key, one in library.parameters.items() if one.default is not None}


def _own_reason(programme: Programme, condition: Condition) -> str:
    known = programme.conditions.get(condition.key)
    said = condition.reason
    return "" if known and (said.vi, said.en) == (known.reason.vi, known.reason.en) else said.vi


def _cleaned(one: Exemption) -> Exemption:
    rule, article, extent = (nfc(part).strip() for part in (one.rule, one.article, one.extent))
    return Exemption(rule=rule, article=article, extent=extent, until=one.until)


def _filled(library: LibraryCondition, chosen: ChosenCondition) -> Condition:
    vi = {key: shown(value, "vi") for key, value in chosen.parameters.items()}
    en = {key: shown(value, "en") for key, value in chosen.parameters.items()}
    said = nfc(chosen.reason).strip()
    return Condition(
        key=chosen.key,
        text=Text(library.text.vi.format(**vi), library.text.en.format(**en)),
        reason=Text(said or library.reason.vi, said or library.reason.en),
        parameters=dict(chosen.parameters),
        version=library.version if isinstance(library, AgencyCondition) else 0,
        label=Text(library.label.vi, library.label.en),
        source=library.source,
    )


def _wrong_dates(programme: Programme, proposal: Proposal) -> dict[str, Text]:
    starts, ends = proposal.starts_on, proposal.ends_on
    if starts is None or ends is None:
        return {key: _DATE for key in ("starts_on", "ends_on") if getattr(proposal, key) is None}
    if ends < starts:
        return {"ends_on": _ORDER}
    first, last = _period(programme)
    facts = derived(programme, {first: starts, last: ends})
    unmet = [one for one in check_eligibility(programme, facts) if one.outcome == "not_met"]
    return {"ends_on": Text(f"{unmet[0].criterion.vi}.", f"{unmet[0].criterion.en}.")} if unmet else {}


def _wrong_limits(programme: Programme, limits: Mapping[str, Any]) -> dict[str, Text]:
    found = {key: _wrong_limit(programme.limits.get(key), bound) for key, bound in limits.items()}
    return {f"limits.{key}": text for key, text in found.items() if text}


def _wrong_limit(limit: Limit | None, bound: Any) -> Text | None:
    if limit is None:
        return _NO_SUCH_LIMIT
    if limit.judged == "until":
        return None if as_date(bound) else _DATE
    if not _is_number(bound) or bound < 0:
        return _NOT_NEGATIVE
    if limit.ceiling is not None and bound > limit.ceiling:
        vi, en = shown(limit.ceiling, "vi"), shown(limit.ceiling, "en")
        return Text(f"Tối đa {vi} {limit.unit.vi}.", f"At most {en} {limit.unit.en}.")
    return None


def _wrong_conditions(programme: Programme, chosen: list[ChosenCondition]) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    for place, one in enumerate(chosen):
        if one.key in {earlier.key for earlier in chosen[:place]}:
            wrong[f"conditions.{one.key}"] = _TWICE
        wrong |= _wrong_condition(programme, one)
    return wrong


def _wrong_condition(programme: Programme, chosen: ChosenCondition) -> dict[str, Text]:
    library = programme.conditions.get(chosen.key)
    if library is None:
        return {f"conditions.{chosen.key}": _NO_SUCH_CONDITION}
    wrong = {
        f"conditions.{chosen.key}.{key}": _wanted(parameter)
        for key, parameter in library.parameters.items()
        if not _fits(parameter, chosen.parameters.get(key))
    }
    unknown = chosen.parameters.keys() - library.parameters.keys()
    wrong |= {f"conditions.{chosen.key}.{key}": _NO_SUCH_PARAMETER for key in unknown}
    texts = {**chosen.parameters, "reason": chosen.reason}
    return wrong | _too_long({f"conditions.{chosen.key}.{key}": text for key, text in texts.items()})


def _wrong_exemptions(exemptions: list[Exemption]) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    for place, one in enumerate(exemptions):
        parts = {"rule": one.rule, "article": one.article, "extent": one.extent}
        named = {f"exemptions.{place}.{key}": text for key, text in parts.items()}
        wrong |= {key: _EXEMPTION for key, text in named.items() if not text.strip()} | _too_long(named)
    return wrong


def _too_long(texts: Mapping[str, Any]) -> dict[str, Text]:
    return {key: _TOO_LONG for key, text in texts.items() if isinstance(text, str) and len(text) > MAX_TEXT}


def _fits(parameter: Parameter, value: Any) -> bool:
    if parameter.type == "number":
        return _is_number(value) and value > 0
    if parameter.type == "date":
        return as_date(value) is not None
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _wanted(parameter: Parameter) -> Text:
    say = {"number": _POSITIVE, "date": _DATE, "text": _FILL_IN}[parameter.type]
    return Text(f"{parameter.label.vi}: {say.vi}", f"{parameter.label.en}: {say.en}")


_KIND = Text("Chọn loại quyết định: cho phép hoặc từ chối.", "Choose the kind of decision: grant or refuse.")
_SUCCESSOR_KIND = Text("Chọn thu hồi hoặc thay thế.", "Choose to recall or to replace.")
_SUCCESSOR_REASONS = Text(
    "Nêu lý do thu hồi hoặc thay thế, kèm điều khoản.", "Say why, with the article it rests on."
)
_DATE = Text("Nhập một ngày, ví dụ 31/12/2026.", "Enter a date, for example 31/12/2026.")
_ORDER = Text("Ngày kết thúc phải sau ngày bắt đầu.", "The last day must come after the first.")
_POSITIVE = Text("Nhập một số lớn hơn 0.", "Enter a number above 0.")
_NOT_NEGATIVE = Text("Nhập một số từ 0 trở lên.", "Enter a number of 0 or more.")
_FILL_IN = Text("Điền nội dung này.", "Fill this in.")
_REASONS = Text("Nêu lý do từ chối, kèm điều khoản.", "Say why it is refused, with the article.")
_TOO_LONG = Text(f"Rút còn tối đa {MAX_TEXT} ký tự.", f"Shorten to {MAX_TEXT} characters or fewer.")
_NO_LIMITS = Text(
    "Quyết định này không đặt thời gian và giới hạn.", "This kind of decision sets no dates and limits."
)
_NO_CONDITIONS = Text(
    "Quyết định này không kèm điều kiện và miễn, giảm.",
    "This kind of decision takes no conditions and exemptions.",
)
_NO_SUCH_LIMIT = Text("Quy định không có giới hạn này.", "The rules know no such limit.")
_NO_SUCH_CONDITION = Text("Thư viện không có điều kiện này.", "The library has no such condition.")
_NO_SUCH_PARAMETER = Text("Điều kiện không có tham số này.", "The condition has no such parameter.")
_TWICE = Text("Điều kiện này được chọn hai lần.", "This condition is chosen twice.")
_EXEMPTION = Text(
    "Mỗi nội dung miễn, giảm cần đủ: quy định, điều khoản, mức độ.",
    "Each exemption needs all of: rule, article, extent.",
)
