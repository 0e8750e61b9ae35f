"""Exact top-k over many profiles in a folder: built once, changed at any time, read by many processes.

The folder holds ``CURRENT`` (the name of the generation in use), the generation itself, a log of the changes
since and two lock files. Nothing is ever changed in place: a reader sees the old or the new.
"""

import logging
import re
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from numpy.typing import ArrayLike
from scipy import sparse

from matching import sealed
from matching.errors import BadArtefact, UnknownOffer
from matching.index import generation, log
from matching.index.delta import Delta
from matching.index.lock import held
from matching.index.log import Change, Put, Remove
from matching.index.snapshot import IndexHit, Snapshot
from matching.index.vectors import Indices, vector
from matching.text import Text

PATIENCE = 5.0
_NAME = re.compile(r"generation-(\d{6})")
_LOGGER = logging.getLogger(__name__)
_CHANGED = Text("một tiến trình khác đang ghi", "another process is writing")
_MERGED = Text("đang được gộp", "it is being merged")


class TopIndex:
    """An open index. Searching never waits; changes wait for one another, across threads and processes.

    A change is on disk when the call returns, and seen by the next search of this object; other objects and
    processes see it after ``refresh``, which costs microseconds when nothing has changed.
    """

    def __init__(self, folder: Path, *, anew: bool = False) -> None:
        self.folder = folder
        self._changing = threading.RLock()
        self._name = ""
        self._anew = anew
        self.refresh()

    @classmethod
    def build(cls, ids: Sequence[str], matrix: sparse.csr_array, folder: Path) -> Self:
        """Write a new index, whole or not at all, and open it.

        Parameters
        ----------
        ids : of the profiles, in any order, each once
        matrix : (ids, columns) weights, 0 or in [1e-12, 1e12], kept in single precision; at most 2^31 - 1
        folder : where nothing is yet

        Raises
        ------
        BadVector : for a weight
        FileExistsError : when the folder is there
        ValueError : when ids repeat or are not as many as rows
        """
        with sealed.whole(folder) as draft:
            _install(draft, 1, ids, matrix)
            _point(draft, 1)
        return cls(folder)

    @classmethod
    def open(cls, folder: Path, *, anew: bool = False) -> Self:
        """Open what ``build`` wrote, in milliseconds: files are read when first needed.

        ``anew`` compares every byte with its digest, also of files that look untouched. Raises BadArtefact
        when something is missing, damaged or foreign.
        """
        return cls(folder, anew=anew)

    @property
    def snapshot(self) -> Snapshot:
        """The index as it is now; it stays so."""
        return self._snapshot

    @property
    def pending(self) -> int:
        """Changes since the last merge. They cost time in each search; merge when they are a few thousand."""
        delta = self._snapshot.delta
        return len(delta.starts) - 1 + len(delta.dead_below)

    def __len__(self) -> int:
        return len(self._snapshot)

    def search(self, indices: Indices, values: ArrayLike, k: int = 20) -> list[IndexHit]:
        """See `Snapshot.search`."""
        return self._snapshot.search(indices, values, k)

    def search_many(self, needs: sparse.csr_array, k: int = 20, workers: int = 1) -> list[list[IndexHit]]:
        """See `Snapshot.search_many`."""
        return self._snapshot.search_many(needs, k, workers)

    def put(self, name: str, indices: Indices, values: ArrayLike) -> None:
        """Add a profile or replace the one of this id. Raises BadVector, IndexBusy."""
        self.put_many([(name, indices, values)])

    def put_many(self, profiles: Sequence[tuple[str, Indices, ArrayLike]]) -> None:
        """Put several at once: seen all or none, and quicker than one by one. Raises BadVector, IndexBusy."""
        width = self._snapshot.generation.width
        self._change([Put.of(name, *vector(indices, values, width)) for name, indices, values in profiles])

    def remove(self, name: str) -> None:
        """Raises UnknownOffer, IndexBusy."""
        self._change([Remove(name)])

    def refresh(self) -> bool:
        """Take over what other processes changed. True if there was anything. Raises BadArtefact."""
        with self._changing:
            name = _current(self.folder)
            while True:
                try:
                    return self._read_on() if name == self._name else self._open(name)
                except BadArtefact:
                    # it may have been merged away while we looked
                    newer = _current(self.folder)
                    if newer == name:
                        raise
                    name = newer

    def merge(self) -> None:
        """Write a new generation with all changes in it and use it. Reading and changing go on meanwhile.

        Raises IndexBusy when another process merges.
        """
        with held(self.folder / "merge.lock", 0, _MERGED):
            self.refresh()
            with self._changing:
                snapshot, merged_to, number = self._snapshot, self._end, _number(self._name)
            _sweep(self.folder, number)
            _install(self.folder, number + 1, *snapshot.merged())
            with self._changing, held(self.folder / "write.lock", PATIENCE, _CHANGED):
                self._read_on()
                since = _log(self.folder, number).read_bytes()[merged_to : self._end]
                log.create(_log(self.folder, number + 1), since)
                _point(self.folder, number + 1)
            self.refresh()
            _sweep(self.folder, number + 1)

    def _change(self, changes: Sequence[Change]) -> None:
        with self._changing, held(self.folder / "write.lock", PATIENCE, _CHANGED):
            self.refresh()
            for change in changes:
                if isinstance(change, Remove) and change.id not in self._delta:
                    raise UnknownOffer(change.id)
            if self._torn:
                _LOGGER.warning("%s: dropped the end of the log: %s", self.folder, self._torn)
            log.append(_log(self.folder, _number(self._name)), self._end, changes)
            self._read_on()

    def _open(self, name: str) -> bool:
        opened = generation.read(self.folder / name, anew=self._anew)
        self._delta, self._end = Delta(opened), 0
        self._name = name
        self._read_on()
        return True

    def _read_on(self) -> bool:
        """Take the records that were added to the log since."""
        added = log.read(_log(self.folder, _number(self._name)), self._end)
        for change in added.changes:
            self._delta.take(change)
        self._end, self._torn = added.end, added.torn
        self._snapshot = Snapshot(self._delta.generation, self._delta.view())
        return bool(added.changes)


def _folder(index: Path, number: int) -> Path:
    return index / f"generation-{number:06}"


def _log(index: Path, number: int) -> Path:
    return index / f"generation-{number:06}.changes"


def _number(name: str) -> int:
    return int(name.removeprefix("generation-"))


def _current(index: Path) -> str:
    try:
        name = (index / "CURRENT").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadArtefact(f"no readable CURRENT: {error}") from None
    if not _NAME.fullmatch(name):
        raise BadArtefact("CURRENT names no generation")
    return name


def _install(index: Path, number: int, ids: Sequence[str], matrix: sparse.csr_array) -> None:
    generation.write(ids, matrix, _folder(index, number))
    log.create(_log(index, number))


def _point(index: Path, number: int) -> None:
    """From here on this generation is the one in use."""
    draft = index / ".CURRENT"
    draft.write_text(_folder(index, number).name + "\n", "ascii")
    sealed.sync(draft)
    draft.rename(index / "CURRENT")
    sealed.sync(index)


def _sweep(index: Path, number: int) -> None:
    """Remove every other generation and what a merge that was killed left. Whoever has one open keeps it."""
    ours = {_folder(index, number), _log(index, number)}
    for path in index.iterdir():
        if path.name.lstrip(".").startswith("generation-") and path not in ours:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
