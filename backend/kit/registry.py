"""References between the tables of different apps, settled once.

A table names one of another app by its name. Piccolo would look the name up, and sort all apps anew, whenever
a query follows the reference: a fifth of the work of a page that reads six tables.
"""

from __future__ import annotations

from piccolo.columns.reference import LazyTableReference
from piccolo.conf.apps import Finder


def settle_references() -> int:
    """Put the tables themselves in the place of their names; return how many there were to settle."""
    settled = 0
    for config in Finder().get_app_registry().app_configs.values():
        for table in config.table_classes:
            for column in table._meta.foreign_key_columns:
                meta = column._foreign_key_meta
                if isinstance(meta.references, LazyTableReference):
                    meta.references = meta.references.resolve()
                    if not meta.proxy_columns:
                        column.set_proxy_columns()  # as Piccolo does when a name is first followed
                    settled += 1
    return settled
