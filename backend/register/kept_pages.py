"""Public pages kept ready: rendered once for all strangers, until what they show has changed.

A page may be kept when it depends on nothing but its address, the language, the day and the register: nobody
is signed in, no notice waits, no cookie is set. Browsers and proxies may keep it for half a minute and then
ask whether it still is the same (`ETag`, 304).
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from litestar.response import Response, Template

from backend.kit.clock import today
from backend.kit.pages import NOTICE_COOKIE, AnyRequest, language_of

MOST = 200
HEADERS = {"Cache-Control": "public, max-age=30", "Vary": "Cookie, Authorization"}
HTML = "text/html"

Build = Callable[[], Awaitable[Template]]


class Kept(NamedTuple):
    """A rendered page and the tag of its bytes."""

    etag: str
    body: bytes


_kept: OrderedDict[tuple[str, ...], Kept] = OrderedDict()


async def public_page(request: AnyRequest, version: str, build: Build) -> Response[Any]:
    """The page `build` makes, or the one kept since `version` last changed; 304 when the reader has it."""
    if request.user is not None or NOTICE_COOKIE in request.cookies or "lang" in request.query_params:
        return await build()
    key = (str(request.url), language_of(request), today().isoformat(), version)
    kept = _kept.get(key) or _keep(key, _render(request, await build()))
    _kept.move_to_end(key)
    headers = {"ETag": kept.etag, **HEADERS}
    if kept.etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=HTML)
    return Response(kept.body, headers=headers, media_type=HTML)


def _keep(key: tuple[str, ...], body: bytes) -> Kept:
    kept = Kept(f'"{hashlib.sha256(body).hexdigest()[:32]}"', body)
    _kept[key] = kept
    while len(_kept) > MOST:
        _kept.popitem(last=False)
    return kept


def _render(request: AnyRequest, template: Template) -> bytes:
    return bytes(template.to_asgi_response(None, request).body)
