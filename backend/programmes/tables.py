"""Rule files as they were when first loaded, so that an old pin can always be opened; how long it took."""

from __future__ import annotations

from piccolo.columns import UUID, Date, DoublePrecision, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults import UUID4
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table


class ProgrammeFile(Table, tablename="programme_file"):
    id = UUID(primary_key=True, default=UUID4())
    key = Varchar(length=40, null=False)
    in_force = Date(default=None)
    sha256 = Varchar(length=64, unique=True)
    content = Text()
    stored_at = Timestamptz(default=TimestamptzNow())


class StepTime(Table, tablename="step_time"):
    """A part of a programme's procedure and the days it took in decided cases."""

    id = UUID(primary_key=True, default=UUID4())
    programme_key = Varchar(length=40)
    part = Varchar(length=20)
    cases = Integer()
    agency_median = DoublePrecision()
    agency_p90 = DoublePrecision()
    applicant_median = DoublePrecision()
    applicant_p90 = DoublePrecision()
    counted_at = Timestamptz(default=None)
