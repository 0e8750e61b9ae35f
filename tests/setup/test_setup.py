"""Set-up does a step once, does it again when its reason changed or it was broken off, and asks plainly."""

import re
import sys
from pathlib import Path

import pytest

from scripts import setup


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "folder" / ".mark"


def count(done: list[int]) -> int:
    done.append(1)
    return len(done)


def test_a_step_is_done_once_for_one_key_and_again_for_another(mark: Path) -> None:
    done: list[int] = []
    for key in ("a", "a", "b", "b"):
        setup.step("việc", "work", lambda: count(done), mark, key)
    assert len(done) == 2


def test_a_step_that_breaks_off_leaves_no_mark_even_of_an_earlier_success(mark: Path) -> None:
    done: list[int] = []
    setup.step("việc", "work", lambda: count(done), mark, "a")

    def fail() -> None:
        raise setup.SetupRefused("no")

    with pytest.raises(setup.SetupRefused):
        setup.step("việc", "work", fail, mark, "b")
    setup.step("việc", "work", lambda: count(done), mark, "a")
    assert len(done) == 2


def test_a_failing_command_is_named_as_it_can_be_typed() -> None:
    with pytest.raises(setup.SetupRefused, match=r"false 'two words'"):
        setup.run("false", "two words")


@pytest.fixture
def machine_without_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "PDF_LIBRARIES", {"libnowhere.so.9": "libnowhere9"})
    monkeypatch.setattr(setup, "privilege", lambda: None)


@pytest.mark.usefixtures("machine_without_pango")
def test_without_rights_one_message_names_the_exact_command() -> None:
    with pytest.raises(setup.SetupRefused) as refused:
        setup.install_system_packages(dev=False)
    assert str(refused.value).splitlines()[1:] == [
        "  sudo apt-get update && sudo apt-get install -y --no-install-recommends libnowhere9"
    ]


def test_a_browser_that_is_only_a_stub_counts_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "chromium").write_text("#!/bin/sh\necho 'requires the chromium snap' >&2\nexit 1\n")
    (tmp_path / "chromium").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BENTHU_BROWSER", raising=False)
    monkeypatch.setattr(setup, "VENV", tmp_path)
    assert setup.find_browser() is None


def test_a_node_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    assert setup.node_version(str(tmp_path / "node")) == 0


def test_the_locks_name_no_address_and_hash_every_pin() -> None:
    for name in (*setup.LOCKS, "requirements-node.lock"):
        entries = (setup.ROOT / name).read_text().replace("\\\n", " ").splitlines()
        assert entries
        assert [
            entry for entry in entries if "://" in entry or "==" not in entry or "sha256:" not in entry
        ] == []


def test_each_lock_contains_the_shorter_ones() -> None:
    pins = [
        set(re.findall(r"^\S+==\S+", (setup.ROOT / name).read_text(), re.MULTILINE)) for name in setup.LOCKS
    ]
    assert pins[0] < pins[1] < pins[2]


def test_no_lock_wants_torch() -> None:
    assert [
        name for name in setup.LOCKS if re.search(r"^torch==", (setup.ROOT / name).read_text(), re.MULTILINE)
    ] == []


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment made by hand, in which a file shows whether it was cleared away."""
    folder = tmp_path / ".venv"
    monkeypatch.setattr(setup, "VENV", folder)
    monkeypatch.setattr(setup, "PYTHON", folder / "bin" / "python")
    setup.run(sys.executable, "-m", "venv", folder)
    (folder / "kept").touch()
    return folder


def test_a_sound_environment_made_by_hand_is_kept(venv: Path) -> None:
    setup.make_environment()
    assert (venv / "kept").exists()


def test_a_broken_environment_and_one_made_elsewhere_are_made_anew(venv: Path) -> None:
    setup.make_environment()
    (venv / ".made").write_text("another folder")
    setup.make_environment()
    assert not (venv / "kept").exists()
    (venv / "bin" / "python").unlink()
    setup.make_environment()
    assert setup.works(venv / "bin" / "python")
