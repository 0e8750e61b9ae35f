"""What changed between a proposal that was returned and the next one."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from backend.decisions.draft import label_of, shown
from backend.decisions.schemas import Decision, Exemption
from backend.kit.text import Text
from sandbox_rules import Programme


class Change(Struct, frozen=True, kw_only=True):
    """One line that differs; None where one side does not have it."""

    label: Text
    before: Text | None
    after: Text | None


def changes(programme: Programme, before: Decision, after: Decision) -> list[Change]:
    """Every line of the decision that is not as it was, in the order of the document."""
    old, new = _lines(programme, before), _lines(programme, after)
    keys = [*new, *(key for key in old if key not in new)]
    return [
        Change(
            label=(new.get(key) or old[key])[0],
            before=old[key][1] if key in old else None,
            after=new[key][1] if key in new else None,
        )
        for key in keys
        if old.get(key) != new.get(key)
    ]


def _lines(programme: Programme, decision: Decision) -> dict[str, tuple[Text, Text]]:
    """The decision as labelled lines by stable keys."""
    kind = programme.decisions[decision.kind].label
    lines = {"kind": (_KIND, Text(kind.vi, kind.en))}
    for key, label, day in (
        ("starts_on", _STARTS, decision.starts_on),
        ("ends_on", _ENDS, decision.ends_on),
    ):
        if day:
            lines[key] = (label, _day(day))
    for key, bound in decision.limits.items():
        limit = programme.limits[key]
        if limit.judged != "until":  # the last day is a line of its own
            lines[f"limits.{key}"] = (
                Text(limit.label.vi, limit.label.en),
                Text(f"{shown(bound, 'vi')} {limit.unit.vi}", f"{shown(bound, 'en')} {limit.unit.en}"),
            )
    for condition in decision.conditions:
        named = label_of(programme, condition)
        lines[f"conditions.{condition.key}"] = (
            Text(f"Điều kiện: {named.vi}", f"Condition: {named.en}"),
            Text(
                f"{condition.text.vi} ({condition.reason.vi})", f"{condition.text.en} ({condition.reason.en})"
            ),
        )
    for place, exemption in enumerate(decision.exemptions, start=1):
        label = Text(f"Miễn, giảm {place}", f"Exemption {place}")
        lines[f"exemptions.{place}"] = (label, _exemption(exemption))
    if decision.reasons:
        lines["reasons"] = (_REASONS, Text(decision.reasons, decision.reasons))
    return lines


def _exemption(one: Exemption) -> Text:
    said = f"{one.rule}, {one.article}: {one.extent}"
    until = _day(one.until) if one.until else None
    return Text(f"{said} (đến {until.vi})", f"{said} (until {until.en})") if until else Text(said, said)


def _day(day: date) -> Text:
    return Text(shown(day, "vi"), shown(day, "en"))


_KIND = Text("Loại quyết định", "Kind of decision")
_STARTS = Text("Ngày bắt đầu", "First day")
_ENDS = Text("Ngày kết thúc", "Last day")
_REASONS = Text("Lý do", "Reasons")
