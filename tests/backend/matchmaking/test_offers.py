"""Offers: described, shown by evidence, confirmed by hand, found only by consent; needs ranked for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from backend.accounts.queries import insert_membership
from backend.accounts.schemas import Role
from backend.kit import audit
from backend.kit.db import Duplicate
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.matchmaking import domain, offer_queries, offers
from backend.matchmaking.schemas import EvidenceForm, OfferedSkill, OfferFilters
from tests.backend.matchmaking.conftest import PLASMA, TEXT, World, make_need, make_offer, offer_form
from tests.factories.applications import as_of_now
from tests.factories.web import make_actor

Fit = Callable[[], Awaitable[int]]


async def names(**filters: Any) -> list[str]:
    return [offer.name for offer in (await offers.list_offers(OfferFilters(**filters))).items]


async def test_an_offer_is_written_rewritten_and_never_doubled(world: World) -> None:
    expert = await make_actor(Role.EXPERT, name="Trần Minh Khôi")
    assert await offers.find_own_offer(expert) is None
    first = await offers.save_offer(expert, offer_form(languages=["en", "vi"]))
    assert (first.kind, first.name, first.visible, first.languages) == (
        "expert",
        "Trần Minh Khôi",
        False,
        ["vi", "en"],
    )
    second = await offers.save_offer(expert, offer_form(headline="Phủ màng mỏng bằng ALD"))
    assert (second.id, second.headline, second.revision) == (first.id, "Phủ màng mỏng bằng ALD", 2)
    assert [line.tag for line in await audit.entries(first.id)] == ["offer:created", "offer:changed"]


async def test_an_institute_bears_the_name_of_its_organisation(world: World) -> None:
    person = await make_actor(Role.INSTITUTE, name="Người Viện", organisations=[world.other.id])
    person = await as_of_now(person)
    offer = await offers.save_offer(person, offer_form(organisation_id=world.other.id))
    assert (offer.kind, offer.name) == ("institute", "Công ty Khác")
    with pytest.raises(NotFound):
        await offers.save_offer(person, offer_form(organisation_id=world.company.id))
    with pytest.raises(NotFound):
        await offers.save_offer(world.seeker, offer_form())


async def test_two_first_offers_at_once_make_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def too_late(*_: object) -> None:
        raise Duplicate

    expert = await make_actor(Role.EXPERT)
    monkeypatch.setattr(offer_queries, "insert_offer", too_late)
    with pytest.raises(Conflict):
        await offers.save_offer(expert, offer_form())


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"headline": "abc"}, "headline"),
        ({"about": "Ngắn."}, "about"),
        ({"contact": "x" * 201}, "contact"),
        ({"languages": []}, "languages"),
        ({"languages": ["tlh"]}, "languages"),
        ({"availability": ""}, "availability"),
        ({"forms": ["marriage"]}, "forms"),
    ],
)
async def test_a_form_that_cannot_be_kept_names_its_field(
    world: World, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await offers.save_offer(await make_actor(Role.EXPERT), offer_form(**changed))
    assert list(refused.value.fields) == [field]


async def test_evidence_is_added_and_taken_back(world: World) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    (item,) = offer.evidence
    assert (item.kind, item.title, item.year) == (PLASMA.kind, PLASMA.title, 2023)
    assert (await offers.remove_evidence(expert, item.id)).evidence == []
    with pytest.raises(NotFound):
        await offers.remove_evidence(expert, item.id)
    other, _ = await make_offer("Người Khác")
    kept = (await offers.add_evidence(expert, PLASMA)).evidence[0]
    with pytest.raises(NotFound):
        await offers.remove_evidence(other, kept.id)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "rumour"}, "kind"),
        ({"title": "ab"}, "title"),
        ({"text": "x" * 10_001}, "text"),
        ({"year": 1900}, "year"),
        ({"year": 2040}, "year"),
    ],
)
async def test_evidence_that_cannot_be_kept_names_its_field(
    world: World, changed: dict[str, Any], field: str
) -> None:
    expert, _ = await make_offer("Trần Minh Khôi")
    form = EvidenceForm(**{"kind": "paper", "title": "Plasma etching", **changed})
    with pytest.raises(Invalid) as refused:
        await offers.add_evidence(expert, form)
    assert list(refused.value.fields) == [field]


async def test_evidence_has_a_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    expert, _ = await make_offer("Trần Minh Khôi")
    monkeypatch.setattr(offers, "MOST_EVIDENCE", 1)
    with pytest.raises(Invalid):
        await offers.add_evidence(expert, PLASMA)


async def test_skills_are_what_their_owner_confirmed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    expert, _ = await make_offer("Trần Minh Khôi")
    twice = [OfferedSkill(key="biogas"), OfferedSkill(key="biogas", level=5)]
    assert (await offers.confirm_skills(expert, twice)).skills == [OfferedSkill(key="biogas", level=5)]
    with pytest.raises(Invalid):
        await offers.confirm_skills(expert, [OfferedSkill(key="no-such-skill")])
    monkeypatch.setattr(offers, "MOST_SKILLS", 0)
    with pytest.raises(Invalid):
        await offers.confirm_skills(expert, twice)


async def test_without_an_offer_there_is_nothing_to_change(world: World) -> None:
    expert = await make_actor(Role.EXPERT)
    for verb in (
        offers.confirm_skills(expert, []),
        offers.add_evidence(expert, PLASMA),
        offers.set_visible(expert, True),
        offers.own_offer(world.seeker),
    ):
        with pytest.raises(NotFound):
            await verb


async def test_a_whole_offer_is_published_or_nothing(world: World) -> None:
    expert = await make_actor(Role.EXPERT)
    with pytest.raises(Invalid):
        await offers.publish_offer(expert, offer_form(), [OfferedSkill(key="no-such-skill")])
    assert await offers.find_own_offer(expert) is None
    assert (await offers.publish_offer(expert, offer_form())).visible is False


async def test_a_hidden_offer_is_there_for_its_owner_alone(world: World) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    seen = await offers.get_offer(world.seeker, offer.id)
    assert (seen.name, hasattr(seen, "contact")) == ("Trần Minh Khôi", False)
    assert (await names(), await offers.count_offers()) == (["Trần Minh Khôi"], 1)
    await offers.set_visible(expert, False)
    assert (await names(), await offers.count_offers()) == ([], 0)
    assert (await offers.get_offer(expert, offer.id)).id == offer.id
    for reader, offer_id in ((world.seeker, offer.id), (world.seeker, uuid4())):
        with pytest.raises(NotFound):
            await offers.get_offer(reader, offer_id)
    tags = [line.tag for line in await audit.entries(offer.id)]
    assert tags[-2:] == ["offer:consent_given", "offer:consent_withdrawn"]


@pytest.mark.parametrize(
    ("filters", "is_found"),
    [
        ({"q": "AN MON"}, True),
        ({"q": "dry etch"}, True),
        ({"q": "TRENCHES"}, True),
        ({"q": "100%"}, False),
        ({"q": "_"}, False),
        ({"kind": "expert"}, True),
        ({"kind": "institute"}, False),
        ({"skill": "plasma-etching"}, True),
        ({"skill": "biogas"}, False),
        ({"language": "en"}, True),
        ({"language": "ja"}, False),
        ({"form": "consulting", "q": "leuven"}, True),
        ({"form": "training"}, False),
    ],
)
async def test_offers_are_narrowed(world: World, filters: dict[str, str], is_found: bool) -> None:
    await make_offer("Trần Minh Khôi")
    assert await names(**filters) == (["Trần Minh Khôi"] if is_found else [])


async def test_open_needs_are_ranked_for_an_offer_with_the_companys_score(world: World, fit: Fit) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    fitting = await make_need(world)
    lesser = await make_need(
        world, title="Khí sinh học", text="Cần người làm khí sinh học cho phòng sạch.", skills=[]
    )
    await make_need(world, title="Nhu cầu kín", listed=False)
    closed = await make_need(world, title="Nhu cầu đóng")
    await domain.close_need(world.seeker, closed.id)
    assert await offers.suggest_needs(expert, offer) == []
    await fit()
    offer = await offers.own_offer(expert)
    fits = await offers.suggest_needs(expert, offer)
    assert [fit.need.title for fit in fits] == [fitting.title, lesser.title]
    assert fits == await offers.suggest_needs(expert, offer)
    assert fits[0].reasons[0].need == "plasma-etching"
    (item,) = (await domain.suggest_partners(world.seeker, fitting)).items
    assert fits[0].score == pytest.approx(item.score, abs=1e-6)


async def test_needs_of_ones_own_organisation_and_for_hidden_offers_are_not_ranked(
    world: World, fit: Fit
) -> None:
    expert, _ = await make_offer("Trần Minh Khôi")
    await make_need(world)
    await fit()
    offer = await offers.own_offer(expert)
    assert len(await offers.suggest_needs(expert, offer)) == 1
    await insert_membership(expert.id, world.company.id, "member")
    assert await offers.suggest_needs(await as_of_now(expert), offer) == []
    hidden = await offers.set_visible(expert, False)
    assert await offers.suggest_needs(expert, hidden) == []


async def test_an_offer_the_index_does_not_know_yet_has_no_needs(world: World, fit: Fit) -> None:
    await make_offer("Trần Minh Khôi")
    await make_need(world)
    await fit()
    late, offer = await make_offer("Đến Sau")
    assert await offers.suggest_needs(late, offer) == []
    await make_need(world, title="Xa xôi", text="qqqq wwww eeee rrrr tttt yyyy zzzz xxxx vvvv.", skills=[])
    await fit()
    fits = await offers.suggest_needs(late, offer)
    assert [fit.need.text for fit in fits] == [TEXT]
