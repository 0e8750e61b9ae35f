"""One process at a time changes an index."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matching.index.errors import IndexBusy
from matching.text import Text

_PAUSE = 0.005


@contextmanager
def held(file: Path, patience: float, busy: Text) -> Iterator[None]:
    """Hold a lock that the system frees when the process ends, however it ends.

    Raises IndexBusy after ``patience`` seconds.
    """
    until = time.monotonic() + patience
    with file.open("ab") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise IndexBusy(busy) from None
                time.sleep(_PAUSE)
        yield
