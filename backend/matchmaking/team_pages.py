"""Pages of teams: conditions, the best team with alternatives, those kept for a need."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, flash, language_of, read_form, see_other
from backend.kit.text import Text
from backend.matchmaking import domain, teams
from backend.matchmaking.choices import LANGUAGES
from backend.matchmaking.team_schemas import TeamForm
from backend.matchmaking.views import coverage_picture, show

SIZES = (2, 3, 4, 5, 6, 8, 10)
SHARES = (0, 50, 60, 70, 80, 90)


class TeamPages(Controller):
    """`/partners/needs/{need_id}/teams`"""

    path = "/partners/needs/{need_id:uuid}/teams"
    guards = (requires(*domain.SEEKERS),)

    @get()
    async def show_teams(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        need_id: FromPath[UUID],
        most: FromQuery[int] = 4,
        institute: FromQuery[str] = "",
        speaks: FromQuery[list[str] | None] = None,
        least: FromQuery[int] = 0,
    ) -> Template:
        """The conditions, and the teams that fulfil them."""
        need = await domain.get_need(actor, need_id)
        form = TeamForm(
            most=most if most in SIZES else 4,
            institute_in_vietnam=institute == "yes",
            speaks=[key for key in LANGUAGES if key in (speaks or [])],
            least=least if least in SHARES else 0,
        )
        found = await teams.propose_teams(actor, need_id, form)
        lang = language_of(request)
        return show(
            "teams",
            need=need,
            form=form,
            sizes=SIZES,
            shares=SHARES,
            found=found,
            pictures=[coverage_picture(team, lang) for team in found.teams],
        )

    @post()
    async def keep_team(
        self, request: AnyRequest, actor: NamedDependency[Actor], need_id: FromPath[UUID]
    ) -> Response[Any]:
        """Keep a team for the need."""
        form = await read_form(request)
        await teams.keep_team(actor, need_id, _ids(form.all("offer")))
        flash(request, Text("Đã lưu nhóm.", "The team is kept."))
        return see_other(f"/partners/needs/{need_id}#teams")

    @post("/{team_id:uuid}/attach")
    async def attach_team(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        need_id: FromPath[UUID],
        team_id: FromPath[UUID],
    ) -> Response[Any]:
        """Keep a team with a draft application, or with none."""
        chosen = _ids([value] if (value := (await read_form(request)).text("application")) else [])
        await teams.attach_team(actor, team_id, chosen[0] if chosen else None)
        flash(
            request,
            Text("Đã gắn nhóm với hồ sơ.", "The team is kept with the application.")
            if chosen
            else Text("Nhóm không còn gắn với hồ sơ nào.", "The team is kept with no application now."),
        )
        return see_other(f"/partners/needs/{need_id}#teams")

    @post("/{team_id:uuid}/remove")
    async def remove_team(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        need_id: FromPath[UUID],
        team_id: FromPath[UUID],
    ) -> Response[Any]:
        """Keep a team no longer."""
        await teams.remove_team(actor, team_id)
        flash(request, Text("Đã xóa nhóm.", "The team is removed."))
        return see_other(f"/partners/needs/{need_id}#teams")


def _ids(written: list[str]) -> list[UUID]:
    try:
        return [UUID(one) for one in written]
    except ValueError:
        fault = Text("Hãy chọn lại.", "Choose again.")
        raise Invalid(fields={"offer": fault}) from None
