"""Fixtures for tests in a real browser on the real product (`site`, from `tests.factories.site`).

Playwright's asynchronous interface: the synchronous one would keep the loop of the other tests to itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import Any, NamedTuple

import pytest
from playwright.async_api import Browser, async_playwright

from backend.accounts.schemas import Role
from backend.kit.templates import STATIC
from tests.browser.visitor import Visitor, visit
from tests.factories.chromium import SWITCHES, require_browser
from tests.factories.dossiers import register_company
from tests.factories.people import connected, make_account
from tests.factories.serving import Served
from tests.journeys.clients import Client

Arrive = Callable[..., Awaitable[Visitor]]
_newcomers = count(1)


class Newcomer(NamedTuple):
    """An applicant whose company is registered: `<name>@benthu.test`, and their client of the API."""

    name: str
    client: Client
    organisation: str


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser of this session."""
    path = require_browser()
    assert (STATIC / "manifest.json").exists(), "the front end is not built: make setup"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        await browser.close()


@pytest.fixture
async def arrive(chromium: Browser, site: Served) -> AsyncIterator[Arrive]:
    """`await arrive("en", width=390)`: a new visitor to the site; all leave with the test."""
    visitors: list[Visitor] = []

    async def come(*args: Any, **options: Any) -> Visitor:
        visitors.append(await visit(chromium, site.url, *args, **options))
        return visitors[-1]

    yield come
    for visitor in visitors:
        await visitor.close()


@pytest.fixture
async def newcomer(site: Served) -> AsyncIterator[Newcomer]:
    """Somebody new, for tests that begin further on the way."""
    name = f"newcomer{next(_newcomers)}"
    async with connected(site.env["DATABASE_URL"]):
        await make_account(name, "Nguyễn Thị Mới", Role.APPLICANT)
    async with Client(base_url=site.url, timeout=60) as client:
        await client.enter(name)
        yield Newcomer(name, client, await register_company(client))
