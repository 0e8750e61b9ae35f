"""Rule files as they were when first loaded, kept for ever so that an old pin can always be opened."""

from __future__ import annotations

from piccolo.columns import UUID, Date, Text, Timestamptz, Varchar
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
