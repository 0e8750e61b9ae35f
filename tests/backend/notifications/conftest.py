"""News, and a mailer that keeps what would have been sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from backend.kit.text import Text
from backend.notifications.schemas import News
from backend.ports.mailer import KeptMail
from backend.ports.wiring import null_ports, using

NEWS = News(
    headline=Text("Bạn được giao hồ sơ", "A case is given to you"),
    happened=Text("Cán bộ trực đã chuyển hồ sơ cho bạn.", "The officer on duty handed the case to you."),
    path="/cases/1",
)


@pytest.fixture
def post() -> Iterator[KeptMail]:
    """The mails of this test."""
    with using(null_ports()) as replaced:
        yield cast("KeptMail", replaced.mailer)
