from __future__ import annotations

from litestar import Litestar

from backend.app import app
from backend.kit.openapi import schema_of
from tests.factories.web import Browser

STATUSES = {"400", "401", "403", "404", "409", "413", "422", "429", "503"}


def test_the_description_tells_of_the_api_and_of_nothing_else() -> None:
    paths = schema_of(app)["paths"]
    assert "/api/v1/me" in paths
    assert [path for path in paths if not path.startswith("/api/v1/")] == []


def test_every_operation_documents_every_problem() -> None:
    for path, operations in schema_of(app)["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            kinds = {(status, *responses[status]["content"]) for status in STATUSES & responses.keys()}
            assert kinds == {(status, "application/problem+json") for status in STATUSES}, (path, method)


def test_the_summary_is_the_docstring_of_the_handler() -> None:
    operation = schema_of(app)["paths"]["/api/v1/me"]["get"]
    assert operation["summary"] == "The account of the caller: roles and organisations"


def test_what_refuses_unknown_fields_says_so(odd_app: Litestar) -> None:
    schemas = schema_of(odd_app)["components"]["schemas"]
    assert schemas["Sheet"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Me"]


async def test_the_description_and_its_reader_come_from_our_own_address(http: Browser) -> None:
    assert (await http.get("/api/openapi.json")).json()["info"]["title"] == "Bến Thử"
    page = await http.get("/api/docs")
    assert page.status_code == 200
    assert "https://" not in page.text
