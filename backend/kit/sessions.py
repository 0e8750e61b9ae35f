"""Server-side sessions: a random id with the client, its digest in the database.

Mends the faults of the stock backend: an id the server did not issue is refused (no fixation), signing in
gives a new id and ends the old one, nothing is stored for strangers, and the row is written only when it
has something to say. A session always belongs to an account; what strangers need to keep (language,
notices) are plain or signed cookies.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from backend.kit.clock import now
from backend.kit.security import drop_cookie, put_cookie
from backend.kit.session_tables import Session

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send

COOKIE = "sid"
IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=24)
TOUCH_AFTER = timedelta(minutes=5)


class Visit(NamedTuple):
    """What the reader found for a session: who it is, and when the session was last seen."""

    user: object
    used_at: datetime


class Presented(NamedTuple):
    """The session id a request came with: its digest, whether it lives, whether it was a Bearer token."""

    digest: str
    is_live: bool
    is_bearer: bool


Reader = Callable[[str, datetime, datetime], Awaitable[Visit | None]]
"""`(digest, used_since, opened_since)` -> the visit, in one query; the moments exclude what ran out."""


class SessionMiddleware(ASGIMiddleware):
    """Sets `request.user` (None for strangers) and `request.auth` (`Presented` or None) with one query.

    A handler with `opt={"no_session": True}` (static files, health) is left alone.
    """

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "no_session"

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Look the session up, then go on; an id that is unknown or ran out is dropped."""
        scope["user"], scope["auth"] = None, None
        presented = _presented(scope)
        if presented:
            session_id, is_bearer = presented
            key, at = digest(session_id), now()
            visit = await self.reader(key, at - IDLE, at - ABSOLUTE)
            scope["auth"] = Presented(key, visit is not None, is_bearer)
            if visit:
                scope["user"] = visit.user
                if at - visit.used_at >= TOUCH_AFTER:
                    await Session.update({Session.used_at: at}).where(Session.digest == key)
            elif not is_bearer:
                drop_cookie(scope, COOKIE)
        await next_app(scope, receive, send)


def digest(session_id: str) -> str:
    """The form in which a session id is stored."""
    return hashlib.sha256(session_id.encode()).hexdigest()


async def open_session(account: UUID, *, replaces: Presented | None = None) -> str:
    """Start a session and give its id, once; end the one it replaces and sweep out those that ran out.

    Runs in the caller's transaction.
    """
    at = now()
    await Session.delete().where((Session.used_at < at - IDLE) | (Session.opened_at < at - ABSOLUTE))
    if replaces:
        await end_session(replaces)
    session_id = secrets.token_urlsafe(32)
    await Session.insert(Session(digest=digest(session_id), account=account, opened_at=at, used_at=at))
    return session_id


async def end_session(presented: Presented) -> None:
    """End one session; ending it twice is no fault."""
    await Session.delete().where(Session.digest == presented.digest)


async def end_sessions_of(account: UUID) -> None:
    """End all sessions of an account, for example when it is deactivated."""
    await Session.delete().where(Session.account == account)


def give_cookie(connection: ASGIConnection[Any, Any, Any, Any], session_id: str) -> None:
    """Hand the session id to the browser with the response."""
    put_cookie(connection.scope, COOKIE, session_id, max_age=int(ABSOLUTE.total_seconds()))


def take_cookie(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Take the session id away from the browser with the response."""
    drop_cookie(connection.scope, COOKIE)


def _presented(scope: Scope) -> tuple[str, bool] | None:
    """The id and whether it came as Bearer; with an `Authorization` header the cookie does not count."""
    headers = Headers.from_scope(scope)
    if authorization := headers.get("authorization"):
        scheme, _, token = authorization.partition(" ")
        return (token.strip(), True) if scheme.lower() == "bearer" and token.strip() else None
    session_id = ASGIConnection[Any, Any, Any, Any](scope).cookies.get(COOKIE)
    return (session_id, False) if session_id else None
