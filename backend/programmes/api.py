"""The rule files as data, open to everybody."""

from __future__ import annotations

from datetime import date

from litestar import Controller, get
from litestar.params import FromPath
from msgspec import Struct

from backend.kit.text import Text
from backend.programmes import domain
from backend.programmes.times import StepTime, times_of
from sandbox_rules import Programme


class ProgrammeLine(Struct, frozen=True, kw_only=True):
    """One programme in force. `to_confirm` counts the sources nobody has read against the official text."""

    key: str
    in_force: date
    sha256: str
    title: Text
    summary: Text
    authority: Text
    referred_to: Text | None
    sources: int
    to_confirm: int


class ProgrammeApi(Controller):
    """`/api/v1/programmes`"""

    path = "/api/v1/programmes"
    tags = ("Programmes",)

    @get()
    async def list_programmes(self) -> list[ProgrammeLine]:
        """The programmes in force today."""
        return [_line(programme) for programme in domain.list_in_force()]

    @get("/{key:str}")
    async def get_programme(self, key: FromPath[str]) -> Programme:
        """The whole rule file in force today."""
        return domain.in_force(key)

    @get("/{key:str}/times")
    async def get_times(self, key: FromPath[str]) -> list[StepTime]:
        """How long decided cases really took: elapsed days of the agency and of the applicant."""
        return await times_of(domain.in_force(key).key)


def _line(programme: Programme) -> ProgrammeLine:
    return ProgrammeLine(
        key=programme.key,
        in_force=programme.in_force,
        sha256=programme.pin.sha256,
        title=domain.text_of(programme.title),
        summary=domain.text_of(programme.summary),
        authority=domain.text_of(programme.authority),
        referred_to=domain.text_of(programme.referred_to) if programme.referred_to else None,
        sources=len(programme.sources),
        to_confirm=len(programme.unread),
    )
