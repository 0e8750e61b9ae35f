"""An application with handlers that go wrong in every way, for the kit's own tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from litestar import Litestar, get, post
from litestar.params import FromQuery, JSONBody
from litestar.response import Response
from msgspec import Meta, Struct

from backend.app import create_app
from backend.kit.db import Engine
from backend.kit.errors import Conflict, Unavailable
from backend.kit.pages import UPLOAD_LIMIT, AnyRequest, flash, read_form, see_other
from backend.kit.text import Text
from tests.factories.web import Browser

SECRET_MESSAGE = "nguyen.van.a@example.vn"


class Sheet(Struct, forbid_unknown_fields=True):
    """A strict input."""

    count: Annotated[int, Meta(ge=1)]


@get(["/broken", "/api/v1/broken"])
async def broken() -> None:
    """A fault of ours whose message holds personal data."""
    try:
        raise ValueError(SECRET_MESSAGE)
    except ValueError as error:
        raise RuntimeError(SECRET_MESSAGE) from error


@get(["/gone", "/api/v1/gone"])
async def gone() -> None:
    """The database is away."""
    raise Unavailable(retry_after=5)


@get("/conflict")
async def conflict() -> None:
    """A rule says no."""
    raise Conflict(Text("Không được.", "Not so."), source="Điều 23", fields={"a": Text("sửa a", "mend a")})


@post("/api/v1/sheet")
async def sheet(data: JSONBody[Sheet], page: FromQuery[int] = 1) -> dict[str, int]:
    """A strict input of the API."""
    return {"count": data.count, "page": page}


@post("/echo")
async def echo(request: AnyRequest) -> dict[str, Any]:
    """What was understood of a form."""
    form = await read_form(request)
    file = form.file("file")
    return {
        "values": form.values(),
        "all": form.all("many"),
        "file": file.filename if file else None,
        "secret": form.secret("password"),
    }


@post("/large", request_max_body_size=UPLOAD_LIMIT)
async def large(request: AnyRequest) -> str:
    """An upload."""
    form = await read_form(request)
    file = form.file("file")
    return str(len(await file.read()) if file else 0)


@post("/noticed")
async def noticed(request: AnyRequest) -> Response[Any]:
    """Leaves a notice."""
    flash(request, Text("Đã lưu ạ.", "It is saved."))
    return see_other("/sign-in")


@pytest.fixture(scope="session")
def odd_app() -> Litestar:
    """The application with these handlers."""
    return create_app([broken, gone, conflict, sheet, echo, large, noticed])


@pytest.fixture
async def odd(db: Engine, odd_app: Litestar) -> AsyncIterator[Browser]:
    """A browser on it."""
    async with Browser(odd_app) as browser:
        yield browser
