"""The exemption ledger for staff: a page, CSV and JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Stream, Template
from msgspec import Struct

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.decisions import ledger
from backend.decisions.schemas import LedgerFilters, LedgerLine, Standing
from backend.kit.pages import AnyRequest, page
from backend.kit.spreadsheet import BOM, csv_line
from backend.settings import settings

CSV = "text/csv"
FILE_NAME = "so-mien-giam.csv"
COLUMNS = (
    "rule", "article", "extent", "from_on", "until_on", "ended_on", "standing", "case", "organisation",
    "title", "decision", "url",
)  # fmt: skip


class LedgerPage(Struct, frozen=True, kw_only=True):
    """One page of the ledger."""

    items: list[LedgerLine]
    total: int
    page: int
    size: int


class LedgerPages(Controller):
    """`/exemptions`"""

    guards = (requires(*ledger.READERS),)

    @get("/exemptions")
    async def show_ledger(
        self, request: AnyRequest, actor: NamedDependency[Actor], number: FromQuery[int] = 1
    ) -> Template:
        """Which rules are set aside for which trials, what ends first on top."""
        filters = read_filters(request.query_params)
        chosen = {name: value for name in ("q", "standing") if (value := getattr(filters, name))}
        return page(
            "decisions/ledger.html",
            found=await ledger.list_exemptions(actor, filters, number),
            filters=filters,
            query=urlencode(chosen),
            standings=get_args(Standing),
        )

    @get("/exemptions.csv", media_type=CSV)
    async def download_csv(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Stream:
        """The whole ledger as CSV."""
        headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"', "Cache-Control": "no-store"}
        lines = _csv_lines(actor, read_filters(request.query_params))
        return Stream(lines, media_type=CSV, headers=headers)


class LedgerApi(Controller):
    """`/api/v1/exemptions`"""

    path = "/api/v1/exemptions"
    tags = ("Decision",)
    guards = (requires(*ledger.READERS),)

    @get()
    async def list_exemptions(
        self,
        actor: NamedDependency[Actor],
        q: FromQuery[str] = "",
        standing: Annotated[Standing | None, QueryParameter()] = None,
        number: FromQuery[int] = 1,
    ) -> LedgerPage:
        """One page of the ledger, what ends first on top; `number` counts from 1."""
        found = await ledger.list_exemptions(actor, LedgerFilters(q=q, standing=standing), number)
        return LedgerPage(items=found.items, total=found.total, page=found.page, size=found.size)


def read_filters(query: Mapping[str, Any]) -> LedgerFilters:
    """The filters of an address; what is unknown is passed over."""
    standing = query.get("standing")
    return LedgerFilters(
        q=str(query.get("q", "")), standing=standing if standing in get_args(Standing) else None
    )


async def _csv_lines(actor: Actor, filters: LedgerFilters) -> AsyncIterator[str]:
    yield BOM + csv_line(COLUMNS)
    async for one in ledger.all_exemptions(actor, filters):
        days = [day.isoformat() if day else "" for day in (one.from_on, one.until_on, one.ended_on)]
        words = [one.number, one.organisation_name, one.title, one.decision_number]
        url = f"{settings().public_url}/cases/{one.application_id}"
        yield csv_line([one.rule, one.article, one.extent, *days, one.standing, *words, url])
