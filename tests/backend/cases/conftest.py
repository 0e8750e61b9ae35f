"""Fixtures for the tests of cases; the cast itself is in `tests.factories.applications`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from backend.kit import db as kit_db
from backend.kit.db import Engine
from backend.ports.wiring import Ports, null_ports, using
from tests.factories.applications import Cast, make_cast

Counted = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def ports() -> Iterator[Ports]:
    """Ports that reach nothing, for this test alone."""
    with using(null_ports()) as replaced:
        yield replaced


@pytest.fixture
async def cast(db: Engine, ports: Ports) -> Cast:
    """Everybody, in a database whose changes are undone."""
    return await make_cast()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """`with counted() as statements:` collects what reaches the database inside of the block."""
    fetch = kit_db.Transaction.fetch

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        async def watched(self: Any, query: str, arguments: Any = ()) -> Any:
            if "SAVEPOINT" not in query:
                seen.append(query)
            return await fetch(self, query, arguments)

        with monkeypatch.context() as patch:
            patch.setattr(kit_db.Transaction, "fetch", watched)
            yield seen

    return counting
