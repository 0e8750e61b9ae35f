"""The browser of the tests: the one `make test` found, else the system's."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def find_browser() -> str | None:
    """The path of a Chromium that runs: on some systems the one in PATH only says how to install it."""
    for name in filter(None, [os.environ.get("BENTHU_BROWSER"), *NAMES]):
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return None


def require_browser() -> str:
    """The path of the browser. Without one the test fails where all tests must run, else it is skipped."""
    if path := find_browser():
        return path
    reason = f"no Chromium that runs: none of {', '.join(NAMES)} in PATH, none in BENTHU_BROWSER"
    if "CI" in os.environ or "BENTHU_BROWSER" in os.environ:  # make test always names one
        pytest.fail(reason)
    pytest.skip(reason)
