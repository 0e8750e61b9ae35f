"""A table of ids that stays on disk."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


class IdTable:
    """Ids in ascending order of their code points, which is the order of their UTF-8 bytes.

    ``text`` holds the bytes of all, ``starts`` (rows + 1,) where each begins.
    """

    def __init__(self, text: NDArray[np.uint8], starts: NDArray[np.int64]) -> None:
        self.text, self.starts = text, starts

    @classmethod
    def of(cls, ids: Sequence[str]) -> "IdTable":
        """The ids must be in ascending order."""
        encoded = [name.encode() for name in ids]
        starts = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(name) for name in encoded], out=starts[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), starts)

    def find(self, name: str) -> int | None:
        """The row of an id."""
        wanted = name.encode()
        row = bisect_left(range(len(self)), wanted, key=self._encoded)
        return row if row < len(self) and self._encoded(row) == wanted else None

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: int) -> str:
        return self._encoded(row).decode()

    def __iter__(self) -> Iterator[str]:
        text, starts = self.text.tobytes(), self.starts.tolist()
        return (text[a:b].decode() for a, b in pairwise(starts))

    def _encoded(self, row: int) -> bytes:
        return self.text[self.starts[row] : self.starts[row + 1]].tobytes()
