"""A rule file that was released once never changes unseen."""

from __future__ import annotations

import pytest
from msgspec import structs

from backend.kit.db import engine
from backend.kit.db_faults import DatabaseFault
from backend.programmes import domain
from backend.programmes.queries import list_stored_pins, store_file
from sandbox_rules import Programmes

pytestmark = pytest.mark.usefixtures("db")


async def test_every_file_is_stored_once_with_its_text() -> None:
    await domain.store_released_files()
    await domain.store_released_files()
    assert await list_stored_pins() == [one.pin for one in domain.rules().all()]
    stored = await engine().run_ddl("select sha256, content from programme_file")
    texts = {one.pin.sha256: domain.released_text(one.pin) for one in domain.rules().all()}
    assert {row["sha256"]: row["content"] for row in stored} == texts


async def test_a_released_file_with_other_bytes_stops_the_start() -> None:
    pin = domain.rules().all()[0].pin
    await store_file(structs.replace(pin, sha256="0" * 64), "other text")
    with pytest.raises(domain.ReleasedFileChanged) as refusal:
        await domain.store_released_files()
    assert f"programmes/{pin.key}/{pin.in_force}.toml has hash {pin.sha256[:12]}" in str(refusal.value)


async def test_a_released_file_that_is_gone_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    await domain.store_released_files()
    monkeypatch.setattr(domain, "rules", lambda: Programmes([]))
    with pytest.raises(domain.ReleasedFileChanged, match="is missing"):
        await domain.store_released_files()


async def test_the_database_refuses_to_change_a_stored_file() -> None:
    await domain.store_released_files()
    with pytest.raises(DatabaseFault):
        await engine().run_ddl("update programme_file set content = 'x'")
