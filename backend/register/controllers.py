"""The front page, the public register and its data, open to everybody."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from litestar import Controller, get
from litestar.params import FromPath, QueryParameter
from litestar.response import Response, Stream, Template
from markupsafe import Markup
from msgspec import Struct

from backend.kit.pages import AnyRequest, language_of, page
from backend.kit.text import Lang
from backend.ports.qr import qr_svg
from backend.programmes import domain as programmes
from backend.register import domain
from backend.register.hits import excerpt, mark_hits
from backend.register.kept_pages import public_page
from backend.register.open_data import atom, csv_lines
from backend.register.schemas import RegisterLine
from backend.trials import domain as trials
from backend.trials.addresses import Addresses, read_filters
from backend.trials.labels import MACHINE, labels, tone_of
from backend.trials.schemas import Filters, PublicTrial

CSV = "text/csv"
FILE_NAME = "so-dang-ky-thu-nghiem.csv"
SHORT = {"Cache-Control": "public, max-age=30"}
ATOM = "application/atom+xml; charset=utf-8"


class Row(Struct, frozen=True, kw_only=True):
    """A line of the register as its page shows it, hits marked."""

    line: RegisterLine
    tone: str
    title: Markup
    organisation: Markup
    place: Markup
    excerpt: Markup


class HomePages(Controller):
    """The front page and what the service says of itself."""

    path = "/"

    @get()
    async def show_home(self, request: AnyRequest) -> Response[Any]:
        """Three doors, the search of the register, three figures, the latest trials."""
        figures = await domain.figures()

        async def build() -> Template:
            latest = await domain.search(Filters(), size=domain.LATEST)
            lang = language_of(request)
            return page(
                "home/index.html",
                trials_running=figures.trials_running,
                applications_open=figures.applications_open,
                partners_listed=figures.partners_listed,
                latest_trials=[_teaser(one, lang) for one in latest.items],
            )

        return await public_page(request, f"{figures}{await trials.stamp()}", build)

    @get("/about")
    async def show_about(self) -> Template:
        """What this service is, how far it is accessible, where its program is."""
        return page("home/about.html")


class RegisterPages(Controller):
    """`/register`"""

    path = "/register"

    @get()
    async def show_register(
        self,
        request: AnyRequest,
        number: Annotated[int, QueryParameter(name="page", ge=1, le=10_000)] = 1,
    ) -> Response[Any]:
        """The register: search, facets, lines."""
        filters = read_filters(request.query_params)

        async def build() -> Template:
            found = await domain.search(filters, number)
            return page(
                "register/index.html",
                found=found,
                rows=[_row(one, filters.q) for one in found.items],
                facets=await trials.list_facets(filters),
                labels=labels(),
                addresses=Addresses("/register", filters),
            )

        return await public_page(request, await trials.stamp(), build)

    @get("/{number:str}")
    async def show_trial(self, request: AnyRequest, number: FromPath[str]) -> Response[Any]:
        """The public page of a trial."""
        entry = await domain.entry(number)

        async def build() -> Template:
            programme = programmes.pinned(entry.pin)
            return page(
                "register/trial.html",
                entry=entry,
                programme=programme,
                tone=tone_of(programme, programme.machines[MACHINE].states[entry.state.key]),
                authority=domain.authority(),
                qr=_qr(entry.url),
            )

        return await public_page(request, hashlib.sha256(msgspec.json.encode(entry)).hexdigest(), build)


class RegisterData(Controller):
    """The register as files."""

    path = "/"

    @get("/register.csv", media_type=CSV)
    async def download_csv(self, request: AnyRequest) -> Stream:
        """The register as CSV, with the filters of the page."""
        headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"', **SHORT}
        return Stream(csv_lines(read_filters(request.query_params)), media_type=CSV, headers=headers)

    @get("/register.atom", media_type=ATOM)
    async def read_feed(self) -> Response[bytes]:
        """The latest trials as an Atom feed."""
        found = await domain.search(Filters())
        body = atom(domain.line_of(one) for one in found.items)
        return Response(body, media_type=ATOM, headers=SHORT)


@lru_cache(maxsize=512)
def _qr(url: str) -> Markup:
    """Kept: it takes longer to draw than the rest of the page."""
    return Markup(qr_svg(url, url))  # noqa: S704 - drawn here from our own address


def _teaser(trial: PublicTrial, lang: Lang) -> dict[str, Any]:
    return {
        "number": trial.number,
        "title": trial.title,
        "href": f"/register/{trial.number}",
        "place": trial.place,
        "since": trial.starts_on,
        "status": domain.line_of(trial).state.label.of(lang),
        "tone": tone_of(programmes.pinned(trial.pin), trials.state_of(trial)),
    }


def _row(trial: PublicTrial, query: str) -> Row:
    return Row(
        line=domain.line_of(trial),
        tone=tone_of(programmes.pinned(trial.pin), trials.state_of(trial)),
        title=mark_hits(trial.title, query),
        organisation=mark_hits(trial.organisation_name, query),
        place=mark_hits(trial.place, query),
        excerpt=excerpt(trial.summary, query),
    )
