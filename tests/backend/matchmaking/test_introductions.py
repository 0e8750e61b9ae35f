"""Introductions: asked by one side, answered by the other; contact data for both only then."""

from __future__ import annotations

from uuid import uuid4

import pytest

from backend.accounts.queries import insert_membership
from backend.kit import audit
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.outbox import work_until_empty
from backend.matchmaking import domain, introductions, offers, queries
from backend.matchmaking.introductions import AlreadyAsked, answer_introduction, ask_introduction
from backend.matchmaking.schemas import Contact
from backend.notifications.tables import NotificationRow
from tests.backend.matchmaking.conftest import World, make_need, make_offer
from tests.factories.applications import as_of_now

HELLO = "Chúng tôi muốn trao đổi về ăn mòn plasma."


async def mails() -> list[str]:
    """Who was told something, in order."""
    rows = await NotificationRow.select(NotificationRow.account).order_by(NotificationRow.created_at)
    return [str(row["account"]) for row in rows]


async def test_contact_data_are_shown_only_when_both_agreed(world: World) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    need = await make_need(world)
    asked = await ask_introduction(world.seeker, need.id, offer.id, HELLO)
    assert (asked.state, asked.side, asked.contact, asked.awaits_reader) == ("asked", "need", None, False)
    (theirs,) = await introductions.list_introductions(expert)
    assert (theirs.side, theirs.contact, theirs.awaits_reader) == ("offer", None, True)
    accepted = await answer_introduction(expert, asked.id, "accept", "Rất sẵn lòng.")
    assert (accepted.state, accepted.answer, accepted.awaits_reader) == ("accepted", "Rất sẵn lòng.", False)
    assert accepted.contact == Contact(name="Phạm Thu Hà", email=world.seeker.email)
    seen = await introductions.get_introduction(world.seeker, asked.id)
    assert seen.contact == Contact(name="Trần Minh Khôi", email=expert.email, more="Zalo 0901 234 567")
    chain = [(line.tag, line.data["from"], line.data["to"]) for line in await audit.entries(asked.id)]
    assert chain == [("introduction:asked", "", "asked"), ("introduction:accepted", "asked", "accepted")]
    assert await mails() == [str(expert.id), str(world.seeker.id)]
    await work_until_empty()
    assert (await domain.get_need(world.seeker, need.id)).introductions[0].state == "accepted"


async def test_declined_is_told_without_contact_and_may_be_asked_again(world: World) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    need = await make_need(world)
    first = await ask_introduction(world.seeker, need.id, offer.id, HELLO)
    with pytest.raises(AlreadyAsked):
        await ask_introduction(world.seeker, need.id, offer.id, HELLO)
    declined = await answer_introduction(expert, first.id, "decline")
    assert (declined.state, declined.contact) == ("declined", None)
    again = await ask_introduction(world.seeker, need.id, offer.id, HELLO)
    assert domain.state_with(await domain.get_need(world.seeker, need.id), offer.id) == "asked"
    withdrawn = await answer_introduction(world.seeker, again.id, "withdraw")
    assert withdrawn.state == "withdrawn"
    assert len(await mails()) == 3  # asked, declined, asked; who withdraws troubles nobody


async def test_an_expert_asks_a_company_that_listed_its_need(world: World) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    listed, private = await make_need(world), await make_need(world, listed=False)
    asked = await ask_introduction(expert, listed.id, offer.id, HELLO)
    assert (asked.asked_from, asked.side) == ("offer", "offer")
    assert await mails() == [str(world.seeker.id)]
    accepted = await answer_introduction(world.seeker, asked.id, "accept")
    assert accepted.contact == Contact(name="Trần Minh Khôi", email=expert.email, more="Zalo 0901 234 567")
    with pytest.raises(NotFound):
        await ask_introduction(expert, private.id, offer.id, HELLO)


async def test_only_the_side_that_is_asked_answers_and_only_the_asker_withdraws(world: World) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    asked = await ask_introduction(world.seeker, (await make_need(world)).id, offer.id, HELLO)
    outsider, _ = await make_offer("Người Ngoài")
    for actor, step in (
        (world.seeker, "accept"),
        (world.seeker, "decline"),
        (expert, "withdraw"),
        (expert, "burn"),
        (outsider, "accept"),
        (world.stranger, "withdraw"),
    ):
        with pytest.raises(NotFound):
            await answer_introduction(actor, asked.id, step)
    with pytest.raises(Invalid) as refused:
        await answer_introduction(expert, asked.id, "accept", "x" * 2001)
    assert list(refused.value.fields) == ["answer"]
    await answer_introduction(expert, asked.id, "accept")
    with pytest.raises(Conflict):
        await answer_introduction(world.seeker, asked.id, "withdraw")
    assert await introductions.list_introductions(outsider) == []


async def test_nobody_is_asked_about_what_one_may_not_see(world: World) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    need = await make_need(world)
    for actor, need_id, offer_id in (
        (world.stranger, need.id, offer.id),
        (world.seeker, uuid4(), offer.id),
        (world.seeker, need.id, uuid4()),
    ):
        with pytest.raises(NotFound):
            await ask_introduction(actor, need_id, offer_id, HELLO)
    with pytest.raises(Invalid) as refused:
        await ask_introduction(world.seeker, need.id, offer.id, "Chào")
    assert list(refused.value.fields) == ["message"]
    await insert_membership(expert.id, world.company.id, "member")
    with pytest.raises(NotFound):  # of the own organisation
        await ask_introduction(world.seeker, need.id, offer.id, HELLO)
    other, hidden = await make_offer("Sẽ Ẩn")
    await offers.set_visible(other, False)
    with pytest.raises(NotFound):
        await ask_introduction(world.seeker, need.id, hidden.id, HELLO)
    await domain.close_need(world.seeker, need.id)
    _, third = await make_offer("Người Thứ Ba")
    with pytest.raises(Conflict):
        await ask_introduction(world.seeker, need.id, third.id, HELLO)


async def test_accepted_introductions_outlive_a_withdrawn_consent(world: World) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    asked = await ask_introduction(world.seeker, (await make_need(world)).id, offer.id, HELLO)
    await answer_introduction(expert, asked.id, "accept")
    await offers.set_visible(expert, False)
    seen = await introductions.get_introduction(world.seeker, asked.id)
    assert seen.contact is not None
    assert await queries.find_introduction(asked.id, uuid4(), [world.other.id]) is None
    with pytest.raises(NotFound):
        await introductions.get_introduction(await as_of_now(world.stranger), asked.id)
