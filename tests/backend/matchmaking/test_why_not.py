"""Why not this partner: limits, ranks, one change; and nothing of those who may not be seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from backend.accounts.queries import insert_membership
from backend.kit.errors import Invalid, NotFound
from backend.matchmaking import domain, offers
from backend.matchmaking.schemas import NeededSkill, NeedForm, NeedLimits
from tests.backend.applications.test_queue import counted
from tests.backend.matchmaking.conftest import TEXT, World, make_need, make_offer, offer_form
from tests.factories.web import Browser, sign_in

Fit = Callable[[], Awaitable[int]]
LIMITS = NeedLimits(kinds=["expert"], languages=["ja"], availability="now", forms=["consulting"])


@pytest.fixture(autouse=True)
def _one_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, "SHOWN", 1)


async def test_somebody_behind_learns_the_rank_and_what_would_bring_them_in(world: World, fit: Fit) -> None:
    _, first = await make_offer("Trần Minh Khôi")
    about = "Chúng tôi làm pin và trạm sạc."
    actor, last = await make_offer("Lê Quốc Bảo", headline="Trạm sạc", about=about)
    for item in last.evidence:
        await offers.remove_evidence(actor, item.id)
    await offers.confirm_skills(actor, [])
    need = await make_need(world)
    await fit()
    _, found = await domain.why_not(world.seeker, need.id, last.id)
    assert (found.is_indexed, found.is_shown, found.failed, found.shown) == (True, False, [], 1)
    assert found.needed > found.score
    assert {gap.signal for gap in found.lower} <= {"words", "topics", "concepts"}
    assert all(gap.own < gap.other for gap in found.lower)
    assert found.change is not None
    assert found.would_score is not None
    assert found.would_score > found.score
    _, there = await domain.why_not(world.seeker, need.id, first.id)
    assert (there.rank, there.is_shown) == (1, True)


async def test_limits_leave_out_and_are_said(world: World, fit: Fit) -> None:
    _, offer = await make_offer("Trần Minh Khôi", availability="later")
    _, speaker = await make_offer("Lê Quốc Bảo", languages=["ja"])
    need = await make_need(world, limits=LIMITS)
    assert (await domain.get_need(world.seeker, need.id)).limits == LIMITS
    await fit()
    shown = await domain.suggest_partners(world.seeker, need)
    assert [item.offer.id for item in shown.items] == [speaker.id]
    assert shown.asked == 1
    _, found = await domain.why_not(world.seeker, need.id, offer.id)
    assert [text.vi for text in found.failed] == [
        "Không đạt: dùng được ngôn ngữ cần có (cần Tiếng Nhật; có Tiếng Việt, Tiếng Anh).",
        "Không đạt: nhận việc kịp thời hạn (tháng) (cần 0; có 4).",
    ]
    assert (found.is_shown, found.change) == (False, None)
    _, _, explanation = await domain.explain_partner(world.seeker, need.id, speaker.id)
    assert [check.rule for check in explanation.checks if check.asked] == [
        "kind",
        "language",
        "availability",
        "form",
    ]


@pytest.mark.parametrize(
    "limits", [NeedLimits(languages=["tlh"]), NeedLimits(forms=["magic"]), NeedLimits(availability="never")]
)
async def test_limits_are_of_the_choices(world: World, limits: NeedLimits) -> None:
    with pytest.raises(Invalid) as refused:
        await make_need(world, limits=limits)
    assert list(refused.value.fields) == ["limits"]


async def test_ones_own_organisation_is_said(world: World, fit: Fit) -> None:
    expert, offer = await make_offer("Người Nhà")
    need = await make_need(world)
    await fit()
    await insert_membership(expert.id, world.company.id, "member")
    _, found = await domain.why_not(world.seeker, need.id, offer.id)
    assert [text.en for text in found.failed] == ["This profile is your own organisation's."]


async def test_nothing_is_told_of_those_who_may_not_be_seen(world: World, fit: Fit) -> None:
    expert, offer = await make_offer("Trần Minh Khôi")
    _, hidden = await make_offer("Chưa Đồng Ý", visible=False)
    need = await make_need(world)
    await fit()
    for actor, asked in ((world.stranger, offer.id), (world.seeker, hidden.id), (world.seeker, uuid4())):
        with pytest.raises(NotFound):
            await domain.why_not(actor, need.id, asked)
    await offers.set_visible(expert, False)
    with pytest.raises(NotFound):
        await domain.why_not(world.seeker, need.id, offer.id)


async def test_an_offer_that_came_after_the_index_is_said_to_be_new(world: World, fit: Fit) -> None:
    need = await make_need(world)
    _, early = await make_offer("Trần Minh Khôi")
    assert not (await domain.why_not(world.seeker, need.id, early.id))[1].is_indexed
    await fit()
    _, late = await make_offer("Đến Sau")
    _, found = await domain.why_not(world.seeker, need.id, late.id)
    assert (found.is_indexed, found.is_shown) == (False, False)


async def test_the_number_of_queries_is_the_same_for_one_offer_and_many(
    world: World, fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = await make_need(world)
    _, offer = await make_offer("Trần Minh Khôi")
    await fit()
    with counted(monkeypatch) as few:
        await domain.why_not(world.seeker, need.id, offer.id)
    for number in range(5):
        await make_offer(f"Chuyên gia {number}")
    await fit()
    with counted(monkeypatch) as many:
        await domain.why_not(world.seeker, need.id, offer.id)
    assert len(many) == len(few) == 4


async def test_the_pages(world: World, http: Browser, fit: Fit) -> None:
    await make_offer("Trần Minh Khôi")
    _, last = await make_offer("Lê Quốc Bảo", headline="Trạm sạc cho cảng")
    await make_offer("Chưa Đồng Ý", visible=False)
    need = await make_need(world, skills=[NeededSkill(key="sic-devices")])
    await sign_in(http, world.seeker)
    base = f"/partners/needs/{need.id}/why-not"
    assert "chưa có trong chỉ mục" in (await http.get(f"{base}/{last.id}")).text
    await fit()
    empty = await http.get(base)
    assert (empty.status_code, "Lê Quốc Bảo" in empty.text) == (200, False)
    found = await http.get(f"{base}?q=tram+sac")
    assert f'href="{base}/{last.id}"' in found.text
    assert "Không có hồ sơ nào đang hiện" in (await http.get(f"{base}?q=chua+dong+y")).text
    pages = [(await http.get(f"{base}/{one.id}?lang=en")).text for one in (last,)]
    assert any("place" in page for page in pages)
    await domain.change_need(
        world.seeker,
        need.id,
        1,
        NeedForm(title="Linh kiện SiC", text=TEXT, skills=need.skills, limits=LIMITS),
    )
    assert "A condition is not fulfilled" in (await http.get(f"{base}/{last.id}?lang=en")).text


async def test_limits_travel_through_both_steps_of_the_form(world: World, http: Browser) -> None:
    await sign_in(http, world.seeker)
    typed = {"title": "Linh kiện SiC", "text": TEXT, "skill": ["sic-devices"]}
    chosen = {"limit-languages": ["ja", "vi"], "limit-availability": "now", "limit-kinds": "expert"}
    back = await http.submit("/partners/needs/new", {**typed, **chosen, "action": "words"})
    for name, value in (("limit-languages", "ja"), ("limit-availability", "now"), ("limit-kinds", "expert")):
        assert f'name="{name}" value="{value}"' in back.text
    read = await http.submit("/partners/needs/new", {**typed, **chosen, "action": "read"})
    assert "Điều kiện bắt buộc với mọi đối tác: 3" in read.text
    saved = await http.submit("/partners/needs/new", {**typed, **chosen, "action": "save"})
    (need,) = await domain.list_needs(world.seeker)
    assert saved.headers["location"] == f"/partners/needs/{need.id}"
    assert need.limits == NeedLimits(kinds=["expert"], languages=["ja", "vi"], availability="now")
    again = await http.get(f"/partners/needs/{need.id}/edit")
    assert "Điều kiện bắt buộc với mọi đối tác: 3" in again.text


async def test_the_interface(world: World, http: Browser, fit: Fit) -> None:
    _, offer = await make_offer("Trần Minh Khôi")
    need = await make_need(world)
    await fit()
    api = http.with_token(await sign_in(http, world.seeker))
    told = (await api.get(f"/api/v1/needs/{need.id}/why-not/{offer.id}")).json()
    assert (told["offer"]["name"], told["rank"], told["shown"]) == ("Trần Minh Khôi", 1, 1)
    why = (await api.get(f"/api/v1/needs/{need.id}/offers/{offer.id}")).json()
    assert sum(part["value"] for part in why["contributions"]) == pytest.approx(why["score"], abs=1e-6)


async def test_a_country_is_one_of_the_list(world: World) -> None:
    actor, offer = await make_offer("Trần Minh Khôi", country="JP")
    assert offer.country == "JP"
    with pytest.raises(Invalid) as refused:
        await offers.save_offer(actor, offer_form(country="XX"))
    assert list(refused.value.fields) == ["country"]
