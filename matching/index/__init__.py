"""Exact top-k over a million profiles from a memory-mapped folder, with changes seen at once."""

from matching.index.errors import BadVector, IndexBusy
from matching.index.snapshot import IndexHit, Snapshot
from matching.index.top_index import TopIndex

__all__ = ["BadVector", "IndexBusy", "IndexHit", "Snapshot", "TopIndex"]
