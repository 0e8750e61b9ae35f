"""Set up this folder: system packages, Python environment, front end. What is done already is not done again.

Every step leaves a mark that names what it was done for (the hash of a lock, of the sources, this folder);
a step whose mark is missing or names something else is done from the start. Standard library only.

    python3 scripts/setup.py           what `make demo` needs
    python3 scripts/setup.py --extras  also the sentence models and what matching over many machines needs
    python3 scripts/setup.py --dev     all that, test tools and a browser: for `make test` and `make check`
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import time
import zoneinfo
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "static_dist"
PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NODE_AT_LEAST = 20
LOCKS = (
    "requirements.lock",
    "requirements-extras.lock",
    "requirements-dev.lock",
)  # each contains the one before


class SetupRefused(Exception):
    """Set-up cannot go on; the message says what a person has to do."""


def main() -> int:
    """Run all steps; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", action="store_true", help="also the test tools and a browser")
    parser.add_argument(
        "--extras", action="store_true", help="also sentence models, matching on many machines"
    )
    options = parser.parse_args()
    dev = options.dev
    try:
        install_system_packages(dev)
        make_environment()
        install_python_packages(2 if dev else int(options.extras))
        link_project()
        build_front_end()
        if dev:
            note_browser()
    except SetupRefused as refusal:
        print(f"\n{refusal}\n", file=sys.stderr)
        return 1
    return 0


# --- marks ---


def done(mark: Path, key: str) -> bool:
    """Tell whether the step of this mark was finished for this key."""
    return mark.is_file() and mark.read_text() == key


def digest(paths: Iterable[Path]) -> str:
    """Return one hash of the names and contents of these files."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def step(vi: str, en: str, work: Callable[[], object], mark: Path, key: str) -> None:
    """Do one step unless its mark says it is done; a step that is broken off leaves no mark."""
    if done(mark, key):
        return
    print(f"→ {vi} / {en} …", flush=True)
    began = time.monotonic()
    mark.unlink(missing_ok=True)
    work()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(key)
    print(f"  {time.monotonic() - began:.0f} s", flush=True)


def run(
    *command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None, silent: bool = False
) -> None:
    """Run a command; `silent` shows its errors alone. Raises SetupRefused with the command when it fails."""
    words = [str(word) for word in command]
    shown = subprocess.DEVNULL if silent else None
    if subprocess.run(
        words, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=shown, check=False
    ).returncode:
        raise SetupRefused(
            f"Lệnh này thất bại, xem ở trên / This command failed, see above:\n  {shlex.join(words)}"
        )


# --- system packages ---


def missing_packages(dev: bool) -> list[str]:
    """Return the names of the Debian packages without which something here would fail."""
    importlib.invalidate_caches()
    missing = [package for library, package in PDF_LIBRARIES.items() if not loads(library)]
    if not PYTHON.exists() and importlib.util.find_spec("ensurepip") is None:
        missing.append(f"python3.{sys.version_info.minor}-venv")
    if not Path("/etc/ssl/certs/ca-certificates.crt").exists():
        missing.append("ca-certificates")
    if os.geteuid() == 0 and not (shutil.which("unshare") and shutil.which("setpriv")):
        missing.append("util-linux")
    try:
        zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh")
    except zoneinfo.ZoneInfoNotFoundError:
        missing.append("tzdata")
    if dev and not find_browser():
        missing.append("chromium")
    return missing


def loads(library: str) -> bool:
    """Tell whether the loader finds this library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_system_packages(dev: bool) -> None:
    """Install missing system packages where we may, else name the one command that does."""
    missing = missing_packages(dev)
    if not missing:
        return
    if "chromium" in missing and is_ubuntu():
        raise SetupRefused(
            "Cần một trình duyệt chạy được để kiểm thử. Trên Ubuntu, gói chromium chỉ là vỏ của snap: "
            f"hãy tự cài Chromium hoặc Google Chrome ({', '.join(BROWSERS)} trong PATH). / "
            "The tests need a browser that runs. On Ubuntu the package chromium is a stub for a snap: "
            f"install Chromium or Google Chrome yourself (one of {', '.join(BROWSERS)} in PATH)."
        )
    prefix = privilege()
    update, install = ["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if prefix is None or not shutil.which("apt-get"):
        raise SetupRefused(
            "Thiếu gói hệ thống. Hãy chạy lệnh này rồi thử lại / "
            "System packages are missing. Run this, then try again:"
            f"\n  sudo {shlex.join(update)} && sudo {shlex.join(install)}"
        )
    print(f"→ Gói hệ thống / System packages: {' '.join(missing)} …", flush=True)
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    run(*quiet, *update, "-qq", silent=True)
    run(*quiet, *install, "-qq", silent=True)
    if still := missing_packages(dev):
        raise SetupRefused(f"Cài xong vẫn thiếu / Still missing after installation: {' '.join(still)}")


def privilege() -> list[str] | None:
    """Return what to put before apt-get, None when we may not install."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def is_ubuntu() -> bool:
    """Tell whether this is Ubuntu, whose apt has no real chromium."""
    release = Path("/etc/os-release")
    return release.exists() and "ID=ubuntu" in release.read_text().splitlines()


# --- Python ---


def make_environment() -> None:
    """Make `.venv`, anew when it is broken or was made elsewhere (its scripts name the folder)."""
    key = f"{VENV}\n"
    mark = VENV / ".made"
    if not works(PYTHON):
        mark.unlink(missing_ok=True)
    elif not mark.exists():
        mark.write_text(key)  # made by hand and sound: it is not for us to clear it away

    def make() -> None:
        run(sys.executable, "-m", "venv", "--clear", VENV)

    step("Môi trường Python", "Python environment", make, mark, key)


def works(python: Path) -> bool:
    """Tell whether this interpreter runs (its base may have been removed or upgraded) and has pip."""
    try:
        return (
            subprocess.run(
                [python, "-c", "import encodings, pip"], capture_output=True, check=False
            ).returncode
            == 0
        )
    except OSError:
        return False


def install_python_packages(level: int) -> None:
    """Install exactly what the lock at this place in LOCKS names, each file checked against its hash."""
    marks = [(VENV / f".{name}", digest([ROOT / name])) for name in LOCKS]
    if any(done(*mark) for mark in marks[level:]):
        return
    step("Thư viện Python", "Python packages", lambda: pip_install(ROOT / LOCKS[level]), *marks[level])


def pip_install(lock: Path) -> None:
    """Install a whole lock; it is complete, so nothing has to be worked out."""
    run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps",
        "--no-compile", "--require-hashes", "-r", lock)  # fmt: skip


def link_project() -> None:
    """Make `benthu` a command of the environment that runs this folder's code."""
    script = VENV / "bin" / "benthu"
    text = f"#!{PYTHON}\nimport sys\n\nfrom backend.cli import main\n\nsys.exit(main())\n"
    if not done(script, text):
        script.write_text(text)
        script.chmod(0o755)
    site = next((VENV / "lib").glob("python3.*/site-packages"))
    if not done(site / "benthu.pth", f"{ROOT}\n"):
        (site / "benthu.pth").write_text(f"{ROOT}\n")


# --- front end ---


def build_front_end() -> None:
    """Build styles and scripts into `static_dist/` with Node from the system, else from a wheel."""
    sources = [path for path in FRONTEND.rglob("*") if path.is_file() and "node_modules" not in path.parts]
    lock = FRONTEND / "package-lock.json"
    modules, modules_key = FRONTEND / "node_modules" / ".installed", digest([lock])
    built, built_key = BUILT / ".built", digest(sources)
    if done(modules, modules_key) and done(built, built_key):
        return
    env = {**os.environ, "PATH": f"{node_folder()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}

    def npm(*words: str) -> Callable[[], None]:
        return lambda: run("npm", *words, cwd=FRONTEND, env=env)

    install = npm(
        "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--no-update-notifier", "--loglevel=error"
    )
    step("Thư viện giao diện", "Front-end packages", install, modules, modules_key)
    step("Giao diện", "Front end", npm("run", "--silent", "build"), built, built_key)


def node_folder() -> Path:
    """Return the folder of a Node that is new enough, installing the wheel when the system has none."""
    ours = VENV / "bin"
    for node in (shutil.which("node"), str(ours / "node")):
        if node and (Path(node).parent / "npm").exists() and node_version(node) >= NODE_AT_LEAST:
            return Path(node).parent
    lock = ROOT / "requirements-node.lock"
    step("Node.js", "Node.js", lambda: pip_install(lock), VENV / f".{lock.name}", digest([lock]))
    return ours


def node_version(node: str) -> int:
    """Return the major version of this Node, 0 when it does not run."""
    with suppress(OSError, ValueError):
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        return int(answer.lstrip("v").split(".")[0])
    return 0


# --- browser ---


def find_browser() -> str | None:
    """Return the path of a browser that really runs: a snap stub is found in PATH, too."""
    noted = VENV / ".browser"
    if noted.is_file() and Path(noted.read_text()).exists():
        return noted.read_text()
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
    for name in filter(None, [os.environ.get("BENTHU_BROWSER"), *BROWSERS]):
        if path := shutil.which(name):
            with suppress(subprocess.TimeoutExpired):
                command = [path, *flags, "--dump-dom", "data:text/html,<p>benthu</p>"]
                page = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
                if "benthu" in page:
                    return path
    return None


def note_browser() -> None:
    """Keep the path of the browser for the tests."""
    if browser := find_browser():
        (VENV / ".browser").write_text(browser)


if __name__ == "__main__":
    sys.exit(main())
