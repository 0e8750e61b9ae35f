"""What a controller of pages needs: render, read a form, go elsewhere, leave a notice."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from urllib.parse import parse_qsl, urlencode

from litestar.connection import Request
from litestar.datastructures import UploadFile
from litestar.response import Redirect, Template
from msgspec import Struct

from backend.kit.csrf import FIELD, csrf_token
from backend.kit.logs import request_id
from backend.kit.security import drop_cookie, put_cookie, sign, unsign
from backend.kit.templates import speak
from backend.kit.text import Lang, Text
from backend.settings import settings

if TYPE_CHECKING:
    from litestar.datastructures import FormMultiDict

AnyRequest = Request[Any, Any, Any]
UPLOAD_LIMIT = 21 * 1024 * 1024
FORM_LIMIT = 1024 * 1024
PAGE_SIZE = 25
LANG_COOKIE = "lang"
NOTICE_COOKIE = "notice"
SECRET = "password"  # noqa: S105 - the beginning of a name
_YEAR = 365 * 24 * 3600
T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """One page of a list; `page` counts from 1, `total` is the number of items of all pages."""

    items: list[T]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))


class BenThuTemplate(Template):
    """A page with what every layout needs: actor, language, path, notice, request id."""

    def create_template_context(self, request: AnyRequest) -> dict[str, Any]:
        """Add the common variables; set the language and the CSRF token of `t()` and `csrf()`."""
        lang = language_of(request)
        speak(lang, lambda: csrf_token(request))
        if request.query_params.get("lang") == lang:
            put_cookie(request.scope, LANG_COOKIE, lang, max_age=_YEAR)
        return {
            "actor": request.scope.get("user"),
            "lang": lang,
            "other_lang_url": _with_query(request, lang="en" if lang == "vi" else "vi"),
            "path": request.url.path,
            "notice": _take_notice(request),
            "demo": settings().demo,
            "request_id": request_id(request.scope),
            **self.context,
        }


class Form:
    """A posted form: every text is NFC, trimmed, with plain line ends and without control characters.

    Fields whose name begins with `password` are kept apart and as typed: see `secret`.
    """

    def __init__(self, fields: FormMultiDict) -> None:
        self._texts: dict[str, list[str]] = {}
        self._secrets: dict[str, str] = {}
        self._files: dict[str, UploadFile] = {}
        for name, value in fields.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    self._files.setdefault(name, value)
            elif name.startswith(SECRET):
                self._secrets.setdefault(name, str(value))
            elif name != FIELD:
                self._texts.setdefault(name, []).append(clean(str(value)))

    def text(self, name: str, default: str = "") -> str:
        """The first value of a field, `default` when it is missing."""
        return self._texts.get(name, [default])[0]

    def secret(self, name: str) -> str:
        """A password exactly as it was typed; it is never shown again."""
        return self._secrets.get(name, "")

    def all(self, name: str) -> list[str]:
        """All values of a field that are not empty: checkboxes, repeated rows."""
        return [value for value in self._texts.get(name, []) if value]

    def file(self, name: str) -> UploadFile | None:
        """The file of a field, None when nothing was chosen."""
        return self._files.get(name)

    def names(self) -> list[str]:
        """The names of all text fields that were sent, in their order."""
        return list(self._texts)

    def values(self) -> dict[str, str]:
        """The first value of every field, to show a refused form again as it was typed."""
        return {name: values[0] for name, values in self._texts.items()}


def page(name: str, /, status: int = 200, **context: Any) -> Template:
    """A page from `frontend_templates/<name>`."""
    return BenThuTemplate(name, context=context, status_code=status, media_type="text/html")


async def read_form(request: AnyRequest) -> Form:
    """The posted form, url-encoded or multipart."""
    return Form(await request.form())


def see_other(url: str) -> Redirect:
    """Go on to a page after a form was accepted (303)."""
    return Redirect(url, status_code=303)


def local_path(url: str, default: str = "/") -> str:
    """The address if it stays on this site, else `default`: nobody may send our visitors elsewhere."""
    is_local = url.startswith("/") and url[1:2] not in {"/", "\\"} and url.isprintable() and "\\" not in url
    return url if is_local else default


def flash(request: AnyRequest, text: Text) -> None:
    """Leave a notice for the next page, in a signed cookie of this browser."""
    put_cookie(request.scope, NOTICE_COOKIE, sign("notice", json.dumps([text.vi, text.en])), max_age=300)


def language_of(request: AnyRequest) -> Lang:
    """`?lang=`, then the cookie, then the account, then Vietnamese; an unknown language is passed over."""
    account = getattr(request.scope.get("user"), "lang", None)
    for wish in (request.query_params.get("lang"), request.cookies.get(LANG_COOKIE), account):
        if wish in {"vi", "en"}:
            return cast("Lang", wish)
    return "vi"


def clean(text: str) -> str:
    """Text as we store it: NFC, `\\n` line ends, no control characters, no space around it."""
    plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


def _take_notice(request: AnyRequest) -> Text | None:
    signed = request.cookies.get(NOTICE_COOKIE)
    if not signed:
        return None
    drop_cookie(request.scope, NOTICE_COOKIE)
    notice = unsign("notice", signed)
    return Text(*json.loads(notice)) if notice else None


def _with_query(request: AnyRequest, **changes: str) -> str:
    sent = parse_qsl(request.url.query, keep_blank_values=True)
    query = [(name, value) for name, value in sent if name not in changes] + list(changes.items())
    return f"{request.url.path}?{urlencode(query)}"
