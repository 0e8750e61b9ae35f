"""A scheduler and workers on this machine, or workers that join the scheduler of another."""

import asyncio
import signal
from collections.abc import Callable
from importlib import import_module
from typing import Any

from matching.cluster.client import NoCluster, distributed

HOST = "127.0.0.1"
START = 120
"""Seconds that workers may take to join."""


def local_cluster(workers: int, host: str = HOST, port: int = 0, asynchronous: bool = False) -> Any:
    """A scheduler and so many processes, each with one thread; port 0 is any free one. Raises ClusterMissing.

    A worker that dies is started again, however long a busy machine takes for that: Dask itself gives one up
    that is not back after 15 seconds.
    """
    package = distributed()
    import_module("dask.config").set({"distributed.deploy.lost-worker-timeout": "1 hour"})
    return package.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host=host,
        scheduler_port=port,
        dashboard_address=f"{host}:0",  # none is shown, but Dask would listen on every address
        worker_dashboard_address=f"{host}:0",
        asynchronous=asynchronous,
    )


def serve(host: str, port: int, workers: int, say: Callable[[str], None]) -> None:
    """Say the address, then work until SIGINT or SIGTERM; nothing is left running. Raises ClusterMissing."""

    async def run() -> None:
        stop = _asked_to_stop()
        async with local_cluster(workers, host, port, asynchronous=True) as cluster:
            say(cluster.scheduler_address)
            await stop.wait()

    asyncio.run(run())


def join(address: str, workers: int, say: Callable[[str], None]) -> None:
    """Work for the scheduler at an address until SIGINT or SIGTERM. Raises ClusterMissing and NoCluster."""
    package = distributed()

    async def run() -> None:
        stop = _asked_to_stop()
        nannies = [package.Nanny(address, nthreads=1) for _ in range(workers)]
        try:
            await asyncio.wait_for(asyncio.gather(*nannies), START)
            say(address)
            await stop.wait()
        except (OSError, TimeoutError) as error:
            raise NoCluster(address, str(error) or "no answer") from None
        finally:
            await asyncio.gather(*(nanny.close() for nanny in nannies))

    asyncio.run(run())


def _asked_to_stop() -> asyncio.Event:
    """Set by SIGINT and SIGTERM from now on."""
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    return asked
