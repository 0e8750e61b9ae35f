"""Fixtures for journeys through the JSON interface."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from backend.app import app
from backend.demo_accounts import PASSWORD
from backend.kit.db import Engine
from tests.factories.people import make_officials
from tests.factories.web import Browser


class Client(Browser):
    """A client of the API with a token of its own; what it gets must have the status it expects."""

    async def ask(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        """The JSON answer. Raises AssertionError with the answer when the status is another."""
        answer = await self.request(method, f"/api/v1{path}", **more)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None


Enter = Callable[[str], Awaitable[Client]]


@pytest.fixture
async def officials(db: Engine) -> dict[str, UUID]:
    """Everybody of `OFFICIALS`, in a database whose changes are undone."""
    return await make_officials()


@pytest.fixture
async def enter(db: Engine) -> AsyncIterator[Enter]:
    """`await enter("officer")`: sign in as `<name>@benthu.test` through the API."""
    clients: list[Client] = []

    async def sign_in(name: str) -> Client:
        client = Client(app)
        clients.append(client)
        credentials = {"email": f"{name}@benthu.test", "password": PASSWORD}
        token = (await client.ask("POST", "/session", 201, json=credentials))["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    yield sign_in
    for client in clients:
        await client.aclose()
