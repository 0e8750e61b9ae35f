"""An owner invites co-workers by e-mail and does not learn from the answer who has an account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import cast as typed
from uuid import uuid4

import pytest

from backend.accounts import domain as accounts
from backend.accounts.queries import find_account_id, find_actor, list_memberships
from backend.accounts.schemas import Actor, Role
from backend.kit import audit
from backend.kit.clock import Frozen, today
from backend.kit.db import Engine
from backend.kit.errors import Conflict, Invalid, NotFound, TooMany
from backend.kit.outbox import dead_jobs, work_until_empty
from backend.kit.sessions import digest
from backend.notifications import domain as inbox
from backend.organisations import domain, invitations
from backend.organisations.invitation_queries import find_invitation
from backend.organisations.invitation_schemas import Invitation, NewCoworker, OpenInvitation
from backend.organisations.schemas import NewMember, Standing
from backend.organisations.tables import InvitationRow
from backend.ports.mailer import KeptMail
from backend.ports.wiring import null_ports, using
from tests.backend.applications.test_queue import counted
from tests.factories.applications import Cast, as_of_now, make_cast
from tests.factories.races import race
from tests.factories.web import Browser, make_actor, sign_in

NEWCOMER = "moi@cang.vn"
ADDRESS = "192.0.2.1"
FORM = NewCoworker(name="Người Mới", password="một câu dễ nhớ")


@pytest.fixture
async def cast(db: Engine) -> Cast:
    return await make_cast()


@pytest.fixture
def post() -> Iterator[KeptMail]:
    """Every mail that is sent."""
    with using(null_ports()) as replaced:
        yield typed("KeptMail", replaced.mailer)


async def invite(cast: Cast, email: str = NEWCOMER, role: Standing = Standing.MEMBER) -> OpenInvitation:
    """Invited by the owner, and delivered."""
    asked = await invitations.invite(cast.hoa, cast.company.id, NewMember(email=email, role=role))
    await work_until_empty()
    assert await dead_jobs() == []
    return asked


def token_in(post: KeptMail, email: str = NEWCOMER) -> str:
    mail = [one for one in post.sent if one.to == email][-1]
    found = re.search(r"/invitations/link/(\S+)", mail.text)
    assert found is not None
    assert found[0] in mail.html
    return found[1]


async def shown(cast: Cast) -> list[str]:
    return [one.email for one in await domain.list_members(cast.hoa, cast.company.id)]


async def tags(cast: Cast) -> list[str]:
    return [one.tag.removeprefix("organisation:") for one in await audit.entries(cast.company.id)][1:]


async def headlines(actor: Actor) -> list[tuple[str, str]]:
    news = (await inbox.list_news(actor)).items
    return [(one.news.happened.en, one.news.path) for one in news if one.kind == "member"]


async def test_who_has_an_account_is_told_and_no_member_before_they_accept(
    cast: Cast, post: KeptMail
) -> None:
    asked = await invite(cast, f" {cast.stranger.email.upper()} ", Standing.EDITOR)
    guest = await as_of_now(cast.stranger)
    assert guest.belongs_to == {cast.other.id}
    happened = "Nguyễn Thị Hoa invites you as editor: writes drafts, does not submit."
    assert await headlines(guest) == [(happened, f"/invitations/{asked.id}")]
    (mail,) = post.sent
    assert (mail.to, f"/invitations/{asked.id}" in mail.text) == (guest.email, True)
    assert "/link/" not in mail.text
    assert await tags(cast) == ["member_invited"]


async def test_the_owner_sees_the_same_whoever_holds_the_email(cast: Cast, post: KeptMail) -> None:
    unknown, known = await invite(cast), await invite(cast, cast.stranger.email)
    official, closed = await invite(cast, cast.officer.email), await make_actor(Role.APPLICANT)
    await accounts.deactivate_account(cast.admin, closed.id)
    locked = await invite(cast, closed.email)
    listed = await invitations.list_invitations(cast.hoa, cast.company.id)
    assert listed == [unknown, known, official, locked]
    assert {(one.role, one.ends_on, one.expires_on) for one in listed} == {
        (Standing.MEMBER, None, today() + invitations.DAYS)
    }
    assert await shown(cast) == [cast.hoa.email, cast.binh.email]
    assert {one.to for one in post.sent} == {NEWCOMER, cast.stranger.email, cast.officer.email}


async def test_pages_say_the_same_whoever_holds_the_email(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.hoa)
    place = f"/organisations/{cast.company.id}"
    pages = []
    for email in (NEWCOMER, cast.stranger.email):
        sent = await http.submit(f"{place}/invitations", {"email": email, "role": "viewer"})
        assert (sent.status_code, sent.headers["location"]) == (303, place)
        with using(null_ports()):
            await work_until_empty()
        page = (await http.get(place)).text
        (listed,) = await invitations.list_invitations(cast.hoa, cast.company.id)
        pages.append(
            re.sub(r'value="[0-9a-f]{64}"', "", page).replace(email, "E").replace(str(listed.id), "I")
        )
        back = await http.submit(f"{place}/invitations/{listed.id}")
        assert back.headers["location"] == place
        await http.get(place)
    assert "đã gửi lời mời tới e" in pages[0].casefold()
    assert re.sub(r"\w{12,}", "", pages[0]) == re.sub(r"\w{12,}", "", pages[1])


async def test_who_accepts_is_a_member_and_shown(cast: Cast, post: KeptMail, frozen_clock: Frozen) -> None:
    asked = await invite(cast, cast.stranger.email)
    assert [one.id for one in await invitations.list_own_invitations(cast.stranger)] == [asked.id]
    joined = await invitations.accept_invitation(cast.stranger, asked.id)
    assert (joined.state, joined.is_open) == ("accepted", False)
    assert set(await shown(cast)) == {cast.hoa.email, cast.binh.email, cast.stranger.email}
    assert await invitations.list_invitations(cast.hoa, cast.company.id) == []
    frozen_clock.advance(invitations.DAYS + timedelta(days=1))
    assert (await as_of_now(cast.stranger)).organisations == {cast.company.id, cast.other.id}
    assert await headlines(cast.hoa) == [
        ("The person you invited has accepted.", f"/organisations/{cast.company.id}")
    ]
    assert await tags(cast) == ["member_invited", "member_joined"]
    with pytest.raises(Invalid) as refused:
        await invitations.invite(cast.hoa, cast.company.id, NewMember(email=cast.stranger.email))
    assert refused.value.fields["email"].en == "This person is a member already."


async def test_an_invitation_that_has_run_out_makes_room_for_another(
    cast: Cast, post: KeptMail, frozen_clock: Frozen
) -> None:
    asked = await invite(cast, cast.stranger.email)
    frozen_clock.advance(invitations.DAYS + timedelta(days=1))
    assert await shown(cast) == [cast.hoa.email, cast.binh.email]
    assert await invitations.list_invitations(cast.hoa, cast.company.id) == []
    with pytest.raises(Conflict) as refused:
        await invitations.accept_invitation(cast.stranger, asked.id)
    assert "has run out" in refused.value.text.en
    again = await invite(cast, cast.stranger.email)
    assert [one.id for one in await invitations.list_invitations(cast.hoa, cast.company.id)] == [again.id]
    first = await find_invitation(asked.id)
    assert first is not None
    assert first.state == "expired"


async def test_an_official_is_asked_as_anybody_is(cast: Cast, post: KeptMail) -> None:
    asked = await invite(cast, cast.officer.email, Standing.VIEWER)
    assert (await as_of_now(cast.officer)).belongs_to == set()
    await invitations.accept_invitation(cast.officer, asked.id)
    rows = {one["account"]: one["role"] for one in await list_memberships(cast.company.id)}
    assert rows[cast.officer.id] == Standing.VIEWER


async def test_an_ended_delegation_is_taken_up_again(
    cast: Cast, post: KeptMail, frozen_clock: Frozen
) -> None:
    form = NewMember(email=cast.stranger.email, role=Standing.VIEWER, ends_on=today())
    delegated = await invitations.invite(cast.hoa, cast.company.id, form)
    await invitations.accept_invitation(cast.stranger, delegated.id)
    frozen_clock.advance(timedelta(days=1))
    assert (await as_of_now(cast.stranger)).belongs_to == {cast.other.id}
    again = await invite(cast, cast.stranger.email)
    await invitations.accept_invitation(cast.stranger, again.id)
    assert (await as_of_now(cast.stranger)).organisations == {cast.company.id, cast.other.id}


async def test_who_declines_stays_out_and_the_owner_is_told(cast: Cast, post: KeptMail) -> None:
    asked = await invite(cast, cast.stranger.email)
    declined = await invitations.decline_invitation(cast.stranger, asked.id)
    assert declined.state == "declined"
    assert cast.company.id not in (await as_of_now(cast.stranger)).belongs_to
    assert [said for said, _ in await headlines(cast.hoa)] == ["The person you invited has declined."]
    assert (await tags(cast))[-1] == "invitation_declined"
    with pytest.raises(Conflict) as refused:
        await invitations.accept_invitation(cast.stranger, asked.id)
    assert refused.value.text.en == "This invitation was declined."


async def test_who_has_no_account_opens_one_by_a_link_kept_as_a_hash_alone(
    cast: Cast, post: KeptMail
) -> None:
    asked = await invite(cast)
    token = token_in(post)
    kept = await InvitationRow.select(InvitationRow.link_digest).where(InvitationRow.id == asked.id).first()
    assert kept == {"link_digest": digest(token)}
    opened = await invitations.open_link(token)
    assert (opened.id, opened.email, opened.is_open) == (asked.id, NEWCOMER, True)
    account, joined = await invitations.join_by_link(token, FORM, address=ADDRESS)
    guest = await find_actor(account)
    assert guest is not None
    assert (guest.email, guest.name, guest.roles) == (NEWCOMER, "Người Mới", {Role.APPLICANT})
    assert (guest.organisations, joined.state) == ({cast.company.id}, "accepted")
    assert await tags(cast) == ["member_invited", "member_joined"]
    with pytest.raises(Conflict) as refused:
        await invitations.join_by_link(token, FORM, address=ADDRESS)
    assert "has been used" in refused.value.text.en


async def test_a_link_sent_again_makes_the_earlier_one_void(cast: Cast, post: KeptMail) -> None:
    asked = await invite(cast)
    first = token_in(post)
    await invitations.deliver_invitation({"invitation": str(asked.id)})
    assert (await invitations.open_link(token_in(post))).id == asked.id
    for wrong in (first, first + "x", "x", f"{uuid4()}"):
        with pytest.raises(NotFound):
            await invitations.open_link(wrong)


async def test_a_withdrawn_invitation_opens_nothing(cast: Cast, post: KeptMail) -> None:
    company = cast.company.id
    linked, guest = await invite(cast), await invite(cast, cast.stranger.email)
    for one in (linked, guest):
        await invitations.withdraw_invitation(cast.hoa, company, one.id)
    assert await invitations.list_invitations(cast.hoa, company) == []
    assert company not in (await as_of_now(cast.stranger)).belongs_to
    assert (await tags(cast))[-2:] == ["invitation_withdrawn"] * 2
    for refused in (
        invitations.join_by_link(token_in(post), FORM, address=ADDRESS),
        invitations.accept_invitation(cast.stranger, guest.id),
        invitations.withdraw_invitation(cast.hoa, company, guest.id),
    ):
        with pytest.raises(Conflict) as why:
            await refused
        assert "withdrew" in why.value.text.en
    await invite(cast)
    assert await find_account_id(NEWCOMER) is None


async def test_one_withdrawn_before_it_was_delivered_reaches_nobody(cast: Cast, post: KeptMail) -> None:
    asked = await invitations.invite(cast.hoa, cast.company.id, NewMember(email=NEWCOMER))
    await invitations.withdraw_invitation(cast.hoa, cast.company.id, asked.id)
    await work_until_empty()
    await invitations.deliver_invitation({"invitation": str(uuid4())})
    assert post.sent == []


async def test_a_link_has_its_days(cast: Cast, post: KeptMail, frozen_clock: Frozen) -> None:
    await invite(cast)
    frozen_clock.advance(invitations.DAYS + timedelta(days=1))
    with pytest.raises(Conflict) as refused:
        await invitations.join_by_link(token_in(post), FORM, address=ADDRESS)
    assert "has run out" in refused.value.text.en


async def test_a_delegation_can_be_accepted_until_its_last_day(cast: Cast, post: KeptMail) -> None:
    last = today() + timedelta(days=3)
    form = NewMember(email=NEWCOMER, role=Standing.EDITOR, ends_on=last)
    asked = await invitations.invite(cast.hoa, cast.company.id, form)
    assert (asked.ends_on, asked.expires_on) == (last, last)
    await work_until_empty()
    account, _ = await invitations.join_by_link(token_in(post), FORM, address=ADDRESS)
    rows = {one["account"]: one["ends_on"] for one in await list_memberships(cast.company.id)}
    assert rows[account] == last


async def test_an_account_opened_meanwhile_signs_in_with_the_very_same_email(
    cast: Cast, post: KeptMail
) -> None:
    asked = await invite(cast)
    own = await make_actor(Role.APPLICANT, email=NEWCOMER)
    with pytest.raises(Invalid) as refused:
        await invitations.join_by_link(token_in(post), FORM, address=ADDRESS)
    assert list(refused.value.fields) == ["email"]
    for verb in (invitations.accept_invitation, invitations.decline_invitation):
        with pytest.raises(NotFound):
            await verb(cast.stranger, asked.id)
    await invitations.accept_invitation(own, asked.id)
    assert (await as_of_now(own)).organisations == {cast.company.id}


async def test_a_closed_account_is_not_let_in_again(cast: Cast, post: KeptMail, http: Browser) -> None:
    await invite(cast)
    own = await make_actor(Role.APPLICANT, email=NEWCOMER)
    await accounts.deactivate_account(cast.admin, own.id)
    link = f"/invitations/link/{token_in(post)}"
    refused = await http.submit(link, {"name": "Ai Đó", "password": "một câu dễ nhớ"})
    assert refused.status_code == 422
    assert "đã có tài khoản" in refused.text
    assert NEWCOMER not in {one["email"] for one in await list_memberships(cast.company.id)}


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (NewMember(email="khong-phai"), "email"),
        (NewMember(email="a@b.vn\r\nBcc: c@d.vn"), "email"),
        (NewMember(email=NEWCOMER, role=Standing.OWNER, ends_on=today() + timedelta(days=9)), "ends_on"),
        (NewMember(email=NEWCOMER, ends_on=today() - timedelta(days=1)), "ends_on"),
    ],
)
async def test_what_is_wrong_is_said_per_field(cast: Cast, form: NewMember, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await invitations.invite(cast.hoa, cast.company.id, form)
    assert list(refused.value.fields) == [field]


async def test_one_open_invitation_an_email(cast: Cast, post: KeptMail) -> None:
    await invite(cast)
    with pytest.raises(Invalid) as refused:
        await invitations.invite(cast.hoa, cast.company.id, NewMember(email=NEWCOMER))
    assert "open invitation" in refused.value.fields["email"].en


@pytest.mark.parametrize("who", ["binh", "stranger", "officer", "admin"])
async def test_only_owners_invite_and_withdraw(cast: Cast, post: KeptMail, who: str) -> None:
    actor: Actor = getattr(cast, who)
    asked = await invite(cast)
    for attempt in (
        invitations.invite(actor, cast.company.id, NewMember(email="x@y.vn")),
        invitations.list_invitations(actor, cast.company.id),
        invitations.withdraw_invitation(actor, cast.company.id, asked.id),
        invitations.withdraw_invitation(cast.stranger, cast.other.id, asked.id),
        invitations.get_own_invitation(actor, asked.id),
        invitations.get_own_invitation(actor, uuid4()),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_who_tries_out_emails_is_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "INVITATIONS_PER_HOUR", 1)
    await invitations.invite(cast.hoa, cast.company.id, NewMember(email="a@b.vn"))
    with pytest.raises(TooMany):
        await invitations.invite(cast.hoa, cast.company.id, NewMember(email="c@d.vn"))


async def test_of_acceptance_and_withdrawal_at_once_one_holds(committed_db: str) -> None:
    cast = await make_cast()
    asked = await invitations.invite(cast.hoa, cast.company.id, NewMember(email=cast.officer.email))
    outcomes = await race(
        "organisation",
        cast.company.id,
        invitations.accept_invitation(cast.officer, asked.id),
        invitations.withdraw_invitation(cast.hoa, cast.company.id, asked.id),
    )
    assert sum(isinstance(one, Conflict) for one in outcomes) == 1
    is_in = cast.company.id in (await as_of_now(cast.officer)).belongs_to
    assert is_in == isinstance(outcomes[0], Invitation)


async def test_pages_of_who_is_invited(http: Browser, cast: Cast, post: KeptMail) -> None:
    asked = await invite(cast, cast.stranger.email)
    here = f"/invitations/{asked.id}"
    assert (await http.get(here)).headers["location"] == f"/sign-in?next=%2Finvitations%2F{asked.id}"
    await sign_in(http, cast.stranger)
    workspace = (await http.get("/workspace")).text
    for link in (here, f"/organisations/{cast.other.id}"):
        assert f'href="{link}"' in workspace
    assert (await http.get(f"/organisations/{cast.company.id}")).status_code == 404
    assert "Nhận lời" in (await http.get(here)).text
    done = await http.submit(here, {"reply": "accept"})
    assert done.headers["location"] == f"/organisations/{cast.company.id}"
    again = await http.submit(here, {"reply": "accept"})
    assert (again.status_code, "đã được dùng" in again.text) == (409, True)
    second = await invite(cast, cast.officer.email)
    await sign_in(http, cast.officer)
    gone = await http.submit(f"/invitations/{second.id}", {"reply": "decline"})
    assert gone.headers["location"] == "/workspace"


async def test_pages_of_the_link(http: Browser, cast: Cast, post: KeptMail) -> None:
    asked = await invite(cast)
    link = f"/invitations/link/{token_in(post)}"
    stranger = http.as_stranger()
    page = await stranger.get(link)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert NEWCOMER in page.text
    short = await stranger.submit(link, {"name": "Người Mới", "password": "ngắn"})
    assert (short.status_code, 'value="Người Mới"' in short.text) == (422, True)
    await sign_in(http, cast.stranger)
    assert "đang đăng nhập bằng" in (await http.get(link)).text
    assert (await http.submit(link, {"name": "X Y", "password": FORM.password})).status_code == 409
    done = await stranger.submit(link, {"name": "Người Mới", "password": FORM.password})
    assert done.headers["location"] == f"/organisations/{cast.company.id}"
    assert "Người Mới" in (await stranger.get(done.headers["location"])).text
    assert "đã được dùng" in (await http.get(link)).text
    for own in (await stranger.get(link), await stranger.submit(link, {"name": "Người Mới"})):
        assert own.headers["location"] == f"/invitations/{asked.id}"


async def test_a_page_after_the_invitation_was_withdrawn(http: Browser, cast: Cast, post: KeptMail) -> None:
    asked = await invite(cast)
    await sign_in(http, cast.hoa)
    place = f"/organisations/{cast.company.id}"
    assert (await http.submit(f"{place}/invitations", {"email": NEWCOMER})).status_code == 422
    assert (await http.submit(f"{place}/invitations/{asked.id}")).status_code == 303
    late = await http.submit(f"{place}/invitations/{asked.id}")
    assert (late.status_code, "đã rút lời mời" in late.text) == (409, True)
    assert "đã rút lời mời" in (await http.as_stranger().get(f"/invitations/link/{token_in(post)}")).text


async def test_json_goes_the_same_way(http: Browser, cast: Cast, post: KeptMail) -> None:
    api = http.with_token(await sign_in(http.as_stranger(), cast.hoa))
    base = f"/api/v1/organisations/{cast.company.id}/invitations"
    answers = [(await api.post(base, json={"email": one})).json() for one in (NEWCOMER, cast.stranger.email)]
    assert {frozenset(one) for one in answers} == {frozenset(OpenInvitation.__struct_fields__)}
    assert (await api.get(base)).json() == answers
    await work_until_empty()
    guest = http.with_token(await sign_in(http.as_stranger(), cast.stranger))
    (own,) = (await guest.get("/api/v1/invitations")).json()
    assert (await guest.get(f"/api/v1/invitations/{own['id']}")).json() == own
    joined = await guest.post(f"/api/v1/invitations/{own['id']}/reply", json={"accept": True})
    assert joined.json()["state"] == "accepted"
    late = await guest.post(f"/api/v1/invitations/{own['id']}/reply", json={"accept": False})
    assert late.status_code == 409
    link = f"/api/v1/invitations/link/{token_in(post)}"
    stranger = http.as_stranger().with_token("")
    assert (await stranger.get(link)).json()["email"] == NEWCOMER
    odd = await stranger.post(link, json={"name": "A\x07B", "password": FORM.password})
    assert (odd.status_code, list(odd.json()["errors"])) == (422, ["name"])
    made = await stranger.post(link, json={"name": FORM.name, "password": FORM.password})
    assert made.json()["state"] == "accepted"
    third = (await api.post(base, json={"email": "ba@cang.vn"})).json()
    assert (await api.delete(f"{base}/{third['id']}")).status_code == 204
    assert (await api.get(base)).json() == []


async def test_many_invitations_cost_no_more_statements(
    cast: Cast, post: KeptMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def listed() -> int:
        with counted(monkeypatch) as seen:
            await invitations.list_invitations(cast.hoa, cast.company.id)
        return len(seen)

    await invite(cast)
    one = await listed()
    for number in range(4):
        await invite(cast, f"nguoi{number}@cang.vn")
    assert await listed() == one
