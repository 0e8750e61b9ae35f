"""Folders that are whole or not there: a manifest holds format, sizes and the SHA-256 of every file.

Digests are compared when a folder is first opened. Size, inode and times of the files are noted then, and
the next opening only compares these: it takes no longer for a gigabyte than for a kilobyte. A file touched
since is read again; a folder that was copied is read once more.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from matching.errors import BadArtefact

MANIFEST, NOTE = "manifest.json", "checked.json"


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``about``: what the files hold, such as sizes; ``files``: digests of all other files."""

    format: str
    about: dict[str, str | int]
    files: dict[str, str]


class Note(msgspec.Struct, frozen=True):
    """``manifest``: its digest; ``files``: size, inode, mtime and ctime (ns) of each file when its content
    was last compared."""

    manifest: str
    files: dict[str, tuple[int, int, int, int]]


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """A draft that becomes the folder, on disk, when nothing fails, and else disappears. Raises
    FileExistsError."""
    if folder.exists():
        raise FileExistsError(folder)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        yield draft
        draft.chmod(0o755)
        draft.rename(folder)
        sync(folder.parent)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def write(folder: Path, kind: str, about: Mapping[str, str | int], fill: Callable[[Path], None]) -> None:
    """Let ``fill`` write files into a new folder, on disk whole or not at all. Raises FileExistsError."""
    with whole(folder) as draft:
        fill(draft)
        files = sorted(draft.iterdir())
        manifest = Manifest(kind, dict(about), {file.name: _digest(file) for file in files})
        (draft / MANIFEST).write_bytes(msgspec.json.encode(manifest))
        _take_note(draft, manifest)
        for file in draft.iterdir():
            sync(file)


def check(folder: Path, kind: str, *, anew: bool = False) -> Manifest:
    """The manifest of a folder whose files are what was written; ``anew`` reads them all again.

    Raises BadArtefact with the reason.
    """
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadArtefact(f"no readable manifest: {error}") from None
    if manifest.format != kind:
        raise BadArtefact(f"its format is {manifest.format}, not {kind}")
    for name in manifest.files:
        if Path(name).name != name or not (folder / name).is_file():
            raise BadArtefact(f"{name} is missing or damaged")
    try:
        if anew or _noted(folder) != _note(folder, manifest):
            _compare(folder, manifest)
            _take_note(folder, manifest)
    except OSError as error:
        raise BadArtefact(f"it cannot be read: {error}") from None
    return manifest


def _compare(folder: Path, manifest: Manifest) -> None:
    for name, digest in manifest.files.items():
        if _digest(folder / name) != digest:
            raise BadArtefact(f"{name} is missing or damaged")


def mapped(folder: Path, name: str) -> NDArray[Any]:
    """An array of a checked folder, mapped into memory and not to be written to."""
    array: NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return array


def keep(folder: Path, name: str, array: NDArray[np.generic]) -> None:
    np.save(folder / f"{name}.npy", array, allow_pickle=False)


def sync(path: Path) -> None:
    """Return when a file, or the names in a folder, would survive a loss of power."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _note(folder: Path, manifest: Manifest) -> Note:
    seen = {}
    for name in manifest.files:
        stat = (folder / name).stat()
        seen[name] = (stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns)
    return Note(_digest(folder / MANIFEST), seen)


def _noted(folder: Path) -> Note | None:
    try:
        return msgspec.json.decode((folder / NOTE).read_bytes(), type=Note)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _take_note(folder: Path, manifest: Manifest) -> None:
    """Nothing is noted in a folder that cannot be written to: it is read at every opening."""
    draft = folder / f".{NOTE}.{os.getpid()}"
    try:
        draft.write_bytes(msgspec.json.encode(_note(folder, manifest)))
        draft.rename(folder / NOTE)
    except OSError:
        draft.unlink(missing_ok=True)


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
