"""The command `benthu` as a person types it: real processes, a real database, plain words when it fails."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from backend.settings import REPOSITORY

Run = subprocess.CompletedProcess[str]
START_SECONDS = 90


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a data folder and a port of our own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("BENTHU_", "DATABASE_"))
    }
    return {**ours, "BENTHU_DATA": str(tmp_path_factory.mktemp("data")), "BENTHU_PORT": port}


def benthu(env: Mapping[str, str], *words: str, folder: Path = REPOSITORY) -> Run:
    command = [sys.executable, "-m", "backend.cli", *words]
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=START_SECONDS, check=False
    )


@pytest.fixture
def served(env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A registry that is being served, stopped with the test."""
    log = Path(env["BENTHU_DATA"]) / "serve.out"
    with log.open("w") as out:
        command = [sys.executable, "-m", "backend.cli", "serve", "--workers", "1"]
        process = subprocess.Popen(command, cwd=REPOSITORY, env=env, stdout=out, stderr=out, text=True)
    wait_until(lambda: "Bến Thử: http" in log.read_text() or process.poll() is not None)
    assert process.poll() is None, log.read_text()
    yield process
    benthu(env, "stop")
    process.wait(START_SECONDS)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds. Raises AssertionError after a while."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def is_ready(env: Mapping[str, str]) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{env['BENTHU_PORT']}/readyz", timeout=5) as answer:
            return all(json.load(answer).values())
    except OSError:
        return False


def children(process: subprocess.Popen[str]) -> dict[str, int]:
    """Return the last word of the command of each child process and its number."""
    found = {}
    for number in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        words = Path(f"/proc/{number}/cmdline").read_text().split("\0")
        found[words[-2] if len(words) > 1 else ""] = int(number)
    return found


def test_migrations_run_once_and_an_empty_audit_log_holds(env: dict[str, str], tmp_path: Path) -> None:
    env = {**env, "BENTHU_DATA": str(tmp_path / "data")}  # whatever ran before in the folder of this module
    first, second = benthu(env, "migrate"), benthu(env, "migrate")
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert "Database brought up to date" in first.stdout
    assert second.stdout == ""
    assert benthu(env, "audit", "verify").returncode == 0


def test_an_unknown_app_is_answered_with_the_known_ones(env: dict[str, str]) -> None:
    answer = benthu(env, "migrate", "--back", "nothing")
    assert answer.returncode == 1
    assert "kit" in answer.stderr


def test_a_bad_setting_ends_with_its_name_and_code_two(env: dict[str, str]) -> None:
    answer = benthu({**env, "BENTHU_PORT": "many"}, "serve")
    assert answer.returncode == 2
    assert answer.stderr.startswith("BENTHU_PORT='many'")


def test_serve_refuses_to_start_with_a_faulty_rule_file(env: dict[str, str], tmp_path: Path) -> None:
    for package in ("backend", "sandbox_rules"):
        shutil.copytree(
            REPOSITORY / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    rules = min((tmp_path / "sandbox_rules" / "programmes").glob("*/*.toml"))
    rules.write_text(rules.read_text() + "\n= broken\n")
    line = len(rules.read_text().splitlines())
    answer = benthu({**env, "PYTHONPATH": str(tmp_path)}, "serve", folder=tmp_path)
    assert answer.returncode == 2, answer.stderr
    assert f"{rules.name}:{line}" in answer.stderr


def test_serving_survives_the_killing_of_worker_and_database_and_stops_cleanly(
    env: dict[str, str], served: subprocess.Popen[str]
) -> None:
    assert is_ready(env)
    pid_file = Path(env["BENTHU_DATA"]) / "postgres" / "cluster" / "postmaster.pid"
    worker, database = children(served)["work"], int(pid_file.read_text().split()[0])
    os.kill(worker, signal.SIGKILL)
    os.kill(database, signal.SIGKILL)
    wait_until(lambda: children(served).get("work", worker) != worker)
    wait_until(lambda: is_ready(env))
    served.send_signal(signal.SIGTERM)
    assert served.wait(START_SECONDS) == 0
    assert not pid_file.exists()


def test_one_data_folder_is_served_once_and_a_taken_port_is_named(
    env: dict[str, str], served: subprocess.Popen[str], tmp_path: Path
) -> None:
    again = benthu(env, "serve")
    assert again.returncode == 1
    assert "is being served already" in again.stderr
    elsewhere = benthu({**env, "BENTHU_DATA": str(tmp_path)}, "serve")
    assert elsewhere.returncode == 1
    assert f"127.0.0.1:{env['BENTHU_PORT']} cannot be used" in elsewhere.stderr
    assert served.poll() is None


def test_what_serves_ends_with_its_killed_parent_and_can_be_started_again(
    env: dict[str, str], served: subprocess.Popen[str]
) -> None:
    web = children(served)["backend.app:app"]
    served.kill()
    served.wait()
    wait_until(lambda: not Path(f"/proc/{web}").exists())
    assert not is_ready(env)
    assert benthu(env, "audit", "verify").returncode == 0
