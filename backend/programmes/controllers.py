"""Pages of the programmes: each rule file as people read it, open to everybody."""

from __future__ import annotations

from litestar import Controller, get
from litestar.params import FromPath
from litestar.response import Template

from backend.kit.pages import AnyRequest, language_of, page
from backend.programmes import domain
from backend.programmes.procedure import drawings_of, examples_of
from backend.programmes.times import times_of


class ProgrammePages(Controller):
    """`/programmes`"""

    path = "/programmes"

    @get()
    async def list_programmes(self) -> Template:
        """The programmes in force, and who runs each."""
        return page("programmes/index.html", programmes=domain.list_in_force())

    @get("/{key:str}")
    async def show_programme(self, request: AnyRequest, key: FromPath[str]) -> Template:
        """One rule file: sources, criteria, dossier, deadlines, appraisal, conditions, steps."""
        programme = domain.in_force(key)
        return page(
            "programmes/programme.html",
            programme=programme,
            drawings=drawings_of(programme, language_of(request)),
            examples=examples_of(programme),
            times=await times_of(key),
        )
