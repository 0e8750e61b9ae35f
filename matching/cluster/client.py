"""To a cluster, or a word on why not."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from matching.errors import MatchingError
from matching.text import Text

PATIENCE = 10
"""Seconds to wait for a scheduler."""


class ClusterMissing(MatchingError):
    """A cluster was asked for, but its packages are not installed."""

    code = "matching.cluster_missing"
    status = 501

    def __init__(self) -> None:
        super().__init__(
            Text(
                "Chạy trên cụm máy cần gói distributed. Hãy cài phần mở rộng: pip install 'benthu[cluster]'.",
                "A cluster needs the package distributed. Install the extra: pip install 'benthu[cluster]'.",
            )
        )


class NoCluster(MatchingError):
    """Nobody answers at the address of the scheduler, or it has no workers."""

    code = "matching.no_cluster"
    status = 503

    def __init__(self, address: str, what: str) -> None:
        super().__init__(
            Text(
                f"Không dùng được cụm máy tại {address} ({what}). Hãy kiểm tra địa chỉ, hoặc chạy "
                "python -m matching serve-shards.",
                f"The cluster at {address} cannot be used ({what}). Check the address, or run "
                "python -m matching serve-shards.",
            )
        )


def distributed() -> Any:
    """The package, imported where it is used: who runs on one machine does without. Raises ClusterMissing."""
    try:
        return import_module("distributed")
    except ImportError:
        raise ClusterMissing from None


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address such as ``tcp://127.0.0.1:8786``, with at least one worker.

    Raises ClusterMissing and NoCluster.
    """
    package = distributed()
    try:
        client = package.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise NoCluster(address, str(error)) from None
    try:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise NoCluster(address, "no worker")
        yield client
    finally:
        client.close()
