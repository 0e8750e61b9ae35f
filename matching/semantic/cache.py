"""Vectors kept on the disk, so that fitting again encodes only what is new."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from matching.semantic.encoder import Encoder, Progress, silent
from matching.vectorizers import Floats

_AT_ONCE = 1_024


class CachedEncoder:
    """An encoder that remembers: one file of arrays without pickle for each encoder and version.

    Vectors are kept in half precision (the cosine moves by less than 0.001) and written after every 1,024 new
    texts, so an interrupted run goes on where it was. A file that cannot be read is made anew.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self.name, self.version, self.size = encoder.name, encoder.version, encoder.size
        self.floor, self.reads_vietnamese = encoder.floor, encoder.reads_vietnamese
        self._file = folder / f"{encoder.name}-{encoder.version.replace('/', '-')}.npz"
        self._rows = self._read()

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> Floats:
        digests = [_digest(text) for text in texts]
        fresh = {
            digest: text for digest, text in zip(digests, texts, strict=True) if digest not in self._rows
        }
        # like lengths side by side, also across what is written at once
        todo = sorted(fresh.items(), key=lambda pair: (len(pair[1]), pair[0]))
        for start in range(0, len(todo), _AT_ONCE):
            part = todo[start : start + _AT_ONCE]
            rows = self._encoder.encode(
                [text for _, text in part], lambda done, _: progress(start + done, len(todo))
            )
            self._rows.update(zip([digest for digest, _ in part], rows.astype(np.float16), strict=True))
            self._write()
        if not texts:
            return np.zeros((0, self.size), np.float32)
        return np.stack([self._rows[digest] for digest in digests]).astype(np.float32)

    def _read(self) -> dict[bytes, "np.ndarray[tuple[int], np.dtype[np.float16]]"]:
        try:
            with np.load(self._file, allow_pickle=False) as kept:
                digests, vectors = kept["digests"], kept["vectors"]
        except (OSError, ValueError, KeyError, BadZipFile):
            return {}
        return {digest.tobytes(): row for digest, row in zip(digests, vectors, strict=True)}

    def _write(self) -> None:
        digests = np.frombuffer(b"".join(self._rows), np.uint8).reshape(len(self._rows), -1)
        handle, name = tempfile.mkstemp(dir=self._file.parent, prefix=f".{self._file.name}.")
        try:
            with os.fdopen(handle, "wb") as out:
                np.savez(out, digests=digests, vectors=np.stack(list(self._rows.values())))
            Path(name).replace(self._file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
