"""What every response carries and what nobody may forge: headers, cookies, signed values, addresses.

No session in here: a cookie is queued on the ASGI scope and leaves with whatever response goes out, an
error page included.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from litestar.datastructures import Cookie, MutableScopeHeaders

from backend.settings import settings

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with it a browser sends `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_QUEUE = "kit_cookies"
_PRIVATE = "kit_private"


def is_https() -> bool:
    """Whether the public address is https; cookies are then `Secure` and HSTS is sent."""
    return urlsplit(settings().public_url).scheme == "https"


def put_cookie(scope: Scope, name: str, value: str, *, max_age: int | None = None) -> None:
    """Queue a cookie (HttpOnly, SameSite=Lax, path /) for the response; the last one of a name wins."""
    queue = cast("dict[str, Cookie]", scope["state"].setdefault(_QUEUE, {}))
    queue[name] = Cookie(
        key=name, value=value, max_age=max_age, path="/", httponly=True, secure=is_https(), samesite="lax"
    )


def drop_cookie(scope: Scope, name: str) -> None:
    """Queue the removal of a cookie."""
    put_cookie(scope, name, "", max_age=0)


def keep_private(scope: Scope) -> None:
    """Mark the response as meant for this visitor alone: no cache may keep it."""
    scope["state"][_PRIVATE] = True


def secure_responses(app: ASGIApp) -> ASGIApp:
    """Wrap the whole application: security headers, queued cookies and `no-store` for signed-in pages."""

    async def secured(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(MutableScopeHeaders.from_message(message), scope)
            await send(message)

        await app(scope, receive, send_secured)

    return secured


def _complete(headers: MutableScopeHeaders, scope: Scope) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if is_https():
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    queue = cast("dict[str, Cookie]", scope["state"].get(_QUEUE, {}))
    if queue or scope["state"].get(_PRIVATE) or scope.get("user") is not None:
        headers["Cache-Control"] = "no-store"
    for cookie in queue.values():
        headers.add("Set-Cookie", cookie.to_header(header=""))


def mac(purpose: str, value: str) -> str:
    """A keyed digest (HMAC-SHA-256, 64 hex digits) of a value; equal values of different purposes differ."""
    message = f"{purpose}\0{value}".encode()
    return hmac.new(settings().secret.encode(), message, hashlib.sha256).hexdigest()


def sign(purpose: str, value: str) -> str:
    """The value as cookie-safe text that `unsign` of the same purpose accepts; its holder can read it."""
    body = base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")
    return f"{body}.{mac(purpose, body)}"


def unsign(purpose: str, signed: str) -> str | None:
    """The value signed for this purpose, or None when it is not ours."""
    body, _, proof = signed.partition(".")
    if not hmac.compare_digest(proof.encode(), mac(purpose, body).encode()):
        return None
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()


def client_address(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The address of the client, for rate limits.

    `X-Forwarded-For` counts only behind a proxy we were told of, and then only its last entry: the one our
    own proxy wrote.
    """
    if settings().trust_proxy and (chain := connection.headers.get("x-forwarded-for")):
        return chain.rsplit(",", 1)[-1].strip()
    return connection.client.host if connection.client else "unknown"
