"""The API of accounts: a token for a password, and who the caller is."""

from __future__ import annotations

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from backend.accounts import domain
from backend.accounts.guards import requires
from backend.accounts.schemas import Actor, Credentials, Me, Token
from backend.kit.clock import now
from backend.kit.pages import AnyRequest
from backend.kit.security import client_address
from backend.kit.sessions import ABSOLUTE


class SessionApi(Controller):
    """`/api/v1/session`"""

    path = "/api/v1/session"
    tags = ("Account",)

    @post(security=[{}])
    async def open_session(self, request: AnyRequest, data: JSONBody[Credentials]) -> Token:
        """Get a token: send it as `Authorization: Bearer <token>`."""
        token = await domain.sign_in(data.email, data.password, address=client_address(request))
        return Token(token=token, expires_at=now() + ABSOLUTE)

    @delete(guards=[requires()])
    async def end_session(self, request: AnyRequest, actor: NamedDependency[Actor]) -> None:
        """End the session of this token."""
        await domain.sign_out(actor, request.auth)


class MeApi(Controller):
    """`/api/v1/me`"""

    path = "/api/v1/me"
    tags = ("Account",)
    guards = (requires(),)

    @get()
    async def get_me(self, actor: NamedDependency[Actor]) -> Me:
        """The account of the caller: roles and organisations."""
        return Me(
            id=actor.id,
            name=actor.name,
            email=actor.email,
            roles=sorted(actor.roles),
            organisations=sorted(actor.organisations),
            lang=actor.lang,
        )
