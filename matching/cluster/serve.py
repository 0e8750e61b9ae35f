"""A scheduler and workers on this machine, or workers that join the scheduler of another."""

import asyncio
import signal
from collections.abc import Callable

from matching.cluster.client import PATIENCE, NoCluster, distributed


def serve(host: str, port: int, workers: int, say: Callable[[str], None]) -> None:
    """Say the address, then work until SIGINT or SIGTERM; nothing is left running. Raises ClusterMissing."""
    package = distributed()

    async def run() -> None:
        # a port of 0 is any free one
        async with package.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host=host,
            scheduler_port=port,
            dashboard_address=None,
            asynchronous=True,
        ) as cluster:
            say(cluster.scheduler_address)
            await _asked_to_stop()

    asyncio.run(run())


def join(address: str, workers: int, say: Callable[[str], None]) -> None:
    """Work for the scheduler at an address until SIGINT or SIGTERM. Raises ClusterMissing and NoCluster."""
    package = distributed()

    async def run() -> None:
        nannies = [package.Nanny(address, nthreads=1) for _ in range(workers)]
        try:
            await asyncio.wait_for(asyncio.gather(*nannies), PATIENCE)
            say(address)
            await _asked_to_stop()
        except (OSError, TimeoutError) as error:
            raise NoCluster(address, str(error) or "no answer") from None
        finally:
            await asyncio.gather(*(nanny.close() for nanny in nannies))

    asyncio.run(run())


async def _asked_to_stop() -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()
