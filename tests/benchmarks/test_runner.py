"""`python -m benchmarks` knows every benchmark and tells when one fails."""

from pathlib import Path

import pytest

from benchmarks import __main__ as runner

FOLDER = Path(runner.__file__).parent


def test_every_module_that_can_be_run_is_run() -> None:
    can_be_run = {path.stem for path in FOLDER.glob("*.py") if "__main__" in path.read_text("utf-8")}
    assert sorted(runner.ALL) == sorted(can_be_run - {"__main__"})


def test_an_unknown_name_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["web", "nothing"]) == 2
    assert capsys.readouterr().err == f"unknown: nothing; there are: {', '.join(runner.ALL)}\n"


@pytest.mark.parametrize(("names", "code"), [(("web_load",), 0), (("no_such_module", "web_load"), 1)])
def test_one_that_fails_makes_all_fail(
    names: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "ALL", names)
    assert runner.main([]) == code
