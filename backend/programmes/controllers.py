"""Pages of the programmes: each rule file as people read it, open to everybody."""

from __future__ import annotations

from litestar import Controller, get
from litestar.params import FromPath
from litestar.response import Template

from backend.kit.pages import page
from backend.programmes import domain


class ProgrammePages(Controller):
    """`/programmes`"""

    path = "/programmes"

    @get()
    async def list_programmes(self) -> Template:
        """The programmes in force, and who runs each."""
        return page("programmes/index.html", programmes=domain.list_in_force())

    @get("/{key:str}")
    async def show_programme(self, key: FromPath[str]) -> Template:
        """One rule file: sources, criteria, dossier, deadlines, appraisal, conditions, steps."""
        return page("programmes/programme.html", programme=domain.in_force(key))
