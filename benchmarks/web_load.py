"""A small load generator: so many connections, kept alive, that ask for one page again and again."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

from msgspec import Struct

WARM_UP_SECONDS = 1.0


class Load(Struct, frozen=True, kw_only=True):
    """What one measurement found; times in milliseconds."""

    connections: int
    per_second: float
    median: float
    p95: float
    refused: int
    bytes: int


async def load(url: str, cookie: str, connections: int, seconds: float) -> Load:
    """Ask for `url` over so many connections for so long, after a short time to warm up."""
    await _run(url, cookie, connections, WARM_UP_SECONDS)
    start = time.perf_counter()
    times, refused, size = await _run(url, cookie, connections, seconds)
    passed = time.perf_counter() - start
    times.sort()
    return Load(
        connections=connections,
        per_second=len(times) / passed,
        median=1000 * times[len(times) // 2],
        p95=1000 * times[int(len(times) * 0.95)],
        refused=refused,
        bytes=size,
    )


async def _run(url: str, cookie: str, connections: int, seconds: float) -> tuple[list[float], int, int]:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", *([f"Cookie: {cookie}"] if cookie else [])]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    end = time.perf_counter() + seconds
    each = [_ask(parts.hostname or "", parts.port or 80, request, end) for _ in range(connections)]
    found = await asyncio.gather(*each)
    return (
        [one for times, _, _ in found for one in times],
        sum(refused for _, refused, _ in found),
        max(size for _, _, size in found),
    )


async def _ask(host: str, port: int, request: bytes, end: float) -> tuple[list[float], int, int]:
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 20)
    times: list[float] = []
    refused = size = 0
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        writer.write(request)
        status, size = await _answer(reader)
        times.append(time.perf_counter() - start)
        refused += status != 200
    writer.close()
    return times, refused, size


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Read one answer to its end; its status and the length of its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
    if b"content-length" in fields:
        length = int(fields[b"content-length"])
        await reader.readexactly(length)
        return status, length
    length = 0
    while size := int((await reader.readuntil(b"\r\n"))[:-2], 16):
        await reader.readexactly(size + 2)
        length += size
    await reader.readexactly(2)
    return status, length
