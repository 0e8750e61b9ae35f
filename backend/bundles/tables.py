"""Bundles that were asked for."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, ForeignKey, LazyTableReference, Timestamptz, Varchar
from piccolo.columns.defaults import UUID4
from piccolo.table import Table


class BundleRow(Table, tablename="evidence_bundle"):
    """One bundle of one case; what follows `asked_at` is unset until it is made."""

    id = UUID(primary_key=True, default=UUID4())
    application: ForeignKey[Table] = ForeignKey(
        LazyTableReference("Application", app_name="applications"), null=False
    )
    asked_by: ForeignKey[Table] = ForeignKey(LazyTableReference("Account", app_name="accounts"), null=False)
    asked_at = Timestamptz(default=None)
    made_at = Timestamptz(null=True, default=None)
    sha256 = Varchar(length=64, null=True, default=None)
    size = BigInt(null=True, default=None, help_text="bytes")
    file_key = Varchar(length=100, null=True, default=None)
