"""A browser on the application in this process, the statements its pages send, and no log but of faults.

Import it when the settings of the product are in the environment: they are read once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from unittest.mock import patch

import structlog

from backend.app import app
from backend.kit import sessions
from backend.kit.db import Engine
from tests.factories.web import Browser


@asynccontextmanager
async def visiting(session: str = "") -> AsyncIterator[tuple[Browser, list[float]]]:
    """A browser, signed in if there is a session, and the seconds of every statement sent since."""
    with only_faults(), statements() as asked:
        async with Browser(app) as browser:
            if session:
                browser.cookies.set(sessions.COOKIE, session)
            yield browser, asked


@contextmanager
def statements() -> Iterator[list[float]]:
    """The seconds of each statement sent until the block ends; whoever reads them may clear the list."""
    asked: list[float] = []
    send = Engine.send

    async def timed(self: Engine, query: str, arguments: Sequence[Any], in_pool: bool = True) -> list[Any]:
        start = time.perf_counter()
        try:
            return await send(self, query, arguments, in_pool)
        finally:
            asked.append(time.perf_counter() - start)

    with patch.object(Engine, "send", timed):
        yield asked


@contextmanager
def only_faults() -> Iterator[None]:
    """Nothing but errors in the log until the block ends: no line of a request between the figures."""
    usual = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        yield
    finally:
        structlog.configure(**usual)
