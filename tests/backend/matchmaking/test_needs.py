"""Needs: said, changed, closed; theirs who said them and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from backend.accounts.schemas import Role
from backend.kit import audit
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.matchmaking import domain
from backend.matchmaking.schemas import NeededSkill, NeedForm, NewNeed
from tests.backend.matchmaking.conftest import SKILLS, TEXT, World, make_need
from tests.factories.applications import as_of_now
from tests.factories.web import make_actor


async def test_a_need_is_kept_as_said_with_one_audit_line(world: World) -> None:
    need = await make_need(world, title="  Linh kiện\tSiC ", skills=[*SKILLS, SKILLS[0]])
    assert (need.title, need.text, need.skills) == ("Linh kiện SiC", TEXT, SKILLS)
    assert (need.organisation_name, need.listed, need.revision) == ("Công ty Đồ Sơn", True, 1)
    assert [(line.tag, line.actor) for line in await audit.entries(need.id)] == [
        ("need:created", world.seeker.id)
    ]
    assert await domain.list_needs(world.seeker) == [need]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": "Bốn"}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"text": "Ngắn quá."}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"skills": [NeededSkill(key="no-such-skill")]}, "skills"),
    ],
)
async def test_what_cannot_be_kept_names_its_field(world: World, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await make_need(world, **changed)
    assert list(refused.value.fields) == [field]


async def test_needs_are_said_for_ones_own_organisation_by_those_who_look_for_partners(world: World) -> None:
    form = NewNeed(title="Linh kiện SiC", text=TEXT, organisation_id=world.other.id)
    assert (await domain.create_need(world.stranger, form)).organisation_id == world.other.id
    with pytest.raises(NotFound):
        await domain.create_need(world.seeker, form)
    expert = await make_actor(Role.EXPERT, organisations=[world.other.id])
    with pytest.raises(NotFound):
        await domain.create_need(await as_of_now(expert), form)


async def test_the_needs_of_others_are_not_there(world: World) -> None:
    need = await make_need(world)
    assert await domain.get_need(world.seeker, need.id) == need
    for verb in (
        domain.get_need(world.stranger, need.id),
        domain.close_need(world.stranger, need.id),
        domain.change_need(world.stranger, need.id, 1, NeedForm(title="Linh kiện", text=TEXT)),
    ):
        with pytest.raises(NotFound):
            await verb
    assert await domain.list_needs(world.stranger) == []
    assert await domain.list_needs(await make_actor(Role.APPLICANT)) == []


async def test_a_change_builds_on_what_was_seen(world: World) -> None:
    need = await make_need(world)
    changed = await domain.change_need(
        world.seeker, need.id, 1, NeedForm(title="Linh kiện GaN", text=TEXT, skills=SKILLS[:1])
    )
    assert (changed.title, changed.skills, changed.revision) == ("Linh kiện GaN", SKILLS[:1], 2)
    with pytest.raises(Conflict):
        await domain.change_need(world.seeker, need.id, 1, NeedForm(title="Linh kiện", text=TEXT))


async def test_a_closed_need_stays_closed(world: World) -> None:
    need = await make_need(world)
    assert (await domain.close_need(world.seeker, need.id)).closed_at is not None
    with pytest.raises(Conflict):
        await domain.close_need(world.seeker, need.id)
    with pytest.raises(Conflict):
        await domain.change_need(world.seeker, need.id, 1, NeedForm(title="Linh kiện", text=TEXT))
    last = (await audit.entries(need.id))[-1]
    assert (last.tag, last.data) == ("need:closed", {"transition": "close", "from": "open", "to": "closed"})


@pytest.mark.parametrize(
    ("text", "skills", "is_well"), [("từ " * 100, [], True), ("từ " * 99, SKILLS, False), ("", [1] * 5, True)]
)
def test_a_hundred_words_or_five_skills_are_enough(text: str, skills: list[Any], is_well: bool) -> None:
    assert domain.is_well_described(text, skills) is is_well
