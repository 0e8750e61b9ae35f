"""The log: JSON lines that say what happened without saying to whom.

An access line holds method, route template, status, time and request id; never a body, a cookie, a token, a
query value or an address. A fault holds the types and places of the exception chain but no message: the
texts of the database driver contain the failing row.
"""

from __future__ import annotations

import re
import time
import traceback
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import structlog
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

_ID = "kit_request_id"
_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")
_FRAMES = 12


def configure_logging() -> None:
    """Write every event as one JSON line to standard output."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        cache_logger_on_first_use=False,
    )


def log() -> structlog.typing.FilteringBoundLogger:
    """The logger; give it events and keys, no personal data."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger())


def request_id(scope: Scope) -> str:
    """The id of this request: the client's when it is well-formed, else a new one."""
    state = scope["state"]
    if _ID not in state:
        given = Headers.from_scope(scope).get("x-request-id", "")
        state[_ID] = given if _WELL_FORMED.fullmatch(given) else uuid4().hex
    return cast("str", state[_ID])


def observed(app: ASGIApp) -> ASGIApp:
    """Wrap the whole application: answer with `X-Request-ID` and write one access line per request."""

    async def observe(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        method = scope["method"]
        started = time.perf_counter()
        status = 500

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableScopeHeaders.from_message(message)["X-Request-ID"] = request_id(scope)
            await send(message)

        try:
            await app(scope, receive, send_observed)
        finally:
            log().info(
                "request",
                method=method,
                route=scope.get("path_template") or "unknown",
                status=status,
                ms=round((time.perf_counter() - started) * 1000, 1),
                request_id=request_id(scope),
            )

    return observe


def log_fault(error: BaseException, **keys: Any) -> None:
    """Write a fault of ours: types, SQLSTATE and constraint, and the last frames; no message."""
    log().error("fault", **keys, chain=[_described(link) for link in _chain(error)])


def _chain(error: BaseException | None) -> list[BaseException]:
    links: list[BaseException] = []
    while error is not None and error not in links:
        links.append(error)
        error = error.__cause__ or error.__context__
    return links


def _described(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    described: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    for key in ("sqlstate", "constraint_name", "table_name"):
        if value := getattr(error, key, None):
            described[key] = str(value)
    return described
