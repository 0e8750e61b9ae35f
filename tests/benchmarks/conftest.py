"""A benchmark in this process, so that it costs a test no start of its own."""

import sys
from collections.abc import Callable
from types import ModuleType

import pytest

Run = Callable[..., list[str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run(module, *arguments)` gives the lines it prints; an exit code other than 0 fails."""

    def run_module(module: ModuleType, *arguments: object) -> list[str]:
        monkeypatch.setattr(sys, "argv", [module.__name__, *map(str, arguments)])
        assert not module.main()
        return capsys.readouterr().out.splitlines()

    return run_module
