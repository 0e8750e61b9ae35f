"""The pages as a browser without a script uses them, and the JSON interface."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from backend.accounts.schemas import Actor, Role
from backend.matchmaking import domain, introductions, offers
from backend.matchmaking.schemas import NeededSkill
from tests.backend.matchmaking.conftest import TEXT, World, make_need, make_offer
from tests.factories.web import Browser, make_actor, sign_in

Fit = Callable[[], Awaitable[int]]
HELLO = "Chúng tôi muốn trao đổi về ăn mòn plasma."


async def words(browser: Browser, url: str) -> str:
    """All words of a page that is there."""
    page = await browser.get(url)
    assert page.status_code == 200, page.text
    return plain(page.text)


def plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.fixture
async def seeker(world: World, http: Browser) -> Browser:
    await sign_in(http, world.seeker)
    return http


@pytest.fixture
async def expert(world: World, http: Browser) -> tuple[Browser, Actor]:
    browser = http.as_stranger()
    actor, _ = await make_offer("Trần Minh Khôi")
    await sign_in(browser, actor)
    return browser, actor


async def test_a_need_is_said_in_two_steps_and_its_partners_shown(
    seeker: Browser, world: World, expert: Any, fit: Fit
) -> None:
    await fit()
    typed = {"title": "Linh kiện SiC", "text": TEXT}
    read = await seeker.submit("/partners/needs/new", {**typed, "action": "read"})
    assert read.status_code == 200
    assert "<mark>ăn mòn plasma</mark>" in read.text
    assert re.search(r'value="plasma-etching" checked', read.text)
    ticked = {**typed, "skill": ["plasma-etching"], "weight-plasma-etching": "3", "listed": "yes"}
    added = await seeker.submit("/partners/needs/new", {**ticked, "more": "biogas", "action": "add"})
    assert re.search(r'value="biogas" checked', added.text)
    assert not re.search(r'value="die-attach" checked', added.text)
    refused = await seeker.submit("/partners/needs/new", {**ticked, "more": "zzzzzz", "action": "add"})
    assert (refused.status_code, "zzzzzz" in refused.text) == (422, True)
    back = await seeker.submit("/partners/needs/new", {**ticked, "action": "words"})
    assert (back.status_code, 'name="weight-plasma-etching" value="3"' in back.text) == (200, True)
    both = {**ticked, "skill": ["plasma-etching", "biogas"], "kind-biogas": "wished"}
    saved = await seeker.submit("/partners/needs/new", {**both, "action": "save"})
    assert saved.status_code == 303
    (need,) = await domain.list_needs(world.seeker)
    assert [(s.key, s.weight, s.required) for s in need.skills] == [
        ("plasma-etching", 3, True),
        ("biogas", 2, False),
    ]
    page = await words(seeker, saved.headers["location"])
    assert "cần và có Ăn mòn plasma , đúng kỹ năng đó" in page
    assert "Plasma etching of trenches" in page
    assert "Một kỹ năng chưa ai đáp ứng Khí sinh học" in page


async def test_a_way_of_one_step_is_told_and_drawn(
    seeker: Browser, world: World, expert: Any, fit: Fit
) -> None:
    need = await make_need(world, skills=[NeededSkill(key="etching")])
    await fit()
    page = await seeker.get(f"/partners/needs/{need.id}")
    assert "cần Ăn mòn — có Ăn mòn plasma , một bước" in plain(page.text)
    drawn = "<title>Đường đi giữa hai kỹ năng</title><desc>Ăn mòn → bao gồm → Ăn mòn plasma → thể hiện qua"
    assert drawn in page.text
    why = await seeker.get(
        f"/partners/needs/{need.id}/offers/{(await offers.own_offer(expert[1])).id}?lang=en"
    )
    assert "<desc>Etching → includes → Plasma etching → shown by" in why.text
    assert "The parts add up to the score" in plain(why.text)


async def test_wrong_words_come_back_as_typed(seeker: Browser, world: World) -> None:
    refused = await seeker.submit("/partners/needs/new", {"title": "Bốn", "text": "Ngắn", "action": "read"})
    assert (refused.status_code, 'value="Bốn"' in refused.text) == (422, True)
    invented = {"title": "Linh kiện", "text": TEXT, "skill": ["no-such-skill"], "action": "save"}
    assert (await seeker.submit("/partners/needs/new", invented)).status_code == 422


async def test_who_acts_for_nobody_or_for_two_chooses_the_organisation(http: Browser, world: World) -> None:
    typed = {"title": "Linh kiện SiC", "text": TEXT, "action": "save"}
    await sign_in(http, await make_actor(Role.APPLICANT))
    assert "/organisations/new" in (await http.submit("/partners/needs/new", typed)).text
    both = await make_actor(Role.APPLICANT, organisations=[world.company.id, world.other.id])
    await sign_in(http, both)
    assert (await http.submit("/partners/needs/new", typed)).status_code == 422
    chosen = await http.submit("/partners/needs/new", {**typed, "organisation": str(world.other.id)})
    assert chosen.status_code == 303


async def test_the_first_step_is_there(seeker: Browser, world: World) -> None:
    assert "Bước 1 trong 2" in await words(seeker, "/partners/needs/new")


async def test_a_need_is_changed_and_closed(seeker: Browser, world: World) -> None:
    need = await make_need(world)
    url = f"/partners/needs/{need.id}"
    assert "Quang khắc EUV" in await words(seeker, f"{url}/edit")
    assert "đang được chuẩn bị" in await words(seeker, url)
    typed = {"title": "Linh kiện GaN", "text": TEXT, "action": "save"}
    assert (await seeker.submit(f"{url}/edit", {**typed, "revision": "một"})).status_code == 409
    assert (await seeker.submit(f"{url}/edit", {**typed, "revision": "1"})).status_code == 303
    assert (await domain.get_need(world.seeker, need.id)).title == "Linh kiện GaN"
    assert (await seeker.submit(f"{url}/close")).status_code == 303
    assert "Đã đóng" in await words(seeker, url)


async def test_the_start_page_says_what_concerns_the_reader(
    seeker: Browser, world: World, expert: Any
) -> None:
    await make_need(world)
    mine = await words(seeker, "/partners")
    assert "Linh kiện SiC" in mine
    assert "Trần Minh Khôi" in mine
    assert "Trần Minh Khôi" not in await words(seeker, "/partners?q=zzz&kind=institute")
    assert "Có kỹ năng: Ăn mòn plasma" in await words(seeker, "/partners?skill=plasma-etching&page=0")
    theirs = await words(expert[0], "/partners")
    assert "Hồ sơ năng lực của tôi" in theirs
    assert "Linh kiện SiC" not in theirs
    stranger = await words(seeker.as_stranger(), "/partners")
    assert "1 hồ sơ năng lực" in stranger
    assert "Trần Minh Khôi" not in stranger


async def test_an_introduction_is_asked_answered_and_only_then_shows_contact(
    seeker: Browser, world: World, expert: tuple[Browser, Actor]
) -> None:
    browser, actor = expert
    offer, need = await offers.own_offer(actor), await make_need(world)
    page = await words(seeker, f"/partners/offers/{offer.id}")
    assert "Zalo" not in page
    assert actor.email not in page
    form = {"need": str(need.id), "offer": str(offer.id), "message": HELLO}
    short = await seeker.submit("/partners/introductions", {**form, "message": "Chào"})
    assert (short.status_code, ">\nChào</textarea>" in short.text) == (422, True)
    assert (await seeker.submit("/partners/introductions", {**form, "need": "?"})).status_code == 422
    asked = await seeker.submit("/partners/introductions", form)
    assert asked.status_code == 303
    url = asked.headers["location"]
    assert actor.email not in await words(seeker, url)
    assert world.seeker.email not in await words(browser, url)
    refused = await browser.submit(f"{url}/accept", {"answer": "x" * 2001})
    assert refused.status_code == 422
    assert (await browser.submit(f"{url}/accept", {"answer": "Vâng."})).status_code == 303
    assert world.seeker.email in await words(browser, url)
    after = await words(seeker, url)
    assert actor.email in after
    assert "Zalo 0901 234 567" in after
    assert "Hai bên đã đồng ý" in await words(seeker, "/partners")
    assert (await seeker.as_stranger().get(url)).status_code == 303


async def test_a_profile_is_made_confirmed_and_shown_by_consent(
    http: Browser, world: World, fit: Fit
) -> None:
    actor = await make_actor(Role.EXPERT, name="Nguyễn Lan Anh")
    await sign_in(http, actor)
    base = "/partners/profile"
    assert (await http.get(base)).headers["location"] == f"{base}/edit"
    form = {"headline": "Ăn mòn plasma", "about": "Mười năm làm ăn mòn plasma trong phòng sạch."}
    refused = await http.submit(f"{base}/edit", form)
    assert (refused.status_code, 'value="Ăn mòn plasma"' in refused.text) == (422, True)
    whole = {**form, "languages": ["vi"], "availability": "now", "forms": ["training"], "organisation": "?"}
    made = await http.submit(f"{base}/edit", whole)
    assert made.headers["location"] == f"{base}/skills"
    suggested = (await http.get(f"{base}/skills")).text
    assert "<mark>ăn mòn plasma</mark>" in suggested or "<mark>Ăn mòn plasma</mark>" in suggested
    assert not re.search(r'value="plasma-etching" checked', suggested)
    added = await http.submit(f"{base}/skills", {"more": "biogas", "action": "add"})
    assert re.search(r'value="biogas" checked', added.text)
    assert (await http.submit(f"{base}/skills", {"more": "zzzzzz", "action": "add"})).status_code == 422
    confirmed = {"skill": ["plasma-etching"], "level-plasma-etching": "5", "action": "save"}
    assert (await http.submit(f"{base}/skills", confirmed)).status_code == 303
    assert [(s.key, s.level) for s in (await offers.own_offer(actor)).skills] == [("plasma-etching", 5)]
    assert (await http.submit(f"{base}/evidence", {"title": "A", "year": "hai"})).status_code == 422
    item = {"kind": "paper", "title": "Plasma etching of SiC", "year": "2024", "text": ""}
    assert (await http.get(f"{base}/evidence")).status_code == 200
    assert (await http.submit(f"{base}/evidence", item)).headers["location"] == f"{base}/skills"
    assert "Hồ sơ đang ẩn" in await words(http, base)
    assert (await http.submit(f"{base}/visibility", {"visible": "yes"})).status_code == 303
    need = await make_need(world)
    await fit()
    shown = await words(http, base)
    assert f"{need.title} Công ty Đồ Sơn" in shown
    assert "Plasma etching of SiC" in shown
    (kept,) = (await offers.own_offer(actor)).evidence
    assert (await http.submit(f"{base}/evidence/{kept.id}/remove")).status_code == 303
    changed = await http.submit(f"{base}/edit", {**whole, "headline": "Ăn mòn sâu"})
    assert changed.headers["location"] == base
    assert 'value="Ăn mòn sâu"' in (await http.get(f"{base}/edit")).text
    await http.submit(f"{base}/visibility", {"visible": "no"})
    assert (await offers.own_offer(actor)).visible is False


async def test_an_expert_answers_a_listed_need_from_the_profile(
    world: World, expert: tuple[Browser, Actor], fit: Fit
) -> None:
    browser, actor = expert
    need = await make_need(world)
    await fit()
    offer = await offers.own_offer(actor)
    assert "Đề nghị giới thiệu tới" in await words(browser, "/partners/profile")
    form = {"need": str(need.id), "offer": str(offer.id), "message": HELLO}
    assert (await browser.submit("/partners/introductions", form)).status_code == 303
    assert "Đang chờ trả lời" in await words(browser, "/partners/profile")
    assert [one.side for one in await introductions.list_introductions(world.seeker)] == ["need"]


async def test_the_skill_graph_is_open_to_everybody(http: Browser, world: World, expert: Any) -> None:
    assert "Công nghệ bán dẫn" in await words(http, "/skills")
    assert "Ăn mòn plasma" in await words(http, "/skills?q=an+mon")
    assert "Không tìm thấy" in await words(http, "/skills?q=zzzzzz")
    skill = await http.get("/skills/plasma-etching?lang=en")
    assert (skill.text.count("<svg") >= 1, "Dry etching" in skill.text or "Etching" in skill.text) == (
        True,
        True,
    )
    assert "1 profile confirmed it; sign in to see it." in plain(skill.text)
    assert "Trần Minh Khôi" not in skill.text
    assert (await http.get("/skills/no-such-skill")).status_code == 404


async def test_the_json_interface_says_the_same(http: Browser, world: World, expert: Any, fit: Fit) -> None:
    await fit()
    api = http.with_token(await sign_in(http, world.seeker))
    new = {
        "organisation_id": str(world.company.id),
        "title": "Linh kiện SiC",
        "text": TEXT,
        "skills": [{"key": "plasma-etching"}, {"key": "biogas", "required": False}],
    }
    made = await api.post("/api/v1/needs", json=new)
    assert made.status_code == 201
    need = made.json()
    assert (await api.get("/api/v1/needs")).json() == [need]
    assert (await api.get(f"/api/v1/needs/{need['id']}")).json() == need
    changed = {name: new[name] for name in ("title", "text")} | {"revision": 1}
    assert (await api.put(f"/api/v1/needs/{need['id']}", json=changed)).json()["revision"] == 2
    assert (await api.put(f"/api/v1/needs/{need['id']}", json=changed)).status_code == 409
    found = (await api.get(f"/api/v1/needs/{need['id']}/suggestions")).json()
    assert [item["offer"]["name"] for item in found["items"]] == ["Trần Minh Khôi"]
    assert "contact" not in found["items"][0]["offer"]
    listed = (await api.get("/api/v1/offers", params={"q": "an mon"})).json()
    assert (listed["total"], listed["items"][0]["id"]) == (1, found["items"][0]["offer"]["id"])
    assert (await api.get(f"/api/v1/offers/{listed['items'][0]['id']}")).json() == listed["items"][0]
    assert (await api.get(f"/api/v1/offers/{uuid4()}")).status_code == 404
    skills = (await api.get("/api/v1/skills", params={"q": "plasma etching"})).json()
    assert (skills[0]["key"], skills[0]["label"]["vi"]) == ("plasma-etching", "Ăn mòn plasma")
    assert (await api.get("/api/v1/skills/plasma-etching")).json() == skills[0]
    assert len((await api.get("/api/v1/skills")).json()) > 300
