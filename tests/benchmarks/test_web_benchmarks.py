"""The benchmarks of the web run on sixty cases, and on a page of ours."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from backend.kit import audit
from backend.kit.logs import log
from backend.ports.wiring import null_ports, using
from benchmarks import queue_speed, web, web_load
from benchmarks.web_client import only_faults
from benchmarks.web_data import shares


@asynccontextmanager
async def site(asked: list[bytes]) -> AsyncIterator[str]:
    """A server that answers `/ok` with 200, anything else in pieces with 503; `asked` gets every request."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                asked.append(head)
                if head.startswith(b"GET /ok"):
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
                else:
                    writer.write(b"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n")
                    writer.write(b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1") as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time to warm up, and each address is asked once."""
    monkeypatch.setattr(web_load, "WARM_UP_SECONDS", 0.0)
    monkeypatch.setattr(queue_speed, "TIMES", 1)


async def test_the_load_asks_over_every_connection_and_counts_what_is_refused() -> None:
    asked: list[bytes] = []
    async with site(asked) as url:
        well = await web_load.load(f"{url}/ok?q=a", "s=1", connections=3, seconds=0)
        host = url.removeprefix("http://").encode()
        assert asked == 6 * [b"GET /ok?q=a HTTP/1.1\r\nHost: " + host + b"\r\nCookie: s=1\r\n\r\n"]
        badly = await web_load.load(f"{url}/no", "", connections=2, seconds=0)
    assert (well.connections, well.refused, well.bytes) == (3, 0, 5)
    assert (badly.connections, badly.refused, badly.bytes) == (2, 2, 7)


def test_cases_are_shared_out_among_the_open_and_the_closed() -> None:
    assert {kind: copies + 1 for kind, copies in shares(200_000, 10_000).items()} == {
        "submitted": 3_000,
        "supplement": 1_000,
        "accepted": 4_000,
        "appraised": 2_000,
        "granted": 114_000,
        "refused": 76_000,
    }


def test_the_log_says_nothing_but_errors(capsys: pytest.CaptureFixture[str]) -> None:
    with only_faults():
        log().info("request")
        log().error("fault")
    log().info("afterwards")
    assert [line.split('"')[3] for line in capsys.readouterr().out.splitlines()] == ["fault", "afterwards"]


async def test_the_benchmarks_of_the_web(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", committed_db)
    session, targets = await web.prepare(60, 50)
    assert capsys.readouterr().out.startswith("60 applications, 50 of them open, 6 trials: filled in ")
    assert await audit.verify() is None

    await queue_speed.print_pages(session)
    _, _, *rows = capsys.readouterr().out.splitlines()
    found = {row[:42].strip(): row[43:58].split() for row in rows}
    assert list(found) == list(queue_speed.ADDRESSES)
    assert {status for status, _ in found.values()} == {"200"}
    assert [found[name][1] for name in ("first page", "search: a number", "search: nothing found")] == [
        "50",
        "1",
        "0",
    ]

    await web.print_queries(targets, session)
    _, _, *rows = capsys.readouterr().out.splitlines()
    assert [(row[:30].strip(), row[30:39].strip()) for row in rows] == [(one.name, "200") for one in targets]

    with using(null_ports()):
        await web.print_documents()
    _, _, *rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows] == ["receipt", "receipt", "decision", "decision"]


async def test_the_table_of_loads_and_of_memory(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(web, "CONNECTIONS", (1, 2))
    asked: list[bytes] = []
    async with site(asked) as url:
        await web.print_load([web.Target("page", "/ok", signed_in=True)], url, "id", 0)
    _, _, row = capsys.readouterr().out.splitlines()
    assert (row.split()[0], row.split()[-1], len(asked)) == ("page", "0", 6)
    web.print_memory(os.getpid())
    _, _, this_one, *_ = capsys.readouterr().out.splitlines()
    assert int(this_one.split()[-1]) > 0
