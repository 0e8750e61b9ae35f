"""Changes to an index as a file that only grows. A record holds changes that are made together; it has a
length and checksums, so that one torn by a crash is told from one that was damaged."""

import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Self

import msgspec
import numpy as np

from matching.errors import BadArtefact
from matching.index.vectors import Columns, Floats

MAGIC = b"benthu-changes-1\n"
_HEADER = struct.Struct("<III")  # length and checksum of the record, checksum of these two


class Put(msgspec.Struct, frozen=True, tag="put", array_like=True):
    """A profile that is new or replaces the one of its id; ``columns`` int32 and ``values`` float32, little
    endian."""

    id: str
    columns: bytes
    values: bytes

    @classmethod
    def of(cls, name: str, columns: Columns, values: Floats) -> Self:
        return cls(name, columns.astype("<i4").tobytes(), values.astype("<f4").tobytes())

    def vector(self, width: int) -> tuple[Columns, Floats]:
        """Raises BadArtefact for a record that was made for another index."""
        try:
            columns, values = np.frombuffer(self.columns, "<i4"), np.frombuffer(self.values, "<f4")
        except ValueError:
            columns, values = np.empty(0, "<i4"), np.ones(1, "<f4")
        if len(columns) != len(values) or (len(columns) and not 0 <= columns.min() <= columns.max() < width):
            raise BadArtefact(f"the change of {self.id} is not for an index of {width} columns")
        return columns, values


class Remove(msgspec.Struct, frozen=True, tag="remove", array_like=True):
    id: str


Change = Put | Remove
_DECODER: msgspec.msgpack.Decoder[list[Change]] = msgspec.msgpack.Decoder(list[Change])


class Read(NamedTuple):
    """``end``: where the whole records end; ``torn``: why what follows is no record, if anything follows."""

    changes: Sequence[Change]
    end: int
    torn: str | None


def create(file: Path, records: bytes = b"") -> None:
    """A new log, whole on disk. ``records`` are copied from another."""
    with file.open("wb") as sink:
        sink.write(MAGIC + records)
        sink.flush()
        os.fsync(sink.fileno())


def append(file: Path, at: int, changes: Sequence[Change]) -> None:
    """Write one record at ``at``, the end of the whole ones, and cut off whatever stood there. It is on disk
    when this returns; if writing fails it is not there at all."""
    record = _encoded(changes)
    with file.open("r+b", buffering=0) as sink:
        sink.truncate(at)
        sink.seek(at)
        try:
            written = 0
            while written < len(record):
                written += sink.write(record[written:])
            os.fsync(sink.fileno())
        except BaseException:
            sink.truncate(at)
            raise


def read(file: Path, at: int = 0) -> Read:
    """The whole records from ``at``. Raises BadArtefact when it is no log or a record within is damaged."""
    start = max(at, len(MAGIC))
    try:
        with file.open("rb") as source:
            magic = source.read(len(MAGIC))
            source.seek(start)
            content = source.read()
    except OSError as error:
        raise BadArtefact(f"{file.name} cannot be read: {error}") from None
    if magic != MAGIC:
        raise BadArtefact(f"{file.name} is no log of changes")
    changes: list[Change] = []
    place = 0
    while place < len(content):
        body = _body(content, place)
        if body is None:
            if torn := _torn(content[place:]):
                return Read(changes, start + place, torn)
            raise BadArtefact(f"{file.name}: the record at byte {start + place} is damaged")
        changes += _decoded(body, file, start + place)
        place += _HEADER.size + len(body)
    return Read(changes, start + place, None)


def _body(content: bytes, place: int) -> bytes | None:
    """The record at a place, if it is whole."""
    head = content[place : place + _HEADER.size]
    if len(head) < _HEADER.size:
        return None
    length, checksum, of_header = _HEADER.unpack(head)
    if zlib.crc32(head[:8]) != of_header:
        return None
    body = content[place + _HEADER.size : place + _HEADER.size + length]
    return body if len(body) == length and zlib.crc32(body) == checksum else None


def _torn(rest: bytes) -> str | None:
    """Why what is no record never got to the disk whole; None when it did and was damaged there."""
    if len(rest) < _HEADER.size:
        return f"{len(rest)} bytes, less than the head of a record"
    if not any(rest):
        return f"{len(rest)} bytes that were never written"
    length, _, of_header = _HEADER.unpack_from(rest)
    there = len(rest) - _HEADER.size
    if zlib.crc32(rest[:8]) != of_header or there > length:
        return None
    return (
        f"{there} of the {length} bytes of a record" if there < length else "a record with a wrong checksum"
    )


def _encoded(changes: Sequence[Change]) -> bytes:
    body = msgspec.msgpack.encode(changes)
    head = struct.pack("<II", len(body), zlib.crc32(body))
    return head + struct.pack("<I", zlib.crc32(head)) + body


def _decoded(body: bytes, file: Path, at: int) -> list[Change]:
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadArtefact(f"{file.name}: the record at byte {at} is foreign: {error}") from None
