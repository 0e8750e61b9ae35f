"""The registry as it is run: `benthu serve` in processes of its own."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from backend.settings import REPOSITORY

PATIENCE = 600
"""Seconds until something is given up: reached only by what never comes, however busy the machine is."""
GONE = (FileNotFoundError, ProcessLookupError)
"""What reading about a process gives that is no more, or ends in between."""


class Served:
    """A registry with its own data folder and port; `settings` are further variables of the environment."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("BENTHU_", "DATABASE_"))}
        self.env = {**ours, "BENTHU_DATA": str(data), "BENTHU_PORT": str(self.port), **settings}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Served:
        """Serve, and wait until everything answers. Raises AssertionError with the log."""
        self.data.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            command = [sys.executable, "-m", "backend.cli", "serve", "--workers", "1"]
            self.process = subprocess.Popen(command, cwd=REPOSITORY, env=self.env, stdout=out, stderr=out)
        wait_until(lambda: self.is_ready() or self.has_ended())
        assert not self.has_ended(), self.log.read_text()
        return self

    def stop(self) -> None:
        """Stop in order; what does not is killed."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def log(self) -> Path:
        return self.data / "serve.out"

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310 - our own
                return bool(answer.status == 200)
        except OSError:
            return False

    def worker(self) -> int | None:
        """The process that does the background work."""
        return self._child("backend.cli\0work\0")

    def web_server(self) -> int | None:
        """The process above the one that answers requests."""
        return self._child("backend.app:app\0")

    def web_worker(self) -> int | None:
        """The process that answers requests; the one above it starts it again."""
        above = self.web_server()
        return next(iter(children_of(above)), None) if above else None

    def _child(self, command: str) -> int | None:
        assert self.process is not None
        for pid in children_of(self.process.pid):
            with suppress(*GONE):
                if Path(f"/proc/{pid}/cmdline").read_text().endswith(command):
                    return pid
        return None


def children_of(pid: int) -> list[int]:
    """The processes started by one; none when it is gone."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except GONE:
        return []


@contextmanager
def known(pid: int) -> Iterator[Callable[[], bool]]:
    """Whether this very process has ended: its number may be another one's by the time it is asked."""
    descriptor = os.pidfd_open(pid)
    try:
        yield lambda: bool(select.select([descriptor], [], [], 0)[0])
    finally:
        os.close(descriptor)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until the condition holds. Raises AssertionError after a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("waited in vain")
