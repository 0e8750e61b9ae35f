"""The check of sizes and names sees what it is there to see."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import tidy


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(tidy, "ROOT", tmp_path)
    return tmp_path


def faults(root: Path, name: str, text: str) -> list[str]:
    (root / name).write_text(text)
    return list(tidy.faults_of(root / name))


@pytest.mark.parametrize(
    "name", ["https://" + "py" + "pi.org/simple", "see /ro" + "ot/x", "/home/" + "anna/x"]
)
def test_a_registry_or_a_place_of_one_machine_is_named_with_its_line(root: Path, name: str) -> None:
    [fault] = faults(root, "notes.md", f"fine\n{name}\n")
    assert fault.startswith("notes.md:2: ")


def test_a_path_below_another_folder_is_no_place_of_a_machine(root: Path) -> None:
    assert faults(root, "notes.md", "backend/ro" + "ot/x and ./wo" + "rk/y\n") == []


def test_a_file_may_have_five_hundred_lines_and_no_more(root: Path) -> None:
    assert faults(root, "a.html", "\n" * 500) == []
    assert faults(root, "a.html", "\n" * 501) == ["a.html:501: longer than 500 lines: split it"]


def test_a_function_body_may_have_fifty_lines_besides_its_docstring(root: Path) -> None:
    start = 'def f() -> None:\n    """Say.\n\n    More.\n    """\n'
    assert faults(root, "a.py", start + "    x = 1\n" * 50) == []
    [fault] = faults(root, "a.py", start + "    x = 1\n" * 51)
    assert fault == "a.py:1: f has 51 lines, more than 50: split it"
