"""The items of all offers as columns: nothing is built before it is asked for."""

from collections.abc import Iterable, Sequence
from typing import overload

import numpy as np

from matching.reading import Item
from matching.skill_graph.names import Flags, Ints
from matching.strings import Strings


class Items(Sequence[Item]):
    """``owners``, ``kinds`` and ``years`` (items,): row of the offer, place of the kind in ``kind_names``,
    year or 0."""

    def __init__(
        self, ids: Strings, titles: Strings, owners: Ints, kinds: Ints, years: Ints, kind_names: Sequence[str]
    ) -> None:
        self.ids, self.titles = ids, titles
        self.owners, self.kinds, self.years, self.kind_names = owners, kinds, years, list(kind_names)

    @classmethod
    def of(cls, items: Iterable[Item]) -> "Items":
        items = list(items)
        names = sorted({item.kind for item in items})
        place = {name: i for i, name in enumerate(names)}
        return cls(
            Strings.of(item.id for item in items),
            Strings.of(item.title for item in items),
            np.array([item.offer for item in items], np.int64),
            np.array([place[item.kind] for item in items], np.int64),
            np.array([item.year or 0 for item in items], np.int64),
            names,
        )

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, at: int) -> Item: ...
    @overload
    def __getitem__(self, at: slice) -> list[Item]: ...
    def __getitem__(self, at: int | slice) -> Item | list[Item]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        kind, year = self.kind_names[self.kinds[at]], int(self.years[at])
        return Item(int(self.owners[at]), self.ids[at], kind, self.titles[at], year or None)

    def of_kind(self, kind: str) -> Flags:
        """(items,) which items are of this kind."""
        code = self.kind_names.index(kind) if kind in self.kind_names else -1
        return np.asarray(self.kinds == code)
