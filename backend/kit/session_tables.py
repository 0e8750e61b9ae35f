"""The table of the web sessions."""

from __future__ import annotations

from piccolo.columns import UUID, Timestamptz, Varchar
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Session(Table, tablename="session"):
    """One signed-in browser or API client. The id itself is known to the client alone."""

    id = UUID(primary_key=True, default=UUID4())
    digest = Varchar(length=64, unique=True, help_text="SHA-256 of the session id")
    account = UUID(index=True, help_text="who is signed in; the account feature knows the rest")
    opened_at = Timestamptz(default=None)
    used_at = Timestamptz(default=None, index=True)
