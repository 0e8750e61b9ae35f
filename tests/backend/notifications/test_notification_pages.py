"""The inbox as a page and as JSON: one's own, under a constant number of queries."""

from __future__ import annotations

from msgspec import structs

from backend.accounts.schemas import Role
from backend.kit.db import transaction
from backend.kit.text import Text
from backend.notifications import domain
from backend.notifications.tokens import unsubscribe_token
from backend.ports.mailer import KeptMail
from tests.backend.notifications.conftest import NEWS
from tests.factories.web import Browser, SignIn


async def tell(account: object, *keys: str) -> None:
    async with transaction():
        for key in keys:
            await domain.notify([account], "work", key, NEWS)  # type: ignore[list-item]


async def test_the_inbox_shows_what_is_new_and_opens_it(
    http: Browser, sign_in_as: SignIn, post: KeptMail
) -> None:
    officer = await sign_in_as(Role.OFFICER)
    assert "Chưa có thông báo nào." in (await http.get("/inbox")).text
    await tell(officer.id, "1", "2")
    shown = (await http.get("/inbox")).text
    assert shown.count("Bạn được giao hồ sơ</strong>") == 2
    assert shown.count(">Mới<") == 2
    (first, _) = (await domain.list_news(officer)).items
    opened = await http.submit(f"/inbox/{first.id}/open")
    assert (opened.status_code, opened.headers["location"]) == (303, "/cases/1")
    assert (await http.get("/inbox")).text.count(">Mới<") == 1
    assert (await http.get("/inbox?unread=1&lang=en")).text.count("A case is given to you</strong>") == 1
    await http.submit("/inbox/read")
    assert "Nothing is unread." in (await http.get("/inbox?unread=1")).text


async def test_news_with_a_clock_tell_it_in_the_inbox_and_in_json(
    http: Browser, sign_in_as: SignIn, post: KeptMail
) -> None:
    officer = await sign_in_as(Role.OFFICER)
    async with transaction():
        told = structs.replace(NEWS, clock=Text("Đã dùng 1/3 ngày.", "1/3 days used."))
        await domain.notify([officer.id], "work", "1", told)
    assert '<span class="app-table__sub">Đã dùng 1/3 ngày.</span>' in (await http.get("/inbox")).text
    [shown] = (await http.get("/api/v1/inbox")).json()["items"]
    assert shown["clock"] == {"vi": "Đã dùng 1/3 ngày.", "en": "1/3 days used."}


async def test_choices_are_kept_and_a_wrong_one_is_told(http: Browser, sign_in_as: SignIn) -> None:
    officer = await sign_in_as(Role.OFFICER)
    done = await http.submit("/inbox/preferences", {"work": "weekly", "case": "inbox"})
    assert done.status_code == 303
    chosen = {one.key: one.how for one in await domain.choices_of(officer)}
    assert (chosen["work"], chosen["case"]) == ("weekly", "now")
    page = (await http.get("/inbox/preferences")).text
    assert 'name="work" type="radio" value="weekly" checked' in page
    assert 'name="case"' not in page
    refused = await http.submit("/inbox/preferences", {"work": "hourly"})
    assert refused.status_code == 422
    assert "Hãy chọn một cách nhận thông báo." in refused.text


async def test_the_link_of_a_mail_stops_its_kind_after_a_question(http: Browser, sign_in_as: SignIn) -> None:
    officer = await sign_in_as(Role.OFFICER)
    token = unsubscribe_token(officer.id, "work")
    stranger = http.as_stranger()
    asked = await stranger.get(f"/unsubscribe/{token}")
    assert (asked.status_code, "Bạn được giao việc" in asked.text) == (200, True)
    assert [one.how for one in await domain.choices_of(officer) if one.key == "work"] == ["now"]
    done = await stranger.submit(f"/unsubscribe/{token}")
    assert (done.status_code, "Đã ngừng gửi thư" in done.text) == (200, True)
    assert [one.how for one in await domain.choices_of(officer) if one.key == "work"] == ["inbox"]


async def test_a_mail_program_stops_its_kind_at_one_press(http: Browser, sign_in_as: SignIn) -> None:
    officer = await sign_in_as(Role.OFFICER)
    token = unsubscribe_token(officer.id, "warning")
    program = http.as_stranger()
    looked = await program.get(f"/api/v1/unsubscribe/{token}")
    assert (looked.status_code, looked.headers["location"]) == (303, f"/unsubscribe/{token}")
    done = await program.post(f"/api/v1/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 204
    assert [one.how for one in await domain.choices_of(officer) if one.key == "warning"] == ["inbox"]


async def test_the_interface_for_programs_tells_counts_reads_and_chooses(
    http: Browser, sign_in_as: SignIn, post: KeptMail
) -> None:
    officer = await sign_in_as(Role.OFFICER)
    await tell(officer.id, "1")
    listed = (await http.get("/api/v1/inbox")).json()
    assert (listed["total"], listed["items"][0]["headline"]["en"]) == (1, "A case is given to you")
    assert (await http.get("/api/v1/inbox/unread")).json() == {"unread": 1}
    token = {"x-csrf-token": http.token()}
    read = await http.post(f"/api/v1/inbox/{listed['items'][0]['id']}/read", headers=token)
    assert read.json()["read_at"] is not None
    assert (await http.get("/api/v1/inbox?unread=true")).json()["items"] == []
    wish = [{"kind": "partner", "how": "weekly"}]
    put = await http.put("/api/v1/inbox/preferences", json=wish, headers=token)
    assert {one["kind"]: one["how"] for one in put.json()}["partner"] == "weekly"
    assert (await http.get("/api/v1/inbox/preferences")).json() == put.json()
