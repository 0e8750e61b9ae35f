"""The routes of an application, one by one, for tests that walk them all."""

from __future__ import annotations

import re
from typing import NamedTuple
from uuid import UUID

from litestar import Litestar
from litestar.routes import HTTPRoute

NOT_OURS = ("/static", "/api/openapi.json")
"""Handlers of the framework without anything to protect."""


class Route(NamedTuple):
    """A method and a path with its parameters in braces, `POST /organisations/{organisation}/members`."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def url(self, some_id: UUID) -> str:
        """The path with this id in every place."""
        return re.sub(r"\{[^}]+\}", str(some_id), self.path)


def routes_of(app: Litestar) -> list[Route]:
    """Every handler of ours; OPTIONS and HEAD are the framework's."""
    return sorted(
        Route(str(method), route.path_format)
        for route in app.routes
        if isinstance(route, HTTPRoute) and not route.path.startswith(NOT_OURS)
        for method in route.methods - {"OPTIONS", "HEAD"}
        if route.path not in {"/api", "/api/{path:str}"}
    )
