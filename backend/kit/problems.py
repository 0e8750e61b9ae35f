"""Every exception becomes one answer: a page that helps, or `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
    TooManyRequestsException,
    ValidationException,
)
from litestar.response import Response
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE
from msgspec import Struct

from backend.kit.errors import BenThuError, Forbidden, Invalid, NotFound, NotSignedIn, TooLarge, TooMany
from backend.kit.logs import log_fault, request_id
from backend.kit.pages import AnyRequest, language_of, page, see_other
from backend.kit.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar.types import ExceptionHandlersMap

PROBLEM_TYPE = "application/problem+json"


class Problem(Struct, frozen=True, kw_only=True):
    """What the API answers when it cannot do what was asked."""

    type: str
    """`urn:benthu:problem:<code>`"""
    title: str
    """the phrase of the status"""
    status: int
    code: str
    """stable word of the error"""
    detail: str
    """how to mend it, in the language of the request"""
    request_id: str
    errors: dict[str, str] = {}
    """per field: how to mend it"""
    source: str = ""
    """the rule that says no, where one does"""


class BadRequest(BenThuError):
    """The request cannot be read."""

    code = "bad_request"
    status = 400
    text = Text(
        "Không đọc được yêu cầu. Hãy kiểm tra định dạng gửi lên.",
        "The request cannot be read. Check its form.",
    )


class WrongMethod(BenThuError):
    """The address exists, the method does not."""

    code = "method_not_allowed"
    status = 405
    text = Text("Địa chỉ này không nhận cách gọi đó.", "This address does not take that method.")


def exception_handlers() -> ExceptionHandlersMap:
    """The handlers of the application: our errors, the framework's, and everything else."""
    handlers: dict[Any, Any] = {BenThuError: answer, HTTPException: _answer_http, Exception: _answer_fault}
    return cast("ExceptionHandlersMap", handlers)


def wants_json(request: AnyRequest) -> bool:
    """Whether the answer should be JSON: everything under /api/, and who asks for JSON and not for HTML."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or ("json" in accept and "html" not in accept)


def answer(request: AnyRequest, error: BenThuError) -> Response[Any]:
    """The answer to an error of ours; a stranger who needs to sign in is led there."""
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log_fault(error, request_id=request_id(request.scope), status=error.status)
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    if wants_json(request):
        if error.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        return Response(
            as_problem(request, error), status_code=error.status, media_type=PROBLEM_TYPE, headers=headers
        )
    if isinstance(error, NotSignedIn):
        return see_other(_sign_in_url(request))
    response = page(
        "errors/error.html",
        status=error.status,
        error_status=error.status,
        code=error.code,
        text=error.text,
        fields=error.fields,
        source=error.source,
    )
    response.headers.update(headers)
    return response


def as_problem(request: AnyRequest, error: BenThuError) -> Problem:
    """The error in the words of RFC 9457."""
    lang = language_of(request)
    return Problem(
        type=f"urn:benthu:problem:{error.code}",
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        code=error.code,
        detail=error.text.of(lang),
        request_id=request_id(request.scope),
        errors={name: text.of(lang) for name, text in error.fields.items()},
        source=error.source,
    )


def _sign_in_url(request: AnyRequest) -> str:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?next={quote(here, safe='')}" if request.method == "GET" else "/sign-in"


def _answer_http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    ours = _ours(error)
    if ours.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _answer_fault(request, error)
    response = answer(request, ours)
    response.headers.update(cast("Mapping[str, str]", error.headers or {}))
    return response


def _ours(error: HTTPException) -> BenThuError:
    """The framework's exception in our words."""
    if isinstance(error, ValidationException):
        return Invalid(fields=_fields(error.extra))
    if error.status_code == HTTP_413_REQUEST_ENTITY_TOO_LARGE:
        return TooLarge()
    for theirs, ours in (
        (NotAuthorizedException, NotSignedIn),
        (NotFoundException, NotFound),
        (PermissionDeniedException, Forbidden),
        (MethodNotAllowedException, WrongMethod),
        (TooManyRequestsException, TooMany),
        (ClientException, BadRequest),
    ):
        if isinstance(error, theirs):
            return ours()
    return BenThuError()


def _fields(extra: object) -> dict[str, Text]:
    """The framework says per field, in English, what type it expected; the value itself is not repeated.

    What concerns the body as a whole it files under the name of our parameter, `data`.
    """
    faults = extra if isinstance(extra, list) else []
    return {
        "body" if fault.get("key") in {None, "", "data"} else str(fault["key"]): Text(
            f"Giá trị chưa đúng kiểu ({fault.get('message', '')}).",
            f"Not of the right type ({fault.get('message', '')}).",
        )
        for fault in faults
        if isinstance(fault, dict)
    }


def _answer_fault(request: AnyRequest, error: Exception) -> Response[Any]:
    fault = BenThuError()
    fault.__cause__ = error
    return answer(request, fault)
