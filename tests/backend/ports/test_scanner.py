"""The protocol of clamd, against a small server that speaks it, and against the real one where it runs."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from backend.ports.scanner import LABELS, ClamdScanner, NullScanner, Outcome, ScannerUnavailable, Verdict

# the agreed test file of all scanners, in two parts so that no scanner stops at this source
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
REAL = Path("/run/clamav/clamd.ctl")


@asynccontextmanager
async def clamd(answer: bytes, path: Path | None = None) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that reads INSTREAM as clamd does and gives one answer."""
    received: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack("!I", await reader.readexactly(4))[0]:
            data += await reader.readexactly(size)
        received.append(data)
        writer.write(answer)
        writer.close()

    if path is not None:
        server = await asyncio.start_unix_server(serve, path)
        address = str(path)
    else:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield address, received


async def test_a_clean_file_is_sent_whole_and_told_clean():
    data = bytes(range(256)) * 1000
    async with clamd(b"stream: OK\0") as (address, received):
        assert await ClamdScanner(address).scan(data) == Verdict(outcome=Outcome.CLEAN)
    assert received == [data]


async def test_what_was_found_is_named(tmp_path: Path):
    async with clamd(b"stream: Win.Test.EICAR_HDB-1 FOUND\0", tmp_path / "clamd.ctl") as (address, _):
        verdict = await ClamdScanner(address).scan(EICAR)
    assert verdict == Verdict(outcome=Outcome.INFECTED, signature="Win.Test.EICAR_HDB-1")


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK", b"", b"\xff\0"])
async def test_an_unclear_answer_is_never_clean(answer: bytes):
    async with clamd(answer) as (address, _):
        with pytest.raises(ScannerUnavailable):
            await ClamdScanner(address).scan(b"x")


async def test_no_scanner_where_one_is_wanted_is_an_error(tmp_path: Path):
    with pytest.raises(ScannerUnavailable):
        await ClamdScanner(str(tmp_path / "nobody.ctl")).scan(b"x")


async def test_without_a_scanner_the_verdict_says_that_nobody_looked():
    assert await NullScanner().scan(EICAR) == Verdict(outcome=Outcome.NOT_SCANNED)
    assert set(LABELS) == set(Outcome)


@pytest.mark.skipif(not REAL.exists(), reason="clamd does not run on this machine")
async def test_the_real_clamd_finds_the_test_file():
    assert (await ClamdScanner(str(REAL)).scan(EICAR)).outcome == Outcome.INFECTED
    assert (await ClamdScanner(str(REAL)).scan(b"harmless")).outcome == Outcome.CLEAN
