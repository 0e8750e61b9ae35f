"""The description of the API, complete and true: its problems, its strict inputs, and a page to read it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from litestar import get
from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins import ReceiveRoutePlugin
from litestar.response import Template
from litestar.routes import HTTPRoute

from backend.kit.pages import page
from backend.kit.problems import PROBLEM_TYPE, Problem

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator
    from litestar.openapi.spec import Schema
    from litestar.routes import BaseRoute
    from litestar.typing import FieldDefinition

STATUSES = (400, 401, 403, 404, 409, 413, 422, 429, 503)
PROBLEMS = {
    status: ResponseSpec(
        Problem, description=HTTPStatus(status).phrase, media_type=PROBLEM_TYPE, generate_examples=False
    )
    for status in STATUSES
}


class DocumentProblems(ReceiveRoutePlugin):
    """Describes every problem a handler of the API may answer with; its docstring is its summary."""

    def receive_route(self, route: BaseRoute) -> None:
        """Called by the framework for every route."""
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/v1/"):
            for handler in route.route_handlers:
                handler.summary = handler.summary or (handler.fn.__doc__ or "").partition("\n")[0].rstrip(".")
                handler.responses = {**PROBLEMS, **(handler.responses or {})}


class StrictStructs(StructSchemaPlugin):
    """Says `additionalProperties: false` where a struct refuses unknown fields."""

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: SchemaCreator) -> Schema:
        """Called by the framework for every struct."""
        schema = super().to_openapi_schema(field_definition, schema_creator)
        config = getattr(field_definition.type_, "__struct_config__", None)
        if config is not None and config.forbid_unknown_fields:
            schema.additional_properties = False
        return schema


def openapi_config(version: str) -> OpenAPIConfig:
    """`/api/openapi.json`."""
    return OpenAPIConfig(
        title="Bến Thử",
        version=version,
        path="/api",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}),
        security=[{"bearer": []}],
        use_handler_docstrings=True,
    )


@get("/api/docs", include_in_schema=False, name="api_docs")
async def api_docs() -> Template:
    """The API to read and to try, with Swagger UI from our own address."""
    return page("home/api_docs.html")


def schema_of(app: Any) -> dict[str, Any]:
    """The description of the API as plain data."""
    return cast("dict[str, Any]", app.openapi_schema.to_schema())
