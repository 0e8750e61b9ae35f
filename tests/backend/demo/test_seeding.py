"""Loading: all or nothing, only into an empty registry, only when there is a year to tell of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.accounts.schemas import Role
from backend.demo import seeding
from backend.kit import audit
from backend.kit.clock import Frozen
from backend.kit.db import Engine
from tests.factories.web import make_actor


async def test_a_registry_with_accounts_is_left_alone(db: Engine, frozen_clock: Frozen) -> None:
    await make_actor(Role.APPLICANT)
    with pytest.raises(seeding.NotEmpty):
        await seeding.seed()
    assert await audit.entries(seeding.MARKER) == []


async def test_broken_off_it_leaves_nothing(
    db: Engine, frozen_clock: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_off(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(seeding, "play", break_off)
    with pytest.raises(KeyboardInterrupt):
        await seeding.seed()
    assert await audit.entries(seeding.MARKER) == []
    assert await db.run_ddl("select id from account") == []


async def test_rules_too_young_for_a_year_of_stories_are_named(db: Engine, frozen_clock: Frozen) -> None:
    frozen_clock.move_to(datetime(2026, 4, 1, tzinfo=UTC))
    with pytest.raises(seeding.TooEarly):
        await seeding.seed()
    assert await audit.entries(seeding.MARKER) == []
