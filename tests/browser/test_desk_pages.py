"""Pages beside the great ways, full, on a phone in both languages; and who is invited joins."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Arrive, Newcomer
from tests.browser.test_hard_ways import mails_to
from tests.browser.visitor import PHONE
from tests.factories.dossiers import submitted
from tests.factories.serving import Served

PAGES = {
    "admin": (
        "/admin",
        "/admin/superiors",
        "/admin/signing",
        "/admin/conditions",
        "/admin/rules",
        "/inbox/preferences",
    ),
    "officer": ("/insight/times", "/corrections"),
}


@pytest.mark.parametrize("who", PAGES)
async def test_pages_of_the_desk_are_sound(arrive: Arrive, who: str) -> None:
    visitor = await arrive(width=PHONE)
    await visitor.sign_in(who)
    for path in PAGES[who]:
        await visitor.go(path)
        await visitor.look("en")


async def test_a_case_is_sound_for_both_sides(arrive: Arrive, newcomer: Newcomer) -> None:
    case = f"/cases/{(await submitted(newcomer.client, newcomer.organisation))['id']}"
    for who in (newcomer.name, "officer"):
        visitor = await arrive(width=PHONE)
        await visitor.sign_in(who)
        await visitor.go(case)
        await visitor.look("en")


async def test_who_is_invited_joins_by_the_mailed_link(
    site: Served, arrive: Arrive, newcomer: Newcomer
) -> None:
    owner, guest = await arrive(width=PHONE), await arrive(width=PHONE)
    place, address = f"/organisations/{newcomer.organisation}", f"khach-{newcomer.name}@benthu.test"
    await owner.sign_in(newcomer.name)
    await owner.go(place)
    await owner.page.fill("#email", address)
    await owner.press("Gửi lời mời")
    assert address in await owner.words("#invitations")
    await owner.look("en")
    (mail,) = await mails_to(site, newcomer, "Lời mời làm việc")
    link = re.search(r"/invitations/link/\S+", mail)
    assert link is not None
    await guest.go(link[0])
    await guest.look("en")
    await guest.page.fill("#name", "Đinh Thị Khách")
    await guest.page.fill("#password", "một câu dễ nhớ của tôi")
    await guest.press("Mở tài khoản và nhận lời")
    assert (guest.path, "Đinh Thị Khách" in await guest.words("#members")) == (place, True)
    await owner.go(place)
    assert "Đinh Thị Khách" in await owner.words("#members")
    assert address not in await owner.words("#invitations")
    await guest.go(link[0])
    assert guest.path.startswith("/invitations/")
    await guest.look("en")
