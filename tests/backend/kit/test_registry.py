"""References between tables are looked up once, when the application is made."""

from __future__ import annotations

import pytest
from piccolo.columns.reference import LazyTableReference
from piccolo.conf.apps import Finder

from backend.accounts.tables import Account
from backend.app import app
from backend.applications.tables import Application
from backend.kit.registry import settle_references


def test_an_application_leaves_no_name_to_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert app is not None
    assert settle_references() == 0
    monkeypatch.setattr(Finder, "get_table_with_name", lambda *_, **__: pytest.fail("looked up again"))
    assert Application.handler._foreign_key_meta.resolved_references is Account


def test_a_name_is_settled_into_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    meta = Application.handler._foreign_key_meta
    monkeypatch.setattr(meta, "references", LazyTableReference("Account", app_name="accounts"))
    assert settle_references() == 1
    assert meta.references is Account
