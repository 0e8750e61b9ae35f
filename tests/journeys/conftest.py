"""Fixtures for journeys: clients in the transaction of the test, and clients through the network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from uuid import UUID

import httpx
import pytest

from backend.app import app
from backend.kit.db import Engine
from tests.factories.people import make_officials
from tests.factories.serving import Served
from tests.journeys.clients import Client

Enter = Callable[[str], Awaitable[Client]]
Arrive = Callable[[], Awaitable[Client]]
At = Callable[[str], Awaitable[Client]]


@pytest.fixture
async def officials(db: Engine) -> dict[str, UUID]:
    """Everybody of `OFFICIALS`, in a database whose changes are undone."""
    return await make_officials()


@pytest.fixture
async def enter(db: Engine) -> AsyncIterator[Enter]:
    """`await enter("officer")`: who signed in through the API as `<name>@benthu.test`."""
    async with AsyncExitStack() as stack:

        async def sign_in(name: str) -> Client:
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
            client = await stack.enter_async_context(
                Client(transport=transport, base_url="http://benthu.test")
            )
            await client.enter(name)
            return client

        yield sign_in


@pytest.fixture
async def arrive(site: Served) -> AsyncIterator[Arrive]:
    """`await arrive()`: a stranger to the served registry."""
    async with AsyncExitStack() as stack:

        async def come() -> Client:
            return await stack.enter_async_context(Client(base_url=site.url, timeout=60))

        yield come


@pytest.fixture(scope="session")
def sessions() -> dict[str, str]:
    """The sessions opened at the served registry by name: it counts how often somebody signs in."""
    return {}


@pytest.fixture
def at(arrive: Arrive, sessions: dict[str, str]) -> At:
    """`await at("officer")`: somebody signed in at the served registry, on its pages and at its API."""

    async def sign_in(name: str) -> Client:
        client = await arrive()
        if name not in sessions:
            await client.sign_in(name)
            sessions[name] = client.cookies["sid"]
        client.cookies.set("sid", sessions[name], domain="127.0.0.1")
        client.headers["X-CSRF-Token"] = await client.token()
        return client

    return sign_in
