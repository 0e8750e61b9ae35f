"""One row a trial. What the decision set and what may be public is frozen when the trial is opened."""

from __future__ import annotations

from piccolo.columns import JSONB, UUID, Date, ForeignKey, LazyTableReference, Text, Timestamptz, Varchar
from piccolo.columns.defaults import UUID4
from piccolo.table import Table

APPLICATION = LazyTableReference("Application", app_name="applications")
DECISION = LazyTableReference("Decision", app_name="decisions")
ORGANISATION = LazyTableReference("Organisation", app_name="organisations")


class Trial(Table, tablename="trial"):
    id = UUID(primary_key=True, default=UUID4())
    application: ForeignKey[Table] = ForeignKey(APPLICATION, null=False, unique=True)
    decision: ForeignKey[Table] = ForeignKey(DECISION, null=False)
    organisation: ForeignKey[Table] = ForeignKey(ORGANISATION, null=False)
    programme_key = Varchar(length=40)
    pin_in_force = Date(default=None)
    pin_sha256 = Varchar(length=64)
    number = Varchar(length=30, unique=True)
    state = Varchar(length=40)
    title = Text()
    title_folded = Text()
    summary = Text(default="")
    field = Varchar(
        length=40, default="", help_text="a choice of the rule file's field that feeds solution.field"
    )
    place = Text(default="")
    ward = Varchar(length=80, default="")
    starts_on = Date(default=None)
    ends_on = Date(default=None)
    limits = JSONB(default="{}")
    conditions = JSONB(default="[]")
    exemptions = JSONB(default="[]")
    public = JSONB(default="{}", help_text="field key: answer, of the public fields alone")
    search = Text(default="", help_text="folded: number, title, organisation, place, summary")
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
