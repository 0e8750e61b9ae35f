"""Look-ups of strangers are counted: codes cannot be tried out, and checking files costs us work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from backend.kit.rate_limit import hit
from backend.kit.security import client_address

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

LOOK_UPS: Final = 30
PER_SECONDS: Final = 60


async def count_look_up(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Raises TooMany."""
    await hit(f"verify:{client_address(connection)}", LOOK_UPS, PER_SECONDS)
