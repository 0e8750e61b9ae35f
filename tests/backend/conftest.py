"""Fixtures for tests that speak HTTP.

    async def test_x(http: Browser, sign_in_as: SignIn) -> None:
        applicant = await sign_in_as(Role.APPLICANT)              # signs `http` in, gives the Actor
        page = await http.get("/organisations/new")
        done = await http.submit("/organisations/new", {"name": "…"})   # adds the CSRF token
        assert done.status_code == 303

`http` runs the application in the test's own loop and transaction: what a request writes is undone after
the test. `http.as_stranger()` is a second browser; `http.api(actor_token)` speaks JSON with a Bearer token.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from backend.accounts.queries import find_actor, insert_account
from backend.accounts.schemas import Actor, NewAccount, Role
from backend.app import app as application
from backend.kit import sessions
from backend.kit.db import Engine
from backend.kit.security import mac

SignIn = Callable[..., Awaitable[Actor]]
ORIGIN = "http://benthu.test"


class Browser(httpx.AsyncClient):
    """A browser with its own cookies; follows no redirects."""

    def __init__(self, app: Litestar, **more: Any) -> None:
        # The application answers 500 itself; nothing may reach the transport but its answer.
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
        super().__init__(transport=transport, base_url=ORIGIN, **more)
        self.app = app

    async def submit(self, url: str, data: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Post a form as one of our pages would, with the token of this visitor."""
        return await self.post(url, data={**(data or {}), "csrf": self.token()}, **more)

    def token(self) -> str:
        """The CSRF token of this visitor; a stranger gets the cookie a first form would have set."""
        if session_id := self.cookies.get(sessions.COOKIE):
            return mac("csrf", sessions.digest(session_id))
        if not self.cookies.get("visit"):
            self.cookies.set("visit", "a visit of the tests")
        return mac("csrf", self.cookies["visit"])

    def as_stranger(self) -> Browser:
        """Another browser that nobody signed in with."""
        return Browser(self.app)

    def api(self, token: str) -> Browser:
        """A client of the API with this token and no cookies."""
        return Browser(self.app, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
async def http(db: Engine) -> AsyncIterator[Browser]:
    """A browser on the whole application; see above."""
    async with Browser(application) as browser:
        yield browser


@pytest.fixture
def sign_in_as(http: Browser) -> SignIn:
    """`await sign_in_as(Role.OFFICER)`: a new account with these roles, signed in with `http` or another browser.

    Keywords: `browser` (default `http`), `name`, `email`, `organisations` (ids of organisations it acts for).
    """

    async def sign_in(*roles: Role, browser: Browser = http, **more: Any) -> Actor:
        actor = await make_actor(*roles, **more)
        browser.cookies.set(sessions.COOKIE, await sessions.open_session(actor.id))
        return actor

    return sign_in


_made = 0


async def make_actor(
    *roles: Role, name: str = "", email: str = "", organisations: Iterable[UUID] = ()
) -> Actor:
    """An account with these roles, without a session. Its password hash fits no password."""
    from backend.accounts.queries import insert_membership

    global _made
    _made += 1
    address = email or f"{roles[0] if roles else 'nobody'}-{_made}@benthu.test"
    form = NewAccount(name=name or f"Người thử {_made}", email=address, password="", role=Role.APPLICANT)
    account = await insert_account(form, address, "", frozenset(roles))
    for organisation in organisations:
        await insert_membership(account, organisation, "member")
    actor = await find_actor(account)
    assert actor is not None
    return actor
