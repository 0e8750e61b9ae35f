"""What a decision says on paper: the context of the document kind `decision`."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

from backend.applications.schemas import Application
from backend.applications.slips import UNITS
from backend.decisions.draft import SUCCESSION, shown, source_of
from backend.decisions.schemas import Condition, Exemption, Proposal
from backend.kit.text import Text
from sandbox_rules import DecisionKind, Programme
from sandbox_rules.schema import Complaint

PLACE = "plan_place"


class Signer(NamedTuple):
    """Who signs, with the lines of the block above the name."""

    name: str
    lines: list[Text]


class Succeeded(NamedTuple):
    """The decision that is recalled or replaced, as it is cited."""

    number: str
    dated_on: date


def letter(
    programme: Programme,
    application: Application,
    proposal: Proposal,
    conditions: list[Condition],
    signer: Signer | None = None,
    succeeded: Succeeded | None = None,
) -> dict[str, Any]:
    """The context of the document, all of it from the rule file, the dossier and the proposal.

    Without a signer it is a draft: its block is the one the rule file expects.
    """
    kind = programme.decisions[proposal.kind]
    return {
        "about": Text(f"{kind.title.vi} “{application.title}”", f"{kind.title.en} “{application.title}”"),
        "authority": programme.authority,
        "bases": _bases(programme, proposal, conditions),
        "proposal": (_RECONSIDERED if succeeded else _EXAMINED).fill(number=application.number or ""),
        "operative": _operative(application, proposal, kind, succeeded),
        "reasons": [line for line in proposal.reasons.splitlines() if line.strip()],
        "limits": _limits(programme, proposal),
        "conditions": [condition.text for condition in conditions],
        "exemptions": [_exemption(exemption) for exemption in proposal.exemptions],
        "effect": _effect(programme, application, kind, succeeded),
        "recipients": [application.organisation_name, _DEPARTMENT, _ARCHIVE],
        "signature_lines": (signer and signer.lines) or [Text(vi, en) for vi, en in _lines(kind)],
        "signature_name": signer.name if signer else "",
    }


def _bases(programme: Programme, proposal: Proposal, conditions: list[Condition]) -> list[Text]:
    """The texts of law this decision rests on, each once, the higher before the lower.

    They are the sources of the programme, of its criteria, and of the limits and conditions set. A source
    that is a part of a text already named adds nothing.
    """
    keys = [
        programme.source,
        *(criterion.source for criterion in programme.eligibility.values()),
        *(programme.limits[key].source for key in proposal.limits),
        *(source_of(programme, one) for one in conditions),
    ]
    texts: dict[str, Text] = {}
    for key in keys:
        title = programme.sources[key].title
        number = _NUMBER.search(title.vi)
        texts.setdefault(number.group() if number else title.vi, Text(title.vi, title.en))
    return sorted(texts.values(), key=_rank)


def _rank(text: Text) -> int:
    """The place of a text in the order of the law; what has none comes last."""
    ranks = [place for place, kind in enumerate(_HIERARCHY) if text.vi.startswith(kind)]
    return ranks[0] if ranks else len(_HIERARCHY)


_NUMBER = re.compile(r"\d+/\d{4}/[\w-]+")
_HIERARCHY = ("Hiến pháp", "Bộ luật", "Luật", "Nghị quyết", "Nghị định", "Thông tư", "Quyết định")


def _operative(
    application: Application, proposal: Proposal, kind: DecisionKind, succeeded: Succeeded | None
) -> list[Text]:
    about = {
        "organisation": application.organisation_name,
        "title": application.title,
        "number": application.number or "",
    }
    if succeeded and kind.machine == SUCCESSION:
        return [_RECALLED.fill(old=succeeded.number, day=_day(succeeded.dated_on), **about)]
    if not kind.asks_limits:
        return [_REFUSED.fill(**about)]
    assert proposal.starts_on is not None
    assert proposal.ends_on is not None
    when = _WHEN.fill(starts=_day(proposal.starts_on), ends=_day(proposal.ends_on))
    place = application.answers.get(PLACE)
    where = [_WHERE.fill(place=str(place).rstrip("."))] if place else []
    return [_PERMITTED.fill(**about), *where, when]


def _effect(
    programme: Programme, application: Application, kind: DecisionKind, succeeded: Succeeded | None
) -> list[Text]:
    """From when it holds, what it does to what was before it, where one may complain, who carries it out."""
    found = [_EFFECT]
    if succeeded and kind.machine != SUCCESSION:
        found.append(_REPLACES.fill(old=succeeded.number, day=_day(succeeded.dated_on)))
    if kind.ends_trial_by:
        found.append(_TRIAL_ENDS)
    if kind.complaint:
        found.append(_complaint(programme, application, kind.complaint))
    return [*found, _EXECUTION.fill(organisation=application.organisation_name)]


def _complaint(programme: Programme, application: Application, complaint: Complaint) -> Text:
    """Where and until when one may complain; what nobody read in the official text says so."""
    source, unit, where = programme.sources[complaint.source], UNITS[complaint.unit], complaint.where
    words = {"organisation": application.organisation_name, "within": complaint.within}
    vi = _COMPLAINT.vi.format(where=where.vi, unit=unit.vi, source=source.title.vi, **words)
    en = _COMPLAINT.en.format(where=where.en, unit=unit.en, source=source.title.en, **words)
    mark = Text("", "") if source.confirmed else _TO_CONFIRM
    return Text(f"{vi}{mark.vi}.", f"{en}{mark.en}.")


def _limits(programme: Programme, proposal: Proposal) -> list[dict[str, Text]]:
    """The bounds in the order of the rule file; the last day stands in the first article already."""
    return [
        {
            "label": Text(limit.label.vi, limit.label.en),
            "value": Text(
                f"{shown(proposal.limits[key], 'vi')} {limit.unit.vi}",
                f"{shown(proposal.limits[key], 'en')} {limit.unit.en}",
            ),
        }
        for key, limit in programme.limits.items()
        if key in proposal.limits and limit.judged != "until"
    ]


def _exemption(exemption: Exemption) -> dict[str, Text]:
    until = f" (đến ngày {_day(exemption.until)})" if exemption.until else ""
    to = f" (until {_day(exemption.until)})" if exemption.until else ""
    rule, extent = f"{exemption.rule}, {exemption.article}", exemption.extent.rstrip(".")
    return {
        "rule": Text(rule, rule),
        "scope": Text(f"{extent}{until}.", f"{extent}{to}."),
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
_RECONSIDERED = Text(
    "Xét lại hồ sơ số {number} vì các lý do nêu dưới đây",
    "Having reconsidered application {number} for the reasons stated below",
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
_RECALLED = Text(
    "Thu hồi Quyết định số {old} ngày {day} cấp cho {organisation} đối với giải pháp “{title}” "
    "theo hồ sơ số {number}.",
    "Decision {old} of {day} to {organisation} on “{title}” under application {number} is recalled.",
)
_REPLACES = Text(
    "Quyết định này thay thế Quyết định số {old} ngày {day}.",
    "This Decision replaces Decision {old} of {day}.",
)
_TRIAL_ENDS = Text(
    "Việc thử nghiệm theo quyết định bị thu hồi, nếu đang thực hiện, chấm dứt từ thời điểm nêu trên; tổ chức "
    "thực hiện phương án kết thúc đã được thẩm định.",
    "A trial under the recalled decision that is under way is over from that moment; the organisation "
    "carries out the exit plan that was appraised.",
)
_WHERE = Text("Địa điểm thử nghiệm: {place}.", "Place of the trial: {place}.")
_WHEN = Text(
    "Thời gian thử nghiệm: từ ngày {starts} đến hết ngày {ends}.",
    "The trial runs from {starts} to {ends} inclusive.",
)
_EFFECT = Text(
    "Quyết định này có hiệu lực kể từ ngày ký.", "This Decision takes effect on the day it is signed."
)
_COMPLAINT = Text(
    "Nếu không đồng ý, {organisation} có quyền khiếu nại đến {where}, trong thời hạn {within} {unit} kể từ "
    "ngày nhận được Quyết định này, theo {source}",
    "If it disagrees, {organisation} may complain to {where}, within {within} {unit} of receiving this "
    "Decision, under the {source}",
)
_TO_CONFIRM = Text(
    " (nơi nhận và thời hạn cần xác nhận với văn bản chính thức)",
    " (address and time limit to confirm against the official text)",
)
_EXECUTION = Text(
    "Chánh Văn phòng Ủy ban nhân dân thành phố, Giám đốc Sở Khoa học và Công nghệ, Thủ trưởng các cơ quan, "
    "đơn vị liên quan và {organisation} chịu trách nhiệm thi hành Quyết định này.",
    "The Chief of the Office of the City People's Committee, the Director of the Department of Science and "
    "Technology, the heads of the agencies concerned and {organisation} carry out this Decision.",
)
_DEPARTMENT = Text("Sở Khoa học và Công nghệ", "Department of Science and Technology")
_ARCHIVE = Text("Lưu: VT", "File: Registry")
