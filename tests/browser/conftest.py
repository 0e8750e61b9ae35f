"""Fixtures for tests in a real browser on the real product (`site`, from `tests.factories.site`).

Playwright's asynchronous interface: the synchronous one would keep the loop of the other tests to itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from backend.kit.templates import STATIC
from tests.browser.visitor import Visitor, visit
from tests.factories.chromium import SWITCHES, require_browser
from tests.factories.serving import Served

Arrive = Callable[..., Awaitable[Visitor]]


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
