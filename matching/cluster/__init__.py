"""The engine over many machines: offers in shards, one scheduler, workers of Dask (extra ``cluster``).

A shard holds whole blocks of offers and is an ordinary index; a match asks every shard and merges the best.
Every answer equals that of one process to the last digit (see `matching.fitting`), on machines of one kind
with the same packages.

A Dask scheduler runs what anybody who reaches it sends, as pickled Python, without asking who it is. So
`serve-shards` listens on 127.0.0.1 unless it is told otherwise; on several machines keep the ports inside a
network of your own, or set up TLS in the configuration of Dask (``distributed.comm.tls``). What is kept on
disk holds no pickle.
"""

from matching.cluster.client import connected
from matching.cluster.fit import fit_shards
from matching.cluster.matcher import ShardedMatcher

__all__ = ["ShardedMatcher", "connected", "fit_shards"]
