"""Looking for viruses: clamd by its INSTREAM command. Without one the screen says that nobody looked."""

from __future__ import annotations

import asyncio
import struct
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from backend.kit.errors import Unavailable
from backend.kit.text import Text

_CHUNK: Final = 64 * 1024
_PATIENCE: Final = 60.0  # seconds for one file


class Outcome(StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"


LABELS: Final = {
    Outcome.CLEAN: Text("Đã quét, không phát hiện mã độc", "Scanned, nothing harmful found"),
    Outcome.INFECTED: Text("Có mã độc, đã cách ly", "Harmful, put in quarantine"),
    Outcome.NOT_SCANNED: Text("Chưa quét mã độc", "Not scanned for viruses"),
}


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`signature` is the scanner's name of what it found, else empty."""

    outcome: Outcome
    signature: str = ""


class ScannerUnavailable(Unavailable):
    """The scanner did not answer. The file stays in quarantine: unknown is not clean."""

    code = "scanner_unavailable"
    text = Text(
        "Chưa quét được mã độc nên tệp chưa được nhận. Hãy thử lại sau ít phút.",
        "The file could not be scanned, so it was not taken. Try again in a few minutes.",
    )


class Scanner(Protocol):
    async def scan(self, data: bytes) -> Verdict:
        """Raises `ScannerUnavailable`."""
        ...


class NullScanner:
    """Nobody looked, and says so."""

    async def scan(self, data: bytes) -> Verdict:
        return Verdict(outcome=Outcome.NOT_SCANNED)


class ClamdScanner:
    """clamd at a Unix socket (`/run/clamav/clamd.ctl`) or `host:port`."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def scan(self, data: bytes) -> Verdict:
        try:
            async with asyncio.timeout(_PATIENCE):
                answer = await self._ask(data)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, UnicodeDecodeError) as failure:
            raise ScannerUnavailable from failure
        return _verdict(answer)

    async def _ask(self, data: bytes) -> str:
        reader, writer = await self._connect()
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(data), _CHUNK):
                chunk = data[start : start + _CHUNK]
                writer.write(struct.pack("!I", len(chunk)) + chunk)
                await writer.drain()
            writer.write(struct.pack("!I", 0))
            await writer.drain()
            return (await reader.readuntil(b"\0"))[:-1].decode()
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.startswith("/"):
            return await asyncio.open_unix_connection(self._address)
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host, int(port))


def _verdict(answer: str) -> Verdict:
    """Read `stream: OK` or `stream: Win.Test.EICAR FOUND`; anything else is no answer."""
    if answer == "stream: OK":
        return Verdict(outcome=Outcome.CLEAN)
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        signature = answer.removeprefix("stream: ").removesuffix(" FOUND")
        return Verdict(outcome=Outcome.INFECTED, signature=signature)
    raise ScannerUnavailable
