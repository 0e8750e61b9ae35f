"""All names of all skills as one tree of words, walked from every place of a text at once."""

from collections.abc import Iterator

import numpy as np

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
_ROOT = 0


class NameTree:
    """``add`` names, ``finish``, then ``find`` them. Words are places in a vocabulary.

    A node ends names in four ways: written with marks and in capitals, with marks and not all in capitals,
    and the same two without marks.
    """

    def __init__(self) -> None:
        self._children: list[dict[int, int]] = [{}]
        self._ends: list[tuple[set[str], ...]] = [_no_ends()]

    def add(self, words: list[int], key: str, folded: bool, acronym: bool) -> None:
        """``folded``: the words are those without marks; ``acronym``: found only in capitals."""
        node = _ROOT
        for word in words:
            if word not in self._children[node]:
                self._children[node][word] = len(self._children)
                self._children.append({})
                self._ends.append(_no_ends())
            node = self._children[node][word]
        self._ends[node][2 * folded].add(key)
        if not acronym:
            self._ends[node][2 * folded + 1].add(key)

    def finish(self, words: int) -> None:
        """Write the tree out as arrays; ``words`` is the size of the vocabulary."""
        self._words = words
        edges = sorted(
            (node * words + word, child)
            for node, children in enumerate(self._children)
            for word, child in children.items()
        )
        self._edges = np.array([edge for edge, _ in edges] + [np.iinfo(np.int64).max], np.int64)
        self._targets = np.array([target for _, target in edges] + [_ROOT], np.int64)
        self._first = np.full(words + 1, _ROOT, np.int64)  # the last place is that of strangers, -1
        self._first[list(self._children[_ROOT])] = list(self._children[_ROOT].values())
        self._keys = [tuple(tuple(sorted(keys)) for keys in ends) for ends in self._ends]
        self._has = np.array([[bool(keys) for keys in ends] for ends in self._keys], bool)

    def find(self, known: Ints, capitals: Flags) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """(first word, number of words, keys) of the longest name at every place where one begins, in order.

        ``known`` and ``capitals`` are (words,): the places in the vocabulary, -1 for none, and who is in
        capitals. A name with marks goes before a longer one without.
        """
        node, size = self._longest(known, capitals)
        starts = np.flatnonzero((node > _ROOT).any(axis=0))
        folded = (node[0, starts] == _ROOT).astype(np.intp)
        ways = 2 * folded + ~capitals[starts]
        for start, end, way, length in zip(
            starts.tolist(),
            node[folded, starts].tolist(),
            ways.tolist(),
            size[folded, starts].tolist(),
            strict=True,
        ):
            yield start, length, self._keys[end][way]

    def _longest(self, known: Ints, capitals: Flags) -> tuple[Ints, Ints]:
        """(2, words) the node and the number of words of the longest name with and without marks."""
        node, size = np.zeros((2, 2, len(known)), np.int64)
        here = self._first[known]
        at = np.flatnonzero(here)
        here = here[at]
        length = 1
        while at.size:
            for folded in (0, 1):
                ends = self._has[here, 2 * folded + ~capitals[at]]
                node[folded, at[ends]], size[folded, at[ends]] = here[ends], length
            follows = at + length < len(known)
            at, here = at[follows], here[follows]
            word = known[at + length]
            edge = here * self._words + word
            place = np.searchsorted(self._edges, edge)
            goes_on = (word >= 0) & (self._edges[place] == edge)
            at, here = at[goes_on], self._targets[place[goes_on]]
            length += 1
        return node, size


def _no_ends() -> tuple[set[str], ...]:
    return set(), set(), set(), set()
