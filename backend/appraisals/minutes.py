"""What the minutes of an appraisal say: frozen with the document when the appraisal is concluded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.appraisals.schemas import Appraisal
from backend.appraisals.sheet import summarise
from backend.kit.text import Text
from sandbox_rules import Appraisal as Sheet
from sandbox_rules import Source


def minutes_of(sheet: Sheet, source: Source, appraisals: Sequence[Appraisal]) -> dict[str, Any]:
    """Who took part and how, the means, and each sheet's score, without names where the rules are blind.

    Sheets stand in the order of their scores, not of their givers. Why somebody is in conflict is left out.
    """
    latest = max((one.round for one in appraisals), default=1)
    summary = summarise(sheet, list(appraisals), show=True)
    given = sorted(
        (one for one in summary.appraisals if one.weighted_score is not None),
        key=lambda one: (-(one.weighted_score or 0), one.appraiser_name),
    )
    return {
        "council": sheet.label,
        "members": [{"name": one.appraiser_name, "part": _part(one)} for one in summary.appraisals],
        "criteria": [
            {
                "label": criterion.label,
                "weight": round(criterion.weight * 100),
                "mean": round(summary.by_criterion[key], 2),
            }
            for key, criterion in sheet.criteria.items()
        ],
        "sheets": [
            {
                "name": _SHEET.fill(n=place) if sheet.blind else one.appraiser_name,
                "score": round(one.weighted_score or 0, 2),
            }
            for place, one in enumerate(given, start=1)
        ],
        "mean": round(summary.mean or 0, 2),
        "spread": round(summary.spread or 0, 2),
        "pass_mark": sheet.pass_mark,
        "conclusion": _PASSED if summary.passed else _NOT_PASSED,
        "source": {"title": source.title, "confirmed": source.confirmed, "note": source.note},
        "round": latest if latest > 1 else None,
    }


def _part(one: Appraisal) -> Text:
    if one.conflict == "declared":
        return _CONFLICT
    return _SCORED if one.submitted_at is not None else _NOT_SCORED


_SHEET = Text("Phiếu {n}", "Sheet {n}")
_SCORED = Text(
    "đã khai không xung đột lợi ích và nộp phiếu", "declared no conflict of interest, gave a sheet"
)
_NOT_SCORED = Text("không nộp phiếu", "gave no sheet")
_CONFLICT = Text("khai có xung đột lợi ích, không tham gia", "declared a conflict of interest, took no part")
_PASSED = Text(
    "đạt ngưỡng; đề nghị xem xét cho phép.", "the pass mark is reached; to be considered for a grant."
)
_NOT_PASSED = Text("không đạt ngưỡng.", "the pass mark is not reached.")
