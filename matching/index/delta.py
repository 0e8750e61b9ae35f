"""Changes since the generation was written: kept in memory, searched with it, visible at once."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from matching.index.generation import Generation
from matching.index.log import Change, Put
from matching.index.vectors import Columns, Doubles, Floats, Rows

Kind = TypeVar("Kind", bound=np.generic)


class _Grown(Generic[Kind]):
    """An array that only grows: what was seen of it before stays as it was."""

    def __init__(self, kind: type[Kind]) -> None:
        self._space: NDArray[Kind] = np.empty(64, kind)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, values: ArrayLike) -> None:
        values = np.atleast_1d(values)
        end = self._size + len(values)
        if end > len(self._space):
            space = np.empty(2 * end, self._space.dtype)
            space[: self._size] = self._space[: self._size]
            self._space = space
        self._space[self._size : end] = values
        self._size = end

    def seen(self) -> NDArray[Kind]:
        return self._space[: self._size]


@dataclass(frozen=True)
class DeltaView:
    """The changes up to one moment.

    Attributes
    ----------
    ids : id of each row that was put, in the order of putting; may be longer than the view
    dead_below : rows of the generation that were replaced or removed
    dead : rows of this view that were replaced or removed later
    """

    ids: list[str]
    width: int
    values: Doubles
    columns: Columns
    starts: Columns
    dead_below: Rows
    dead: Rows

    def __len__(self) -> int:
        """Rows that are there."""
        return len(self.starts) - 1 - len(self.dead)

    def matrix(self) -> sparse.csr_array:
        """(rows put, width) float64."""
        return sparse.csr_array(
            (self.values, self.columns, self.starts), shape=(len(self.starts) - 1, self.width)
        )

    def best(self, columns: Columns, weights: Floats, k: int) -> list[tuple[str, float]]:
        """The ``k`` best and all that tie with the last, in no order."""
        if len(self.starts) == 1:
            return []
        dense = np.zeros(self.width)
        dense[columns] = weights
        scores = np.asarray(self.matrix() @ dense)
        scores[self.dead] = 0
        rows = np.flatnonzero(scores)
        if len(rows) > k:
            rows = rows[scores[rows] >= np.partition(scores[rows], len(rows) - k)[len(rows) - k]]
        return [(self.ids[row], float(scores[row])) for row in rows.tolist()]


class Delta:
    """Takes changes one after the other. For one thread at a time; views are for any."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self._row: dict[str, int | None] = {}
        self._ids: list[str] = []
        self._values, self._columns = _Grown(np.float64), _Grown(np.int32)
        self._starts, self._dead_below, self._dead = _Grown(np.int32), _Grown(np.intp), _Grown(np.intp)
        self._starts.add(0)

    def take(self, change: Change) -> None:
        """A removal of what is not there changes nothing."""
        if change.id in self._row:
            if (row := self._row[change.id]) is not None:
                self._dead.add(row)
        elif (below := self.generation.find(change.id)) is not None:
            self._dead_below.add(below)
        self._row[change.id] = None
        if isinstance(change, Put):
            columns, values = change.vector(self.generation.width)
            self._row[change.id] = len(self._ids)
            self._ids.append(change.id)
            self._columns.add(columns)
            self._values.add(values)
            self._starts.add(len(self._columns))

    def __contains__(self, name: str) -> bool:
        """Whether there is a profile of this id, here or below."""
        if name in self._row:
            return self._row[name] is not None
        return self.generation.find(name) is not None

    def view(self) -> DeltaView:
        return DeltaView(
            self._ids,
            self.generation.width,
            self._values.seen(),
            self._columns.seen(),
            self._starts.seen(),
            self._dead_below.seen(),
            self._dead.seen(),
        )
