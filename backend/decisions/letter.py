"""What a decision says on paper: the context of the document kind `decision`."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend.applications.schemas import Application
from backend.decisions.draft import shown
from backend.decisions.schemas import Condition, Exemption, Proposal
from backend.kit.text import Text
from sandbox_rules import DecisionKind, Programme

PLACE = "plan_place"


def letter(
    programme: Programme,
    application: Application,
    proposal: Proposal,
    conditions: list[Condition],
    signer_name: str,
) -> dict[str, Any]:
    """The context of the document, all of it from the rule file, the dossier and the proposal."""
    kind = programme.decisions[proposal.kind]
    return {
        "about": Text(f"{kind.title.vi} “{application.title}”", f"{kind.title.en} “{application.title}”"),
        "authority": programme.authority,
        "bases": _bases(programme, kind),
        "proposal": _EXAMINED.fill(number=application.number or ""),
        "operative": _operative(application, proposal, kind),
        "reasons": [line for line in proposal.reasons.splitlines() if line.strip()],
        "limits": [_limit(programme, key, bound) for key, bound in proposal.limits.items()],
        "conditions": [condition.text for condition in conditions],
        "exemptions": [_exemption(exemption) for exemption in proposal.exemptions],
        "effect": [_EFFECT, _EXECUTION.fill(organisation=application.organisation_name)],
        "recipients": [application.organisation_name, _DEPARTMENT, _ARCHIVE],
        "signature_lines": [Text(vi, en) for vi, en in _lines(kind)],
        "signature_name": signer_name,
    }


def _bases(programme: Programme, kind: DecisionKind) -> list[Text]:
    """The legal bases: the sources the programme, this kind of decision and its limits rest on, each once."""
    keys = [programme.source, kind.source, *(limit.source for limit in programme.limits.values())]
    return [Text(one.vi, one.en) for one in (programme.sources[key].title for key in dict.fromkeys(keys))]


def _operative(application: Application, proposal: Proposal, kind: DecisionKind) -> list[Text]:
    about = {
        "organisation": application.organisation_name,
        "title": application.title,
        "number": application.number or "",
    }
    if not kind.asks_limits or proposal.starts_on is None or proposal.ends_on is None:
        return [_REFUSED.fill(**about)]
    when = _WHEN.fill(starts=_day(proposal.starts_on), ends=_day(proposal.ends_on))
    place = application.answers.get(PLACE)
    where = [_WHERE.fill(place=str(place).rstrip("."))] if place else []
    return [_PERMITTED.fill(**about), *where, when]


def _limit(programme: Programme, key: str, bound: float | str) -> dict[str, Text]:
    limit = programme.limits[key]
    unit = Text("", "") if limit.judged == "until" else Text(f" {limit.unit.vi}", f" {limit.unit.en}")
    value = Text(shown(bound, "vi") + unit.vi, shown(bound, "en") + unit.en)
    return {"label": Text(limit.label.vi, limit.label.en), "value": value}


def _exemption(exemption: Exemption) -> dict[str, Text]:
    until = f" (đến ngày {_day(exemption.until)})" if exemption.until else ""
    to = f" (until {_day(exemption.until)})" if exemption.until else ""
    rule = f"{exemption.rule}, {exemption.article}"
    return {
        "rule": Text(rule, rule),
        "scope": Text(exemption.extent + until, exemption.extent + to),
    }


def _lines(kind: DecisionKind) -> list[tuple[str, str]]:
    """`TM. ỦY BAN NHÂN DÂN, CHỦ TỊCH` on two lines; the English line follows as far as it goes."""
    vi, en = kind.signer.vi.split(", "), kind.signer.en.split(", ")
    return [(line, en[place] if place < len(en) else "") for place, line in enumerate(vi)]


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


_EXAMINED = Text(
    "Xét hồ sơ số {number} và kết quả thẩm định của hội đồng",
    "Having examined application {number} and the findings of the council",
)
_PERMITTED = Text(
    "Cho phép {organisation} thực hiện thử nghiệm có kiểm soát giải pháp “{title}” theo hồ sơ số {number}.",
    "{organisation} is permitted to carry out a controlled trial of “{title}” "
    "as set out in application {number}.",
)
_REFUSED = Text(
    "Không cho phép {organisation} thực hiện thử nghiệm có kiểm soát giải pháp “{title}” "
    "theo hồ sơ số {number}.",
    "{organisation} is not permitted to carry out a controlled trial of “{title}” "
    "under application {number}.",
)
_WHERE = Text("Địa điểm thử nghiệm: {place}.", "Place of the trial: {place}.")
_WHEN = Text(
    "Thời gian thử nghiệm: từ ngày {starts} đến hết ngày {ends}.",
    "The trial runs from {starts} to {ends} inclusive.",
)
_EFFECT = Text(
    "Quyết định này có hiệu lực kể từ ngày ký.", "This Decision takes effect on the day it is signed."
)
_EXECUTION = Text(
    "Các cơ quan liên quan và {organisation} chịu trách nhiệm thi hành Quyết định này.",
    "The agencies concerned and {organisation} are responsible for carrying out this Decision.",
)
_DEPARTMENT = Text("Sở Khoa học và Công nghệ", "Department of Science and Technology")
_ARCHIVE = Text("Lưu: VT", "File: Registry")
