"""Judges a proposal against the rule file and fills in the condition library."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend.decisions.schemas import ChosenCondition, Condition, Proposal
from backend.kit.errors import Invalid
from backend.kit.text import Text, nfc
from sandbox_rules import Condition as LibraryCondition
from sandbox_rules import Parameter, Programme

MACHINE = "application"
MAX_TEXT = 5000


def check_proposal(programme: Programme, proposal: Proposal) -> None:
    """Raises Invalid naming every field that is wrong and how to mend it."""
    kind = programme.decisions.get(proposal.kind)
    if kind is None or kind.machine != MACHINE:
        raise Invalid(fields={"kind": _KIND})
    wrong: dict[str, Text] = {}
    if kind.asks_limits:
        wrong |= _wrong_dates(proposal) | _wrong_limits(programme, proposal)
    if not kind.asks_conditions and proposal.conditions:
        wrong["conditions"] = _NO_CONDITIONS
    if not kind.asks_limits and not proposal.reasons.strip():
        wrong["reasons"] = _REASONS
    if len(proposal.reasons) > MAX_TEXT:
        wrong["reasons"] = _TOO_LONG
    for chosen in proposal.conditions:
        wrong |= _wrong_condition(programme, chosen)
    for place, exemption in enumerate(proposal.exemptions):
        if not (exemption.rule.strip() and exemption.article.strip() and exemption.extent.strip()):
            wrong[f"exemptions.{place}"] = _EXEMPTION
    if wrong:
        raise Invalid(fields=wrong)


def fill_conditions(programme: Programme, chosen: list[ChosenCondition]) -> list[Condition]:
    """The chosen conditions as they will be printed, in the order chosen."""
    return [_filled(programme.conditions[one.key], one) for one in chosen]


def _filled(library: LibraryCondition, chosen: ChosenCondition) -> Condition:
    vi = {key: shown(value, "vi") for key, value in chosen.parameters.items()}
    en = {key: shown(value, "en") for key, value in chosen.parameters.items()}
    said = nfc(chosen.reason).strip()
    return Condition(
        key=chosen.key,
        text=Text(library.text.vi.format(**vi), library.text.en.format(**en)),
        reason=Text(said or library.reason.vi, said or library.reason.en),
        parameters=dict(chosen.parameters),
    )


def shown(value: Any, lang: str) -> str:
    """A parameter or bound as it is printed: grouped numbers, dates as people write them."""
    if isinstance(value, int | float):
        grouped = f"{value:,}"
        return grouped if lang == "en" else grouped.translate(_VIETNAMESE_NUMBER)
    if isinstance(value, date) or _is_date(value):
        day = value if isinstance(value, date) else date.fromisoformat(value)
        return day.strftime("%d/%m/%Y")
    return nfc(str(value)).strip()


_VIETNAMESE_NUMBER = str.maketrans(",.", ".,")


def _wrong_dates(proposal: Proposal) -> dict[str, Text]:
    wrong = {key: _DATE for key in ("starts_on", "ends_on") if getattr(proposal, key) is None}
    if proposal.starts_on and proposal.ends_on and proposal.ends_on < proposal.starts_on:
        wrong["ends_on"] = _ORDER
    return wrong


def _wrong_limits(programme: Programme, proposal: Proposal) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    for key, bound in proposal.limits.items():
        limit = programme.limits.get(key)
        if limit is None:
            wrong[f"limits.{key}"] = _NO_SUCH_LIMIT
        elif limit.judged == "until":
            if not _is_date(bound):
                wrong[f"limits.{key}"] = _DATE
        elif not isinstance(bound, int | float) or bound <= 0:
            wrong[f"limits.{key}"] = _POSITIVE
        elif limit.ceiling is not None and bound > limit.ceiling:
            most = f"{limit.ceiling:g}"
            wrong[f"limits.{key}"] = Text(
                f"Tối đa {most} {limit.unit.vi}.", f"At most {most} {limit.unit.en}."
            )
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
    return wrong | {f"conditions.{chosen.key}.{key}": _NO_SUCH_PARAMETER for key in unknown}


def _fits(parameter: Parameter, value: Any) -> bool:
    if parameter.type == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    if parameter.type == "date":
        return _is_date(value)
    return isinstance(value, str) and bool(value.strip())


def _is_date(value: Any) -> bool:
    if isinstance(value, date):
        return True
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _wanted(parameter: Parameter) -> Text:
    return {"number": _POSITIVE, "date": _DATE, "text": _FILL_IN}[parameter.type]


_KIND = Text("Chọn loại quyết định: cho phép hoặc từ chối.", "Choose the kind of decision: grant or refuse.")
_DATE = Text("Nhập một ngày, ví dụ 31/12/2026.", "Enter a date, for example 31/12/2026.")
_ORDER = Text("Ngày kết thúc phải sau ngày bắt đầu.", "The last day must come after the first.")
_POSITIVE = Text("Nhập một số lớn hơn 0.", "Enter a number above 0.")
_FILL_IN = Text("Điền nội dung này.", "Fill this in.")
_REASONS = Text("Nêu lý do từ chối, kèm điều khoản.", "Say why it is refused, with the article.")
_TOO_LONG = Text(f"Tối đa {MAX_TEXT} ký tự.", f"At most {MAX_TEXT} characters.")
_NO_CONDITIONS = Text("Quyết định này không kèm điều kiện.", "This kind of decision takes no conditions.")
_NO_SUCH_LIMIT = Text("Quy định không có giới hạn này.", "The rules know no such limit.")
_NO_SUCH_CONDITION = Text("Thư viện không có điều kiện này.", "The library has no such condition.")
_NO_SUCH_PARAMETER = Text("Điều kiện không có tham số này.", "The condition has no such parameter.")
_EXEMPTION = Text(
    "Mỗi nội dung miễn, giảm cần đủ: quy định, điều khoản, mức độ.",
    "Each exemption needs all of: rule, article, extent.",
)
