"""Progress of long work."""

import sys
import time

_EVERY_SECONDS = 0.5


class Bar:
    """Progress on standard error, at most twice a second, ended by a line of its own."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._next = time.monotonic() + _EVERY_SECONDS

    def __call__(self, done: int, total: int) -> None:
        if done < total and time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _EVERY_SECONDS
        filled = 30 * done // max(total, 1)
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r{self._what} [{'#' * filled:<30}] {done}/{total}{end}")
        sys.stderr.flush()
