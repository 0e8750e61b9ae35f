"""Organisations; who acts for them is in the memberships of accounts."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Timestamptz, Varchar
from piccolo.columns.defaults import UUID4
from piccolo.table import Table


class Organisation(Table, tablename="organisation"):
    """A legal person with its own tax code."""

    id = UUID(primary_key=True, default=UUID4())
    name = Varchar(length=200)
    name_folded = Varchar(length=200, help_text="search key of the name")
    tax_code = Varchar(length=14, unique=True, help_text="0201234567 or 0201234567-001")
    kind = Varchar(length=10, help_text="company or institute")
    is_startup = Boolean(default=False)
    address = Varchar(length=300)
    ward = Varchar(length=100)
    website = Varchar(length=300, default="")
    created_at = Timestamptz(default=None)
