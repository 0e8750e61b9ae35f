"""Who may come in: the actor as a dependency, and guards by role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from litestar.connection import Request
from litestar.di import Provide

from backend.accounts.schemas import Actor, Role
from backend.kit.errors import NotFound, NotSignedIn

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler
    from litestar.types import Guard


def provide_visitor(request: Request[Any, Any, Any]) -> Actor | None:
    """Dependency `visitor`: who is signed in, if anyone."""
    return cast("Actor | None", request.scope.get("user"))


def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Dependency `actor`: who is signed in. Raises NotSignedIn."""
    actor = provide_visitor(request)
    if actor is None:
        raise NotSignedIn
    return actor


def requires(*roles: Role) -> Guard:
    """A guard: the actor needs one of the roles; without any named, being signed in is enough.

    Raises NotSignedIn for strangers, NotFound for the wrong role: one learns nothing about what is there.
    """

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        actor = cast("Actor | None", connection.scope.get("user"))
        if actor is None:
            raise NotSignedIn
        if roles and not actor.has(*roles):
            raise NotFound

    return guard


DEPENDENCIES = {
    "actor": Provide(provide_actor, sync_to_thread=False),
    "visitor": Provide(provide_visitor, sync_to_thread=False),
}
