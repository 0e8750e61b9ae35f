"""`/queue/log-book`: the register of received dossiers as a page, as CSV and as a document."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.applications.forms import day_of
from backend.cases import log_book
from backend.cases.log_book import Line, Period
from backend.documents.controllers import serve_document
from backend.documents.schemas import IssuedDocument
from backend.kit.clock import today
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, page, read_form, see_other
from backend.kit.spreadsheet import BOM, csv_line

CSV = "text/csv"
FILE_NAME = "so-theo-doi-ho-so.csv"
COLUMNS = ("number", "applicant", "title", "received_on", "due_on", "answered_on", "result_vi", "result_en")
First = Annotated[str, QueryParameter(name="from", max_length=20)]


class LogBookPages(Controller):
    """`/queue/log-book`"""

    guards = (requires(*log_book.READERS),)

    @get("/queue/log-book")
    async def show_book(
        self, actor: NamedDependency[Actor], first: First = "", until: FromQuery[str] = ""
    ) -> Response[Any]:
        """The dossiers received in a period; without one, from the first of this month until today."""
        first, until = first or f"{today().replace(day=1):%d/%m/%Y}", until or f"{today():%d/%m/%Y}"
        return await _book_page(actor, first, until)

    @get("/queue/log-book.csv", media_type=CSV)
    async def download_csv(
        self, actor: NamedDependency[Actor], first: First = "", until: FromQuery[str] = ""
    ) -> Response[str]:
        """The same as CSV."""
        lines = await log_book.list_lines(actor, _period(first, until))
        return Response(
            BOM + csv_line(COLUMNS) + "".join(map(_csv, lines)),
            media_type=CSV,
            headers={
                "Content-Disposition": f'attachment; filename="{FILE_NAME}"',
                "Cache-Control": "no-store",
            },
        )

    @post("/queue/log-book", guards=[requires(*log_book.MAKERS)])
    async def make_book(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Have it made as a numbered document."""
        form = await read_form(request)
        first, until = form.text("from"), form.text("until")
        try:
            document = await log_book.request_book(actor, _period(first, until))
        except Invalid as refused:
            return await _book_page(actor, first, until, refused)
        return see_other(f"/queue/log-book/{document.id}")

    @get("/queue/log-book/{document_id:uuid}")
    async def download_book(
        self, actor: NamedDependency[Actor], document_id: FromPath[UUID]
    ) -> Response[Any]:
        """A log book; while it is being made, a page that says so and looks again."""
        document = await log_book.get_book(actor, document_id)
        if not document.is_issued:
            return page("cases/queued_document.html", status=202, document=document)
        return await serve_document(document)


async def _book_page(actor: Actor, first: str, until: str, refused: Invalid | None = None) -> Response[Any]:
    lines: list[Line] = []
    books: list[IssuedDocument] = []
    try:
        period = _period(first, until)
        books = await log_book.list_books(period)
        lines = await log_book.list_lines(actor, period)
    except Invalid as wrong:
        refused = refused or wrong
    return page(
        "cases/log_book.html",
        status=refused.status if refused else 200,
        first=first,
        until=until,
        lines=lines,
        books=books,
        may_make=actor.has(*log_book.MAKERS),
        errors=refused.fields if refused else {},
    )


def _period(first: str, until: str) -> Period:
    """The period as written. Raises Invalid for what is no day."""
    return Period(day_of(first, "from"), day_of(until, "until"))


def _csv(one: Line) -> str:
    days = [day.isoformat() if day else "" for day in (one.received_on, one.due_on, one.answered_on)]
    return csv_line([one.number, one.applicant, one.title, *days, one.result.vi, one.result.en])
