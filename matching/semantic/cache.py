"""Vectors kept on the disk, so that fitting again encodes only what is new."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from matching.corpus import Progress, silent
from matching.semantic.encoder import Encoder
from matching.vectorizers import Floats

_AT_ONCE = 256


class CachedEncoder:
    """An encoder that remembers: one file of arrays without pickle for each encoder and version.

    Vectors are kept in half precision (the cosine moves by less than 0.001) and written now and then, so an
    interrupted run goes on where it was; a single text is only remembered for the time being. A file that
    cannot be read is made anew.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self.name, self.version, self.size = encoder.name, encoder.version, encoder.size
        self.floor, self.reads_vietnamese = encoder.floor, encoder.reads_vietnamese
        self._file = folder / f"{encoder.name}-{encoder.version.replace('/', '-')}.npz"
        self._rows = self._read()

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> Floats:
        digests = [_digest(text) for text in texts]
        known = dict(zip(digests, texts, strict=True))
        fresh = [digest for digest in known if digest not in self._rows]
        done, total = 0, len(fresh)
        while done < total:
            # the more is kept the more is added before it is written again
            part = fresh[done : done + max(_AT_ONCE, len(self._rows) // 8)]
            rows = self._encoder.encode([known[digest] for digest in part])
            self._rows.update(zip(part, rows.astype(np.float16), strict=True))
            done += len(part)
            # needs come one by one: the file is not written again for each
            if total > 1:
                self._write()
            progress(done, total)
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
        self._file.parent.mkdir(parents=True, exist_ok=True)
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
