"""How long a programme's cases really took: a summary kept in a table, made elsewhere, read by everybody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from msgspec import Struct, convert, structs

from backend.kit.clock import now
from backend.kit.db import transaction
from backend.kit.text import Text
from backend.programmes.tables import StepTime as Row

FEWEST = 5
"""Below so many cases a figure would tell of single ones."""
Part = Literal["whole", "intake", "supplement", "appraisal", "decision"]
PARTS: dict[Part, Text] = {
    "whole": Text("Từ lúc nộp đến quyết định", "From submission to decision"),
    "intake": Text("Tiếp nhận", "Intake"),
    "supplement": Text("Bổ sung hồ sơ", "Supplements"),
    "appraisal": Text("Thẩm định", "Appraisal"),
    "decision": Text("Quyết định", "Decision"),
}


class StepTime(Struct, frozen=True, kw_only=True):
    """Elapsed days a part of the procedure took in decided cases, the agency's and the applicant's apart.

    `median` is what half of the cases stayed below, `p90` what nine of ten did.
    """

    programme_key: str
    part: Part
    cases: int
    agency_median: float
    agency_p90: float
    applicant_median: float
    applicant_p90: float
    counted_at: datetime

    @property
    def label(self) -> Text:
        return PARTS[self.part]


async def keep_times(programme_key: str, times: Collection[StepTime]) -> None:
    """Lay a new summary of a programme, of one line or more, in the place of the old one."""
    async with transaction():
        await Row.delete().where(Row.programme_key == programme_key)
        await Row.insert(*(Row(**structs.asdict(one)) for one in times))


async def times_of(programme_key: str | None = None) -> list[StepTime]:
    """What is kept of one programme, or of all, in the order of the procedure; nothing of too few cases."""
    query = Row.select(*(getattr(Row, name) for name in StepTime.__struct_fields__)).where(
        Row.cases >= FEWEST
    )
    if programme_key is not None:
        query = query.where(Row.programme_key == programme_key)
    order = list(PARTS)
    found = [convert(row, StepTime) for row in await query]
    return sorted(found, key=lambda one: (one.programme_key, order.index(one.part)))


def counted_now(programme_key: str, part: Part, cases: int, days: Collection[float]) -> StepTime:
    """A line of a summary made now; `days`: median and p90 of the agency, then of the applicant."""
    agency_median, agency_p90, applicant_median, applicant_p90 = (round(one, 2) for one in days)
    return StepTime(
        programme_key=programme_key,
        part=part,
        cases=cases,
        agency_median=agency_median,
        agency_p90=agency_p90,
        applicant_median=applicant_median,
        applicant_p90=applicant_p90,
        counted_at=now(),
    )
