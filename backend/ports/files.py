"""The write-once store: what was put under a key stays as it was for ever."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final, Protocol

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, MemoryStore

from backend.kit.errors import BenThuError
from backend.kit.text import Text

CREATE_ONLY: Final = "create"


class FileMissing(BenThuError):
    """The row says there is a file and the store has none: somebody must restore it."""

    code = "file_missing"
    status = 503
    text = Text(
        "Tệp này tạm thời chưa lấy được. Hãy thử lại; nếu vẫn lỗi, báo cho quản trị viên.",
        "This file cannot be fetched now. Try again; if it persists, tell the administrator.",
    )


class AlreadyStored(BenThuError):
    """Other bytes are stored under this key already, and they stay."""

    code = "already_stored"
    status = 409
    text = Text(
        "Đã có một tệp khác được lưu ở đây và không được thay thế.",
        "Another file is stored here already and is never replaced.",
    )


def sha256(data: bytes) -> str:
    """The digest that is printed, stored and compared everywhere: 64 hexadecimal letters."""
    return hashlib.sha256(data).hexdigest()


def content_key(kind: str, data: bytes) -> str:
    """The key of bytes that are named by their content: `upload/ab/abcd…`."""
    digest = sha256(data)
    return f"{kind}/{digest[:2]}/{digest}"


class FileStore(Protocol):
    async def put_once(self, key: str, data: bytes) -> None:
        """Store; the same bytes again are fine. Raises `AlreadyStored` for other bytes."""
        ...

    async def get(self, key: str) -> bytes:
        """Raises `FileMissing`."""
        ...

    async def find(self, key: str) -> bytes | None: ...


class StoredFiles:
    """obstore over a local folder; an object store of the same contract can take its place."""

    def __init__(self, store: LocalStore | MemoryStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    async def put_once(self, key: str, data: bytes) -> None:
        try:
            await obstore.put_async(self._store, key, data, mode=CREATE_ONLY, use_multipart=False)
        except AlreadyExistsError:
            if await self.get(key) != data:
                raise AlreadyStored from None
        if self._folder is not None:
            _settle(self._folder / key)

    async def get(self, key: str) -> bytes:
        data = await self.find(key)
        if data is None:
            raise FileMissing
        return data

    async def find(self, key: str) -> bytes | None:
        try:
            return bytes(await (await obstore.get_async(self._store, key)).bytes_async())
        except FileNotFoundError:
            return None


def local_files(folder: Path) -> StoredFiles:
    """A store in `folder`, which is made on first use and readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return StoredFiles(LocalStore(folder), folder)


def null_files() -> StoredFiles:
    """A store that forgets everything when the process ends."""
    return StoredFiles(MemoryStore())


def _settle(path: Path) -> None:
    """Wait until file and folder are on the disk: a row that names a file may only be committed after it."""
    for target in (path, path.parent):
        handle = os.open(target, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
