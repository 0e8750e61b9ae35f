"""Only our own pages may change anything: where the request comes from, and a token bound to the session.

The token is a keyed digest of the session's digest; a stranger's is one of a random cookie `visit`, made
when the first form is shown. A Bearer request carries no ambient authority and is exempt; so is an API
request without any cookie of ours.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from backend.kit.errors import BenThuError
from backend.kit.security import keep_private, mac, put_cookie
from backend.kit.sessions import Presented
from backend.kit.text import Text
from backend.settings import settings

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection, Request
    from litestar.handlers import BaseRouteHandler

FIELD = "csrf"
HEADER = "x-csrf-token"
COOKIE = "visit"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_NEW = "kit_visit"


class ForeignForm(BenThuError):
    """The request was not sent from a page of ours."""

    code = "foreign_form"
    status = 403
    text = Text(
        vi="Yêu cầu này không được gửi từ trang của chúng tôi. Hãy mở trang trong hệ thống và gửi lại từ đó.",
        en="This request was not sent from a page of ours. Open the page here and send it again from there.",
    )


class FormTooOld(BenThuError):
    """The token is missing or belongs to another session."""

    code = "form_too_old"
    status = 403
    text = Text(
        vi="Biểu mẫu đã mở quá lâu hoặc phiên đăng nhập đã đổi. Hãy quay lại, tải lại trang rồi gửi lần nữa.",
        en="The form was open too long, or you signed in anew. Go back, reload the page and send it again.",
    )


def csrf_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The token of this visitor; makes the cookie of a stranger when it is missing."""
    keep_private(connection.scope)
    if proof := _proof(connection):
        return mac("csrf", proof)
    visit = secrets.token_urlsafe(32)
    connection.scope["state"][_NEW] = visit
    put_cookie(connection.scope, COOKIE, visit)
    return mac("csrf", visit)


async def csrf_guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard of the whole application.

    Raises:
        ForeignForm: the browser says the request comes from elsewhere.
        FormTooOld: no token, or not the one of this visitor.
    """
    request = cast("Request[Any, Any, Any]", connection)
    if request.method in SAFE_METHODS or _has_no_ambient_authority(request):
        return
    if not _is_same_origin(request):
        raise ForeignForm
    sent = request.headers.get(HEADER) or (await request.form()).get(FIELD)
    proof = _proof(request)
    if not (
        isinstance(sent, str) and proof and hmac.compare_digest(sent.encode(), mac("csrf", proof).encode())
    ):
        raise FormTooOld


def _proof(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    auth = cast("Presented | None", connection.scope.get("auth"))
    if auth and auth.is_live:
        return auth.digest
    return cast("str | None", connection.scope["state"].get(_NEW)) or connection.cookies.get(COOKIE)


def _has_no_ambient_authority(request: Request[Any, Any, Any]) -> bool:
    auth = cast("Presented | None", request.scope.get("auth"))
    return auth.is_bearer if auth else request.url.path.startswith("/api/")


def _is_same_origin(request: Request[Any, Any, Any]) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is None:
        return True
    ours = urlsplit(settings().public_url)
    sent = urlsplit(origin)
    return sent.netloc in {ours.netloc, request.headers.get("host")} and sent.netloc != ""
