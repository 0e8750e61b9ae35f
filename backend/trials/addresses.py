"""Filters as addresses: read from a query string, and written into one, so that a view can be linked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar.di import Provide
from litestar.params import QueryParameter

from backend.kit.text import nfc
from backend.trials.schemas import Filters

LONGEST = 200
FIRST_YEAR, LAST_YEAR = 1900, 2999


def read_filters(query: Mapping[str, Any]) -> Filters:
    """The filters of an address; a year that is none narrows nothing."""
    said = {name: nfc(str(query.get(name, "")))[:LONGEST].strip() for name in Filters.__struct_fields__}
    year = int(said["year"]) if said["year"].isascii() and said["year"].isdigit() else 0
    return Filters(
        q=said["q"],
        state=said["state"],
        field=said["field"],
        ward=said["ward"],
        year=year if FIRST_YEAR <= year <= LAST_YEAR else None,
    )


def provide_filters(
    q: Annotated[str, QueryParameter(max_length=LONGEST)] = "",
    in_state: Annotated[str, QueryParameter(name="state", max_length=40)] = "",
    field: Annotated[str, QueryParameter(max_length=40)] = "",
    ward: Annotated[str, QueryParameter(max_length=80)] = "",
    year: Annotated[int | None, QueryParameter(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
) -> Filters:
    """Dependency `filters` of the API, which refuses what is not well formed."""
    return Filters(q=nfc(q), state=nfc(in_state), field=nfc(field), ward=nfc(ward), year=year)


FILTERS = {"filters": Provide(provide_filters, sync_to_thread=False)}


class Addresses:
    """The addresses of one list around what it is narrowed to now."""

    def __init__(self, path: str, filters: Filters) -> None:
        self.path = path
        self.filters = filters

    def narrowed(self, facet: str, value: str) -> str:
        """The list with this value of a facet, from its first page; the value it has takes it away again."""
        wanted = "" if self.is_chosen(facet, value) else value
        return self._with(**{facet: wanted})

    def is_chosen(self, facet: str, value: str) -> bool:
        """Whether the list is narrowed to this value."""
        return str(getattr(self.filters, facet) or "") == value

    @property
    def pages(self) -> str:
        """The address up to the number of a page."""
        here = self._with()
        return f"{here}{'&' if '?' in here else '?'}page="

    def elsewhere(self, path: str) -> str:
        """The same filters at another address: the data behind a page."""
        return Addresses(path, self.filters)._with()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything narrows the list."""
        return self.filters != Filters()

    def _with(self, **changes: str) -> str:
        said = msgspec.to_builtins(self.filters) | changes
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{self.path}?{query}" if query else self.path
