"""How the weight of a needed skill spreads to its neighbours when a need is ranked."""

import networkx as nx
import numpy as np
from scipy import sparse

RESTART = 0.3
LONGEST = 3
MOST_ENTRIES = 32
WEIGHTS = {"related": 1.0, "narrower": 0.7, "broader": 0.3, "used_in": 0.3, "uses": 0.3}


def diffusion_matrix(network: nx.MultiDiGraph, index: dict[str, int]) -> sparse.csr_array:
    """S = (1 - a) · Σ aˢ Wˢ for s = 0..3, W the row-stochastic weights of the edges, a = 0.3.

    Truncated personalised PageRank (Page et al. 1999; Gasteiger et al. 2019). Strong diffusion harms the
    ranking of long texts, so a is small and only the need is diffused.

    Returns (n, n) float32 with at most 32 entries a row, the greatest ones; rows sum to at most 1.
    """
    size = len(index)
    rows = [index[a] for a, _, _ in network.edges(keys=True)]
    columns = [index[b] for _, b, _ in network.edges(keys=True)]
    values = [WEIGHTS[edge] for _, _, edge in network.edges(keys=True)]
    weights = sparse.csr_array((values, (rows, columns)), shape=(size, size), dtype=np.float64)
    sums: np.ndarray[tuple[int], np.dtype[np.float64]] = np.asarray(weights.sum(axis=1)).ravel()
    step = sparse.diags_array(1 / np.where(sums > 0, sums, 1)) @ weights
    power = sparse.eye_array(size, format="csr")
    total = power.copy()
    for _ in range(LONGEST):
        power = RESTART * (power @ step)
        total = total + power
    return keep_greatest(sparse.csr_array((1 - RESTART) * total), MOST_ENTRIES).astype(np.float32)


def keep_greatest(matrix: sparse.csr_array, most: int) -> sparse.csr_array:
    """Each row reduced to its ``most`` greatest entries (ties: the lower column)."""
    matrix.sort_indices()
    keep = np.zeros(matrix.nnz, bool)
    for start, end in zip(matrix.indptr, matrix.indptr[1:], strict=False):
        order = np.argsort(-matrix.data[start:end], kind="stable")[:most]
        keep[start + order] = True
    counts = np.add.reduceat(np.r_[keep, False], matrix.indptr[:-1]) * (np.diff(matrix.indptr) > 0)
    indptr = np.r_[0, np.cumsum(counts)]
    return sparse.csr_array((matrix.data[keep], matrix.indices[keep], indptr), shape=matrix.shape)
