"""What a document issued with a step says of the case; frozen with the document when it is requested."""

from __future__ import annotations

from typing import Any

from backend.applications import queries, slips
from backend.applications.dossier import rules_of
from backend.applications.schemas import Application
from backend.applications.slips import UNITS
from backend.kit.text import Text
from backend.organisations.queries import find_organisation
from sandbox_rules import Clock
from sandbox_rules.schema import AGENCY

KINDS = frozenset({"receipt", "supplement_request", "refusal_to_receive", "stop_notice", "control_slip"})
"""What the gate issues by itself when a step of the rule file asks for it."""


async def particulars(kind: str, application: Application, clocks: list[Clock]) -> dict[str, Any]:
    """The values of this kind of document, besides those only the step knows (reason, day to answer)."""
    organisation = await find_organisation(application.organisation_id)
    assert organisation is not None
    common = {
        "case_number": application.number,
        "applicant": application.organisation_name,
        "applicant_address": f"{organisation.address}, {organisation.ward}",
        "title": application.title,
        "programme": rules_of(application).title,
        "received_on": application.submitted_on,
    }
    match kind:
        case "receipt":
            return common | await _receipt(application, clocks)
        case "supplement_request":
            return common | {"clock": _result_clock(clocks, stopped=True)}
        case "stop_notice":
            return common | {"reason": _WITHDRAWN}
        case "control_slip":
            return common | await slips.course_of(application, clocks)
        case _:
            return common


def limit_of(clock: Clock) -> dict[str, Any]:
    """A time limit in words, with its source and whether that was read."""
    unit, source = UNITS[clock.unit], clock.source
    return {
        "text": Text(f"Thời hạn: {clock.limit} {unit.vi}.", f"Time limit: {clock.limit} {unit.en}."),
        "source": {"title": source.title, "confirmed": source.confirmed, "note": source.note},
    }


async def _receipt(application: Application, clocks: list[Clock]) -> dict[str, Any]:
    slots = rules_of(application).documents
    result = _last(clocks)
    return {
        "documents": [slots[one.slot].label for one in await queries.uploads_of(application.id)],
        "due_on": result.due_on if result else None,
        "clock": _result_clock(clocks, stopped=False),
    }


def _last(clocks: list[Clock]) -> Clock | None:
    """The agency's clock that ends last: it leads to the result."""
    live = [one for one in clocks if one.owner in AGENCY and one.ended_at is None]
    return max(live, key=lambda one: one.left, default=None)


def _result_clock(clocks: list[Clock], *, stopped: bool) -> dict[str, Any] | None:
    """The time limit for the result in words, with its source and whether that was read."""
    result = _last(clocks)
    if result is None:
        return None
    unit = UNITS[result.unit]
    text = (
        Text(
            f"Thời hạn giải quyết tạm dừng, còn {result.left} {unit.vi}; tính tiếp từ khi nộp bổ sung.",
            f"The time limit stands still with {result.left} {unit.en} left; it runs on once you answer.",
        )
        if stopped
        else Text(f"{result.limit} {unit.vi}", f"{result.limit} {unit.en}")
    )
    source = result.source
    return {
        "text": text,
        "source": {"title": source.title, "confirmed": source.confirmed, "note": source.note},
    }


_WITHDRAWN = Text("tổ chức đề nghị đã rút hồ sơ.", "the applicant has withdrawn it.")
