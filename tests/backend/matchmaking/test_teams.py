"""Teams: proposed within limits, kept, kept with a draft, never with a name of somebody who withdrew."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.applications import domain as applications
from backend.kit.errors import Invalid, NotFound
from backend.matchmaking import offer_queries, offers, teams
from backend.matchmaking.schemas import NeededSkill, Offer, OfferedSkill
from backend.matchmaking.team_schemas import TeamForm
from tests.backend.applications.test_queue import counted
from tests.backend.matchmaking.conftest import World, make_need, make_offer, offer_form
from tests.factories.web import Browser, sign_in

Fit = Callable[[], Awaitable[int]]
NEEDED = [NeededSkill(key="plasma-etching"), NeededSkill(key="biogas")]


async def make_gas(**changed: Any) -> Offer:
    """Somebody who covers biogas alone."""
    actor, _ = await make_offer("Lê Thu Gas", **changed)
    for item in (await offers.own_offer(actor)).evidence:
        await offers.remove_evidence(actor, item.id)
    await offers.save_offer(
        actor, offer_form(headline="Khí sinh học", about="Nhà máy khí sinh học.", **changed)
    )
    return await offers.confirm_skills(actor, [OfferedSkill(key="biogas", level=5)])


async def proposed(world: World, need: Any, **asked: Any) -> list[list[str]]:
    found = await teams.propose_teams(world.seeker, need.id, TeamForm(**asked))
    return [[member.offer.name for member in team.members] for team in found.teams]


async def test_the_best_team_and_what_each_member_covers(world: World, fit: Fit) -> None:
    await make_offer("Trần Minh Khôi")
    await make_gas()
    need = await make_need(world, skills=NEEDED)
    await fit()
    found = await teams.propose_teams(world.seeker, need.id, TeamForm())
    best = found.teams[0]
    covers = {member.offer.name: [cover.key for cover in member.covers] for member in best.members}
    assert covers == {"Trần Minh Khôi": ["plasma-etching"], "Lê Thu Gas": ["biogas"]}
    assert best.coverage == pytest.approx(sum(row.best for row in best.matrix) / 2)
    assert best.coverage == pytest.approx(sum(member.adds for member in best.members), abs=1e-6)
    assert (best.uncovered, found.gap, found.obstacles, found.asked) == ([], 0, [], 2)
    assert found.artefact


async def test_conditions_shape_the_team_and_obstacles_say_what_to_relax(world: World, fit: Fit) -> None:
    await make_offer("Trần Minh Khôi", languages=["vi"])
    await make_gas(languages=["ja"])
    need = await make_need(world, skills=NEEDED)
    await fit()
    assert await proposed(world, need, most=1, speaks=["ja"]) == [["Lê Thu Gas"]]
    blocked = await teams.propose_teams(world.seeker, need.id, TeamForm(institute_in_vietnam=True))
    assert [text.en for text in blocked.obstacles] == ["Drop: at least one institute in the chosen country."]
    few = await teams.propose_teams(world.seeker, need.id, TeamForm(most=1, least=80))
    assert few.obstacles[0].en == "Relax the greatest number of members to 2."
    with pytest.raises(Invalid):
        await teams.propose_teams(world.seeker, need.id, TeamForm(speaks=["tlh"]))


async def test_nobody_is_proposed_who_may_not_be_seen(
    world: World, fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    await make_offer("Lê Quốc Bảo")
    need = await make_need(world, skills=NEEDED)
    await fit()
    assert len(await proposed(world, need)) == 2
    await offers.set_visible(expert, False)
    assert await proposed(world, need) == [["Lê Quốc Bảo"]]
    assert await proposed(world, need, include=[offer.id]) == []

    async def nobody(_ids: Any) -> dict[UUID, Any]:
        return {}

    monkeypatch.setattr(offer_queries, "visible_offers", nobody)
    assert await proposed(world, need) == []


async def test_only_those_who_said_the_need_may_ask(world: World, fit: Fit) -> None:
    need = await make_need(world)
    early = await teams.propose_teams(world.seeker, need.id, TeamForm())
    assert (early.artefact, early.teams) == ("", [])
    with pytest.raises(NotFound):
        await teams.propose_teams(world.stranger, need.id, TeamForm())
    with pytest.raises(NotFound):
        await teams.keep_team(world.stranger, need.id, [uuid4()])


async def test_a_team_is_kept_attached_and_removed(world: World, fit: Fit) -> None:
    _, offer = await make_offer("Trần Minh Khôi")
    need = await make_need(world, skills=NEEDED)
    draft = await applications.start_application(world.seeker, world.company.id, "vn-hp-248")
    await fit()
    team = await teams.keep_team(world.seeker, need.id, [offer.id, offer.id])
    (kept,) = await teams.list_teams(world.seeker, need)
    assert (kept.saved.id, kept.saved.offer_ids, kept.gone) == (team, [offer.id], 0)
    assert kept.team.coverage > 0
    assert kept.team.uncovered == ["biogas"]
    assert [one.id for one in await teams.drafts_of(world.seeker, need)] == [draft.id]
    await teams.attach_team(world.seeker, team, draft.id)
    (kept,) = await teams.list_teams(world.seeker, need)
    assert kept.saved.application_id == draft.id
    await teams.attach_team(world.seeker, team, None)
    assert (await teams.list_teams(world.seeker, need))[0].saved.application_id is None
    assert await teams.remove_team(world.seeker, team) == need.id
    assert await teams.list_teams(world.seeker, need) == []


async def test_what_is_not_ones_own_is_not_there(world: World, fit: Fit) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    need = await make_need(world)
    foreign = await applications.start_application(world.stranger, world.other.id, "vn-hp-248")
    team = await teams.keep_team(world.seeker, need.id, [offer.id])
    refused = [
        teams.attach_team(world.seeker, team, foreign.id),
        teams.attach_team(world.stranger, team, foreign.id),
        teams.remove_team(world.stranger, team),
        teams.remove_team(world.seeker, uuid4()),
        teams.keep_team(world.seeker, need.id, [uuid4()]),
    ]
    for asked in refused:
        with pytest.raises(NotFound):
            await asked
    for members in ([], [uuid4() for _ in range(11)]):
        with pytest.raises(Invalid):
            await teams.keep_team(world.seeker, need.id, members)
    await offers.set_visible(expert, False)
    with pytest.raises(NotFound):
        await teams.keep_team(world.seeker, need.id, [offer.id])


async def test_a_member_who_withdrew_is_counted_and_not_named(world: World, fit: Fit) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    _, other = await make_offer("Lê Quốc Bảo")
    need = await make_need(world)
    await teams.keep_team(world.seeker, need.id, [offer.id, other.id])
    (early,) = await teams.list_teams(world.seeker, need)
    assert ([m.offer.id for m in early.team.members], early.team.matrix) == ([offer.id, other.id], [])
    await fit()
    await offers.set_visible(expert, False)
    (kept,) = await teams.list_teams(world.seeker, need)
    assert ([member.offer.name for member in kept.team.members], kept.gone) == (["Lê Quốc Bảo"], 1)


async def test_the_number_of_queries_does_not_grow_with_the_teams(
    world: World, fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = await make_need(world)
    made = [(await make_offer(f"Chuyên gia {number}"))[1].id for number in range(4)]
    await fit()
    await teams.keep_team(world.seeker, need.id, made[:1])
    with counted(monkeypatch) as few:
        await teams.list_teams(world.seeker, need)
    for member in made[1:]:
        await teams.keep_team(world.seeker, need.id, [member, made[0]])
    with counted(monkeypatch) as many:
        assert len(await teams.list_teams(world.seeker, need)) == 4
    assert len(many) == len(few) == 3


async def test_a_need_keeps_so_many_teams_and_no_more(
    world: World, fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teams, "MOST_KEPT", 1)
    _, offer = await make_offer("Trần Minh Khôi")
    need = await make_need(world)
    await teams.keep_team(world.seeker, need.id, [offer.id])
    with pytest.raises(Invalid):
        await teams.keep_team(world.seeker, need.id, [offer.id])


async def test_the_pages_of_teams(world: World, http: Browser, fit: Fit) -> None:
    await make_offer("Trần Minh Khôi")
    await make_gas()
    need = await make_need(world, skills=NEEDED)
    draft = await applications.start_application(world.seeker, world.company.id, "vn-hp-248")
    await fit()
    await sign_in(http, world.seeker)
    base = f"/partners/needs/{need.id}"
    page = await http.get(f"{base}/teams?most=3&speaks=vi&speaks=en&least=50&lang=en")
    assert page.status_code == 200, page.text
    assert "The first team is proven to be the best among 2 profiles." in page.text
    assert page.text.count("Keep this team") >= 1
    assert "<title>Who covers what</title>" in page.text
    nobody = await http.get(f"{base}/teams?institute=yes&most=99&least=7&lang=vi")
    assert "Không nhóm nào đạt mọi điều kiện" in nobody.text
    chosen = re.findall(r'name="offer" value="([^"]+)"', page.text)[:2]
    kept = await http.submit(f"{base}/teams", {"offer": chosen})
    assert kept.headers["location"] == f"{base}#teams"
    shown = await http.get(base)
    (team,) = set(re.findall(rf"{base}/teams/([0-9a-f-]+)/remove", shown.text))
    assert (
        await http.submit(f"{base}/teams/{team}/attach", {"application": str(draft.id)})
    ).status_code == 303
    assert f'href="/applications/{draft.id}"' in (await http.get(base)).text
    assert (await http.submit(f"{base}/teams/{team}/attach", {"application": ""})).status_code == 303
    assert (await http.submit(f"{base}/teams", {"offer": ["no-id"]})).status_code == 422
    assert (await http.submit(f"{base}/teams/{team}/remove", {})).status_code == 303
    assert "/remove" not in (await http.get(base)).text


async def test_the_interface_of_teams(world: World, http: Browser, fit: Fit) -> None:
    _, offer = await make_offer("Trần Minh Khôi")
    need = await make_need(world, skills=NEEDED)
    await fit()
    api = http.with_token(await sign_in(http, world.seeker))
    base = f"/api/v1/needs/{need.id}"
    found = await api.post(f"{base}/team-proposals", json={"most": 2})
    assert found.status_code == 200, found.text
    assert found.json()["teams"][0]["members"][0]["offer"]["name"] == "Trần Minh Khôi"
    kept = await api.post(f"{base}/teams", json={"offers": [str(offer.id)]})
    (one,) = kept.json()
    team = one["saved"]["id"]
    assert (await api.get(f"{base}/teams")).json() == kept.json()
    put = await api.put(f"{base}/teams/{team}", json={"application_id": None})
    assert put.status_code == 200
    assert (await api.delete(f"{base}/teams/{team}")).status_code == 204
    assert (await api.get(f"{base}/teams")).json() == []
