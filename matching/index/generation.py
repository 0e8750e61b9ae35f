"""What an index was built or last merged with: never changed, mapped into memory."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching import sealed
from matching.errors import BadArtefact
from matching.index.reach import Postings
from matching.index.vectors import Columns, Doubles, Floats, Rows, rows_of
from matching.strings import Strings

FORMAT = "benthu-index-2"
MOST_ENTRIES = 2**31 - 1
_TYPES = {
    "ids.letters": np.uint8,
    "ids.ends": np.int64,
    "profiles.values": np.float32,
    "profiles.columns": np.int32,
    "profiles.starts": np.int32,
    "postings.values": np.float32,
    "postings.rows": np.int32,
    "postings.starts": np.int32,
    "postings.levels": np.uint16,
    "postings.steps": np.float32,
}


class Generation:
    """Profiles in the order of their ids, by row and by column.

    Attributes
    ----------
    ids : the id of each row, ascending by code point
    profiles : (rows, width) float32
    postings : the same by column
    """

    def __init__(self, ids: Strings, profiles: sparse.csr_array, postings: Postings) -> None:
        self.ids, self.profiles, self.postings = ids, profiles, postings

    @property
    def width(self) -> int:
        return int(self.profiles.shape[1])

    def __len__(self) -> int:
        return len(self.ids)

    def find(self, name: str) -> int | None:
        """The row of an id."""
        row = bisect_left(self.ids, name)
        return row if row < len(self) and self.ids[row] == name else None

    def scores(self, rows: Rows, columns: Columns, weights: Floats) -> Doubles:
        """The declared score of each row: Σ weight · value in float64, columns ascending.

        A product of two float32 is exact in float64 and ``bincount`` adds up from left to right, so the
        result is the same to the last bit on every machine.
        """
        starts = self.profiles.indptr
        lengths = starts[rows + 1] - starts[rows]
        places = np.repeat(starts[rows] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        dense = np.zeros(self.width)
        dense[columns] = weights
        products = dense[self.profiles.indices[places]] * self.profiles.data[places]
        owner = np.repeat(np.arange(len(rows)), lengths)
        return np.asarray(np.bincount(owner, products, len(rows)), np.float64)


def write(ids: Sequence[str], matrix: sparse.csr_array, folder: Path) -> None:
    """Write a new folder. Raises ValueError when ids repeat or are not as many as rows or there are more than
    2^31 - 1 weights, BadVector for a weight and FileExistsError."""
    if matrix.nnz > MOST_ENTRIES:
        raise ValueError(f"an index holds at most {MOST_ENTRIES} weights")
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
    sealed.write(folder, FORMAT, about, lambda draft: _fill(draft, Strings.of(ids), profiles))


def _fill(folder: Path, ids: Strings, profiles: sparse.csr_array) -> None:
    _keep(folder, "ids.letters", ids.letters)
    _keep(folder, "ids.ends", ids.ends)
    _keep(folder, "profiles.values", profiles.data)
    _keep(folder, "profiles.columns", profiles.indices)
    _keep(folder, "profiles.starts", profiles.indptr)
    postings = Postings.of(profiles)
    _keep(folder, "postings.values", postings.matrix.data)
    _keep(folder, "postings.rows", postings.matrix.indices)
    _keep(folder, "postings.starts", postings.matrix.indptr)
    _keep(folder, "postings.levels", postings.levels)
    _keep(folder, "postings.steps", postings.steps)


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
    sizes = {"profiles.starts": rows + 1, "postings.starts": width + 1, "ids.ends": rows}
    sizes["postings.steps"] = width
    for name, array in arrays.items():
        size = len(array) if name == "ids.letters" else sizes.get(name, entries)
        if array.dtype != _TYPES[name] or array.shape != (size,):
            raise BadArtefact(f"{name} does not fit the sizes in its manifest")
    profiles = (arrays["profiles.values"], arrays["profiles.columns"], arrays["profiles.starts"])
    postings = (arrays["postings.values"], arrays["postings.rows"], arrays["postings.starts"])
    return Generation(
        Strings(arrays["ids.letters"], arrays["ids.ends"]),
        sparse.csr_array(profiles, shape=(rows, width)),
        Postings(
            sparse.csr_array(postings, shape=(width, rows)),
            arrays["postings.levels"],
            arrays["postings.steps"],
        ),
    )
