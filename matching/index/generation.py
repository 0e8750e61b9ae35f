"""What an index was built or last merged with: never changed, mapped into memory."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching import sealed
from matching.errors import BadArtefact
from matching.index.ids import IdTable
from matching.index.vectors import Columns, Doubles, Floats, Rows, rows_of

FORMAT = "benthu-index-1"
_TYPES = {
    "ids.text": np.uint8,
    "ids.starts": np.int64,
    "profiles.values": np.float32,
    "profiles.columns": np.int32,
    "profiles.starts": np.int64,
    "postings.values": np.float32,
    "postings.rows": np.int32,
    "postings.starts": np.int64,
}


class Generation:
    """Profiles in the order of their ids, by row (CSR) and by column (CSC, the postings).

    Attributes
    ----------
    ids : the id of each row
    width : number of columns
    profiles : (rows, width) float32
    postings : (width, rows) float32, the transpose
    """

    def __init__(
        self, ids: IdTable, width: int, profiles: sparse.csr_array, postings: sparse.csr_array
    ) -> None:
        self.ids, self.width, self.profiles, self.postings = ids, width, profiles, postings

    def __len__(self) -> int:
        return len(self.ids)

    def scores(self, rows: Rows, columns: Columns, weights: Floats) -> Doubles:
        """The declared score of each row: Σ weight · value in float64, columns ascending.

        A product of two float32 is exact in float64 and scipy adds up a row from left to right, so the
        result is the same to the last bit on every machine.
        """
        dense = np.zeros(self.width)
        dense[columns] = weights
        return np.asarray(self.profiles[rows].astype(np.float64) @ dense)


def write(ids: Sequence[str], matrix: sparse.csr_array, folder: Path) -> None:
    """Write a new folder. Raises ValueError when ids repeat or are not as many as rows, BadVector for a
    weight and FileExistsError."""
    profiles = rows_of(matrix)
    if len(ids) != profiles.shape[0]:
        raise ValueError(f"{len(ids)} ids for {profiles.shape[0]} rows")
    if any(a >= b for a, b in pairwise(ids)):
        order = sorted(range(len(ids)), key=ids.__getitem__)
        ids = [ids[row] for row in order]
        if any(a == b for a, b in pairwise(ids)):
            raise ValueError("two profiles share an id")
        profiles = profiles[order]
    about = {"rows": len(ids), "width": profiles.shape[1], "entries": profiles.nnz}
    sealed.write(folder, FORMAT, about, lambda draft: _fill(draft, IdTable.of(ids), profiles))


def _fill(folder: Path, ids: IdTable, profiles: sparse.csr_array) -> None:
    _keep(folder, "ids.text", ids.text)
    _keep(folder, "ids.starts", ids.starts)
    _keep(folder, "profiles.values", profiles.data)
    _keep(folder, "profiles.columns", profiles.indices)
    _keep(folder, "profiles.starts", profiles.indptr)
    postings = profiles.tocsc()
    _keep(folder, "postings.values", postings.data)
    _keep(folder, "postings.rows", postings.indices)
    _keep(folder, "postings.starts", postings.indptr)


def _keep(folder: Path, name: str, array: NDArray[np.generic]) -> None:
    sealed.keep(folder, name, array.astype(_TYPES[name], copy=False))


def read(folder: Path, *, anew: bool = False) -> Generation:
    """Raises BadArtefact with the reason; ``anew`` compares all digests."""
    about = sealed.check(folder, FORMAT, anew=anew).about
    try:
        rows, width, entries = (int(about[name]) for name in ("rows", "width", "entries"))
        arrays = {name: sealed.mapped(folder, name) for name in _TYPES}
    except (KeyError, ValueError, OSError) as error:
        raise BadArtefact(f"its files do not hold what they must: {error}") from None
    sizes = {"profiles.starts": rows + 1, "postings.starts": width + 1, "ids.starts": rows + 1}
    for name, array in arrays.items():
        size = len(array) if name == "ids.text" else sizes.get(name, entries)
        if array.dtype != _TYPES[name] or array.shape != (size,):
            raise BadArtefact(f"{name} does not fit the sizes in its manifest")
    return Generation(
        IdTable(arrays["ids.text"], arrays["ids.starts"]),
        width,
        _matrix(arrays, ("profiles.values", "profiles.columns", "profiles.starts"), (rows, width)),
        _matrix(arrays, ("postings.values", "postings.rows", "postings.starts"), (width, rows)),
    )


def _matrix(
    arrays: dict[str, NDArray[Any]], names: tuple[str, ...], shape: tuple[int, int]
) -> sparse.csr_array:
    return sparse.csr_array(tuple(arrays[name] for name in names), shape=shape)
