"""What appraisals hand out. Who scored what is never in what an applicant may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from sandbox_rules import Appraisal as Sheet


class Appraisal(Struct, frozen=True, kw_only=True):
    """One appraiser's part in one round. `weighted_score` is on the scale of the rule file's sheet."""

    id: UUID
    application_id: UUID
    appraiser_id: UUID
    appraiser_name: str
    round: int
    assigned_at: datetime
    conflict: Literal["none", "declared"] | None
    conflict_reason: str
    declared_at: datetime | None
    scores: dict[str, int] | None
    remarks: str
    weighted_score: float | None
    submitted_at: datetime | None


class Task(Struct, frozen=True, kw_only=True):
    """One line of an appraiser's own list."""

    application_id: UUID
    number: str
    title: str
    state: str
    assigned_at: datetime
    conflict: Literal["none", "declared"] | None
    submitted_at: datetime | None


class Summary(Struct, frozen=True, kw_only=True):
    """How far the appraisal is. Scores are shown only to whom they are no longer blind.

    `mean` and `spread` (highest minus lowest) are on the sheet's scale; `by_criterion` maps keys to means.
    `outliers` are the sheets far from the others, by id: a mark for the eye, they count like the rest.
    """

    round: int
    assigned: int
    conflicted: int
    submitted: int
    quorum: int
    mean: float | None
    spread: float | None
    by_criterion: dict[str, float]
    outliers: frozenset[UUID]
    passed: bool | None
    appraisals: list[Appraisal]

    @property
    def is_quorate(self) -> bool:
        """Whether enough scores are in."""
        return self.submitted >= self.quorum


class Assignment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to ask."""

    appraisers: list[UUID]


class Declaration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether there is a conflict of interest, and which."""

    conflict: bool
    reason: str = ""


class Scores(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One mark for each criterion of the sheet, and remarks."""

    scores: dict[str, Any]
    remarks: str = ""


class AppraisalView(Struct, frozen=True, kw_only=True):
    """What one reader may know: one's own part, the sheet to fill in, and the summary as far as it is open.

    In conflict there is one's own part alone; before the declaration there is neither sheet nor summary.
    """

    mine: Appraisal | None
    sheet: Sheet | None
    summary: Summary | None
