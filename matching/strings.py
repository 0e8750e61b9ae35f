"""Many short strings as two arrays: mapped from a file in no time, read one by one."""

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
Ends = np.ndarray[tuple[int], np.dtype[np.int64]]


class Strings(Sequence[str]):
    """``letters`` holds all strings in UTF-8 one after the other, string ``i`` stops before ``ends[i]``."""

    def __init__(self, letters: Bytes, ends: Ends) -> None:
        self.letters, self.ends = letters, ends

    @classmethod
    def of(cls, strings: Iterable[str]) -> "Strings":
        encoded = [string.encode() for string in strings]
        letters = np.frombuffer(b"".join(encoded), np.uint8)
        return cls(letters, np.cumsum([len(one) for one in encoded], dtype=np.int64))

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        at %= len(self)
        start = self.ends.item(at - 1) if at else 0
        return self.letters[start : self.ends.item(at)].tobytes().decode()

    def pick(self, rows: Sequence[int]) -> list[str]:
        """Several at once, quicker than one by one; ``rows`` count from 0."""
        letters, ends = self.letters, self.ends.item
        return [letters[ends(at - 1) if at else 0 : ends(at)].tobytes().decode() for at in rows]

    def __iter__(self) -> Iterator[str]:
        everything, start = self.letters.tobytes(), 0
        for end in self.ends.tolist():
            yield everything[start:end].decode()
            start = end
