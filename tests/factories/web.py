"""A browser on the application, and people who sign in with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from itertools import count
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar

from backend.accounts.queries import find_actor, insert_account, insert_membership
from backend.accounts.schemas import Actor, NewAccount, Role
from backend.kit import csrf, sessions
from backend.kit.security import mac

SignIn = Callable[..., Awaitable[Actor]]
ORIGIN = "http://benthu.test"
_number = count(1)


class Browser(httpx.AsyncClient):
    """A browser with its own cookies; it follows no redirects.

    `app` may be wrapped: the transport raises nothing, for the application itself answers 500.
    """

    def __init__(self, app: Litestar, **more: Any) -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
        super().__init__(transport=transport, base_url=ORIGIN, **more)
        self.app = app

    async def submit(self, url: str, data: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Post a form as one of our pages would, with the token of this visitor; `files=` for uploads."""
        return await self.post(url, data={**(data or {}), csrf.FIELD: self.token()}, **more)

    def token(self) -> str:
        """The CSRF token of this visitor; a stranger gets the cookie a first form would have set."""
        if session_id := self.cookies.get(sessions.COOKIE):
            return mac("csrf", sessions.digest(session_id))
        if not self.cookies.get(csrf.COOKIE):
            self.cookies.set(csrf.COOKIE, "a-visit-of-the-tests")
        return mac("csrf", self.cookies[csrf.COOKIE])

    def as_stranger(self) -> Browser:
        """Another browser, with which nobody is signed in."""
        return Browser(self.app)

    def with_token(self, token: str) -> Browser:
        """A client of the API that sends `Authorization: Bearer` and has no cookies."""
        return Browser(self.app, headers={"Authorization": f"Bearer {token}"})


async def make_actor(
    *roles: Role, name: str = "", email: str = "", organisations: Iterable[UUID] = ()
) -> Actor:
    """An account with these roles, acting for these organisations; no password fits it."""
    number = next(_number)
    address = email or f"{roles[0] if roles else 'nobody'}-{number}@benthu.test"
    form = NewAccount(name=name or f"Người thử {number}", email=address, password="", role=Role.APPLICANT)
    account = await insert_account(form, address, "", frozenset(roles))
    for organisation in organisations:
        await insert_membership(account, organisation, "member")
    actor = await find_actor(account)
    assert actor is not None
    return actor


async def sign_in(browser: Browser, actor: Actor) -> str:
    """Give the browser a session of the actor, without a password; return the session id (a Bearer token)."""
    session_id = await sessions.open_session(actor.id)
    browser.cookies.set(sessions.COOKIE, session_id)
    return session_id
