"""Fixtures for tests that speak HTTP.

    async def test_x(http: Browser, sign_in_as: SignIn) -> None:
        applicant = await sign_in_as(Role.APPLICANT)                    # the Actor, signed in with `http`
        page = await http.get("/organisations/new")
        done = await http.submit("/organisations/new", {"name": "…"})   # adds the CSRF token
        assert done.status_code == 303

`http` runs the application in the loop and the transaction of the test: what a request writes is undone
after it. `http.as_stranger()` is a second browser, `http.with_token(session_id)` a client of the API.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend.accounts.schemas import Actor, Role
from backend.app import app
from backend.kit.db import Engine
from tests.factories.web import Browser, SignIn, make_actor, sign_in


@pytest.fixture
async def http(db: Engine) -> AsyncIterator[Browser]:
    """A browser on the whole application."""
    async with Browser(app) as browser:
        yield browser


@pytest.fixture
def sign_in_as(http: Browser) -> SignIn:
    """`await sign_in_as(Role.OFFICER, browser=…, name=…, email=…, organisations=[…])` gives the new Actor."""

    async def sign_in_new(*roles: Role, browser: Browser = http, **more: Any) -> Actor:
        actor = await make_actor(*roles, **more)
        await sign_in(browser, actor)
        return actor

    return sign_in_new
