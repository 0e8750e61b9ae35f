"""Run the web server and the worker side by side: start, watch, start again what dies, stop in order."""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from backend.demo_accounts import ACCOUNTS, PASSWORD
from backend.kit.errors import BenThuError
from backend.kit.text import Text
from backend.settings import REPOSITORY, settings

START_SECONDS = 180  # the very first start also compiles every library
STOP_SECONDS = 20
LOOK_SECONDS = 0.2
LONGEST_PAUSE = 30.0
PR_SET_PDEATHSIG = 1


class NotServing(BenThuError):
    """The registry cannot be served here and now."""

    code = "not_serving"


class Child:
    """A process that is started again when it dies, after a pause that grows."""

    def __init__(self, *command: str) -> None:
        self.command = [sys.executable, "-m", *command]
        self.pause = 1.0
        self.due = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # a group of its own: Ctrl-C reaches us alone, and we stop the children in order
        self.process = subprocess.Popen(
            self.command,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=_end_with_parent,
        )

    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def look(self) -> None:
        """Start the process again if it has died and the pause is over."""
        if self.died():
            self._end_rest()
            name, self.process = self.command[-1], None
            print(f"{name}: dừng đột ngột, đang chạy lại / died, starting again", file=sys.stderr, flush=True)
            self.due = time.monotonic() + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        if self.process is None and time.monotonic() >= self.due:
            self.start()

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._end_rest()

    def _end_rest(self) -> None:
        """End what a child that was killed leaves behind: its own workers would go on holding the port."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def run(workers: int, watch: Callable[[], None]) -> int:
    """Serve until SIGINT, SIGTERM or SIGHUP; call `watch` again and again. Return the exit code.

    Raises NotServing.
    """
    stopping = Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    host, port = settings().host, settings().port
    web = Child(
        "granian", "--interface", "asgi", "--host", host, "--port", str(port), "--workers", str(workers),
        "--loop", "uvloop", "--no-ws", "--log-level", "warning", "--respawn-failed-workers",
        "--workers-kill-timeout", "5", "backend.app:app",
    )  # fmt: skip
    children = [web, Child("backend.cli", "work")]
    try:
        for child in children:
            child.start()
        _await_answer(web, stopping)
        if not stopping.is_set():
            print(_welcome(), flush=True)
        while not stopping.wait(LOOK_SECONDS):
            watch()
            for child in children:
                child.look()
    finally:
        for child in children:
            child.stop()
    return 0


@contextmanager
def alone() -> Iterator[None]:
    """Be the only one to serve this data folder, on a free port. Raises NotServing."""
    with _lock().open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotServing(
                Text(
                    f"Thư mục dữ liệu {settings().data} đang được phục vụ; dừng bằng `benthu stop`.",
                    f"The data folder {settings().data} is being served already; `benthu stop` ends it.",
                )
            ) from None
        _refuse_taken_port()
        lock.truncate(0)
        print(os.getpid(), file=lock, flush=True)
        yield


def stop_other() -> None:
    """End the process that serves this data folder, if there is one, and wait for it. Raises NotServing."""
    if not _lock().exists():
        return
    with _lock().open("r+") as lock:
        end = time.monotonic() + 3 * STOP_SECONDS
        told = False
        while time.monotonic() < end:
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            if not told:
                os.kill(int(_lock().read_text()), signal.SIGTERM)
                told = True
            time.sleep(LOOK_SECONDS)
    raise NotServing(Text("Không dừng được trang web đang chạy.", "What is being served did not stop."))


def _lock() -> Path:
    return settings().data / "serve.lock"


def _end_with_parent() -> None:
    """Ask the kernel to end this child should its parent be killed: nothing is left holding the port."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _refuse_taken_port() -> None:
    host, port = settings().host, settings().port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NotServing(
                Text(
                    f"Không dùng được {host}:{port} ({error.strerror}). Chọn cổng khác: make demo PORT=8123",
                    f"{host}:{port} cannot be used ({error.strerror}). Choose another: make demo PORT=8123",
                )
            ) from None


def _await_answer(web: Child, stopping: Event) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings().host, settings().host)  # noqa: S104
    address = f"http://{host}:{settings().port}/healthz"
    end = time.monotonic() + START_SECONDS
    while not stopping.wait(LOOK_SECONDS) and not web.died() and time.monotonic() < end:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(address, timeout=5).close()
            return
    if not stopping.is_set():
        raise NotServing(
            Text("Trang web không khởi động được, xem ở trên.", "The site did not start, see above.")
        )


def _welcome() -> str:
    lines = ["", f"  Bến Thử: {settings().public_url}", ""]
    if settings().demo:
        lines.append(f"  Mật khẩu của mọi tài khoản thử / Password of all demo accounts: {PASSWORD}")
        lines += [f"    {account:<24} {who.vi} / {who.en}" for account, who in ACCOUNTS.items()]
        lines.append("")
    lines.append("  Dừng / Stop: Ctrl-C")
    return "\n".join(lines)
