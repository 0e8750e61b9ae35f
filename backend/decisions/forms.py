"""The form of a draft: every field is one line of text, so a page can carry all of it on to the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.decisions.draft import as_date, faults
from backend.decisions.schemas import ChosenCondition, Decision, Exemption, Proposal
from backend.kit.text import Lang, Text
from sandbox_rules import Field, Parameter, Programme
from sandbox_rules import Text as RuleText
from sandbox_rules.answers import parse

ROWS = 3
EXEMPTION = ("rule", "article", "extent", "until")
Typed = dict[str, str]


def as_typed(programme: Programme, proposal: Proposal, lang: Lang) -> Typed:
    """The proposal as its form holds it."""
    typed = {
        "kind": proposal.kind,
        "starts_on": _plain(proposal.starts_on, lang),
        "ends_on": _plain(proposal.ends_on, lang),
        "reasons": proposal.reasons,
    }
    if proposal.succeeds:
        typed["succeeds"] = str(proposal.succeeds)
    for key, bound in proposal.limits.items():
        if programme.limits[key].judged != "until":  # the last day is a field of its own
            typed[f"limits.{key}"] = _plain(bound, lang)
    for condition in proposal.conditions:
        typed[f"conditions.{condition.key}"] = "yes"
        typed[f"conditions.{condition.key}.reason"] = condition.reason
        for key, value in condition.parameters.items():
            typed[f"conditions.{condition.key}.{key}"] = _plain(value, lang)
    for place, one in enumerate(proposal.exemptions):
        for key in EXEMPTION:
            typed[f"exemptions.{place}.{key}"] = _plain(getattr(one, key), lang)
    return typed


def tidy(typed: Mapping[str, str]) -> Typed:
    """What was typed with the empty rows of exemptions moved to the end."""
    kept = {name: value for name, value in typed.items() if not name.startswith("exemptions.")}
    rows = [row for row in _rows(typed) if any(row.values())]
    for place, row in enumerate(rows):
        kept |= {f"exemptions.{place}.{key}": value for key, value in row.items()}
    return kept


def count_rows(typed: Mapping[str, str]) -> int:
    """How many rows of exemptions the form shows: always an empty one."""
    return max(ROWS, sum(any(row.values()) for row in _rows(typed)) + 1)


def read_proposal(
    programme: Programme, typed: Mapping[str, str], succeeded: Decision | None = None
) -> tuple[Proposal, dict[str, Text]]:
    """The proposal, and every field that is wrong, whether it cannot be read or may not be so.

    `succeeded` is the decision in force that it recalls or replaces. What a kind of decision does not take
    (limits of a refusal) is left aside, not lost: it stays typed.
    """
    wrong: dict[str, Text] = {}
    kind = programme.decisions.get(typed.get("kind", ""))
    takes_limits, takes_conditions = bool(kind and kind.asks_limits), bool(kind and kind.asks_conditions)
    proposal = Proposal(
        kind=typed.get("kind", ""),
        succeeds=succeeded.id if succeeded else None,
        starts_on=_date(typed, "starts_on", wrong) if takes_limits else None,
        ends_on=_date(typed, "ends_on", wrong) if takes_limits else None,
        limits=_limits(programme, typed, wrong) if takes_limits else {},
        conditions=_conditions(programme, typed, wrong) if takes_conditions else [],
        exemptions=_exemptions(typed, wrong) if takes_conditions else [],
        reasons=typed.get("reasons", ""),
    )
    return proposal, {**faults(programme, proposal, succeeded), **wrong}


def _limits(programme: Programme, typed: Mapping[str, str], wrong: dict[str, Text]) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    for key, limit in programme.limits.items():
        name = f"limits.{key}"
        if limit.judged != "until" and typed.get(name):
            field = Field(key=key, label=limit.label, type="number", decimals=limit.decimals)
            bound = _parsed(field, typed, name, wrong)
            if bound is not None:
                found[key] = bound
    return found


def _conditions(
    programme: Programme, typed: Mapping[str, str], wrong: dict[str, Text]
) -> list[ChosenCondition]:
    return [
        ChosenCondition(
            key=key,
            parameters=_parameters(key, library.parameters, typed, wrong),
            reason=typed.get(f"conditions.{key}.reason", ""),
        )
        for key, library in programme.conditions.items()
        if typed.get(f"conditions.{key}") == "yes"
    ]


def _parameters(
    condition: str, asked: Mapping[str, Parameter], typed: Mapping[str, str], wrong: dict[str, Text]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, parameter in asked.items():
        name = f"conditions.{condition}.{key}"
        if typed.get(name):
            value = _parsed(Field(key=key, label=parameter.label, type=parameter.type), typed, name, wrong)
            if value is not None:
                found[key] = value.isoformat() if isinstance(value, date) else value
    return found


def _exemptions(typed: Mapping[str, str], wrong: dict[str, Text]) -> list[Exemption]:
    found = []
    for place, row in enumerate(_rows(typed)):
        if any(row.values()):
            until = _date(typed, f"exemptions.{place}.until", wrong)
            found.append(
                Exemption(rule=row["rule"], article=row["article"], extent=row["extent"], until=until)
            )
    return found


def _rows(typed: Mapping[str, str]) -> list[dict[str, str]]:
    places = {name.split(".")[1] for name in typed if name.startswith("exemptions.")}
    return [
        {key: typed.get(f"exemptions.{place}.{key}", "") for key in EXEMPTION}
        for place in sorted(places, key=lambda place: (len(place), place))
    ]


def read_day(written: str, name: str, wrong: dict[str, Text]) -> date | None:
    """A day as people write it; None when there is none, or none that can be read: `wrong` then says so."""
    return _date({name: written}, name, wrong)


def _date(typed: Mapping[str, str], name: str, wrong: dict[str, Text]) -> date | None:
    if not typed.get(name):
        return None
    field = Field(key=name, label=RuleText("", ""), type="date")
    value = _parsed(field, typed, name, wrong)
    return value if isinstance(value, date) else None


def _parsed(field: Field, typed: Mapping[str, str], name: str, wrong: dict[str, Text]) -> Any:
    """The value of a field, None when it cannot be read: then `wrong` says how to mend it."""
    value = parse(field, typed[name])
    if isinstance(value, RuleText):
        wrong[name] = Text(value.vi, value.en)
        return None
    return value


def _plain(value: Any, lang: Lang) -> str:
    """A value as it is typed: digits without groups, a decimal comma in Vietnamese, a day as dd/mm/yyyy."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        digits = f"{value:.6f}".rstrip("0").rstrip(".")
        return digits.replace(".", ",") if lang == "vi" else digits
    day = as_date(value)
    return day.strftime("%d/%m/%Y") if day else str(value)
