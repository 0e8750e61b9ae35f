"""The scoring sheet of a rule file: what counts as marks, and what marks add up to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Any
from uuid import UUID

from backend.appraisals.schemas import Appraisal, Summary
from backend.kit.errors import Invalid
from backend.kit.text import Text
from sandbox_rules import Appraisal as Sheet

LEAST_TO_COMPARE, FAR = 3, 0.25


def checked_marks(sheet: Sheet, scores: Mapping[str, Any]) -> dict[str, int]:
    """One whole mark within the scale for every criterion. Raises Invalid naming each that is not."""
    scale = range(sheet.lowest, sheet.highest + 1)
    say = Text(
        f"Chọn một mức từ {sheet.lowest} đến {sheet.highest}.",
        f"Choose a mark from {sheet.lowest} to {sheet.highest}.",
    )
    wrong = {
        f"scores.{key}": _naming(criterion.label.vi, criterion.label.en, say)
        for key, criterion in sheet.criteria.items()
        if type(scores.get(key)) is not int or scores[key] not in scale
    }
    unknown = {f"scores.{key}": _NO_SUCH_CRITERION for key in scores if key not in sheet.criteria}
    if wrong or unknown:
        raise Invalid(fields=wrong | unknown)
    return {key: scores[key] for key in sheet.criteria}


def weighted(sheet: Sheet, marks: Mapping[str, float]) -> float:
    """The weighted mean of the marks on the sheet's scale; weights sum to 1."""
    return round(sum(criterion.weight * marks[key] for key, criterion in sheet.criteria.items()), 4)


def summarise(sheet: Sheet, appraisals: Sequence[Appraisal], *, show: bool) -> Summary:
    """The latest round; with `show` also what was given. Whoever is in conflict is counted, never heard."""
    latest = max((one.round for one in appraisals), default=1)
    current = [one for one in appraisals if one.round == latest]
    given = [one for one in current if one.submitted_at is not None]
    scores = [one.weighted_score for one in given if show and one.weighted_score is not None]
    mean = fmean(scores) if scores else None
    return Summary(
        round=latest,
        assigned=len(current),
        conflicted=sum(one.conflict == "declared" for one in current),
        submitted=len(given),
        quorum=sheet.quorum,
        mean=mean,
        spread=max(scores) - min(scores) if scores else None,
        by_criterion=_means(sheet, given) if scores else {},
        outliers=_outliers(sheet, given) if show else frozenset(),
        passed=None if mean is None else mean >= sheet.pass_mark,
        appraisals=current if show else [],
    )


def _means(sheet: Sheet, given: Sequence[Appraisal]) -> dict[str, float]:
    return {key: fmean(one.scores[key] for one in given if one.scores) for key in sheet.criteria}


def _outliers(sheet: Sheet, given: Sequence[Appraisal]) -> frozenset[UUID]:
    """Sheets more than a quarter of the scale away from the median of all; with fewer than three, none."""
    scores = {one.id: one.weighted_score for one in given if one.weighted_score is not None}
    if len(scores) < LEAST_TO_COMPARE:
        return frozenset()
    middle, far = median(scores.values()), (sheet.highest - sheet.lowest) * FAR
    return frozenset(one for one, score in scores.items() if abs(score - middle) > far)


def _naming(vi: str, en: str, say: Text) -> Text:
    """The summary of errors lists several: each says which criterion it means."""
    return Text(f"{vi}: {say.vi[0].lower()}{say.vi[1:]}", f"{en}: {say.en[0].lower()}{say.en[1:]}")


_NO_SUCH_CRITERION = Text("Phiếu chấm không có tiêu chí này.", "The sheet has no such criterion.")
