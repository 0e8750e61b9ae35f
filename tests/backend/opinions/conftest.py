"""A case in appraisal, an agency with an account, and ports that reach nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast as typed

import pytest

from backend.accounts.schemas import Actor, Role
from backend.applications.schemas import Application
from backend.kit.clock import Frozen
from backend.kit.db import Engine
from backend.ports.mailer import KeptMail
from backend.ports.wiring import null_ports, using
from tests.factories.applications import Cast, make_cast
from tests.factories.decisions import make_accepted
from tests.factories.web import make_actor


@pytest.fixture
def post() -> Iterator[KeptMail]:
    """The mails of this test."""
    with using(null_ports()) as replaced:
        yield typed("KeptMail", replaced.mailer)


@pytest.fixture
async def cast(db: Engine, post: KeptMail, frozen_clock: Frozen) -> Cast:
    return await make_cast()


@pytest.fixture
async def case(cast: Cast) -> Application:
    """Received, and not assigned to anybody yet."""
    return await make_accepted(cast, council=[])


@pytest.fixture
async def agency(cast: Cast) -> Actor:
    """The department of transport, which has an account."""
    return await make_actor(Role.CONSULTED, name="Sở Xây dựng", email="vanthu@soxaydung.test")
