"""Who may do what for an organisation, and until when; what they may not is refused everywhere."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from backend.accounts.queries import insert_membership
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.errors import NotYourPart
from backend.kit import audit
from backend.kit.clock import Frozen, today
from backend.kit.db import Engine
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.organisations import domain
from backend.organisations.schemas import ChangedMember, Standing
from backend.ports.wiring import null_ports, using
from tests.factories.applications import (
    Cast,
    a_request,
    as_of_now,
    make_cast,
    make_complete_draft,
    make_pdf,
    make_submitted,
)
from tests.factories.races import race
from tests.factories.web import Browser, make_actor, sign_in


@pytest.fixture
async def cast(db: Engine) -> Cast:
    return await make_cast()


async def with_standing(cast: Cast, standing: Standing, ends_on: date | None = None) -> Actor:
    """Somebody new with this standing in the company."""
    person = await make_actor(Role.APPLICANT)
    await insert_membership(person.id, cast.company.id, standing, ends_on)
    return await as_of_now(person)


async def test_an_editor_writes_drafts_and_submits_none(cast: Cast) -> None:
    editor = await with_standing(cast, Standing.EDITOR)
    with using(null_ports()):
        begun = await applications.start_application(editor, cast.company.id, "vn-hp-248")
        await applications.save_answers(editor, begun.id, {"solution_name": "Xe"}, begun.revision)
        draft = await make_complete_draft(cast)
        for refused in (
            applications.submit_application(editor, draft.id, draft.revision),
            applications.withdraw_application(editor, draft.id),
        ):
            with pytest.raises(NotYourPart):
                await refused
    assert len(await applications.list_mine(editor)) == 2
    assert (editor.organisations, editor.preparing) == (frozenset(), {cast.company.id})


async def test_a_viewer_reads_and_changes_nothing(cast: Cast) -> None:
    viewer = await with_standing(cast, Standing.VIEWER)
    with using(null_ports()):
        draft = await make_complete_draft(cast)
        (upload, *_) = await applications.uploads_of(draft)
        assert await applications.get_application(viewer, draft.id) == draft
        for refused in (
            applications.save_answers(viewer, draft.id, {"team": "x"}, draft.revision),
            applications.add_upload(viewer, draft.id, "other", "x.pdf", make_pdf()),
            applications.remove_upload(viewer, upload.id),
            applications.submit_application(viewer, draft.id, draft.revision),
            applications.mark_secret(viewer, draft.id, "safeguards", "Vì."),
        ):
            with pytest.raises(NotYourPart):
                await refused
        with pytest.raises(NotFound):
            await applications.start_application(viewer, cast.company.id, "vn-hp-248")


async def test_a_viewer_of_a_draft_is_led_to_what_can_be_read(http: Browser, cast: Cast) -> None:
    viewer = await with_standing(cast, Standing.VIEWER)
    with using(null_ports()):
        draft = await make_complete_draft(cast)
    await sign_in(http, viewer)
    place = f"/applications/{draft.id}"
    assert (await http.get(place)).headers["location"] == f"{place}/check"
    page = await http.get(f"{place}/check")
    assert (page.status_code, 'name="confirm"' in page.text) == (200, False)
    with using(null_ports()):
        case = await make_submitted(cast)
        due_on = today() + timedelta(days=5)
        await applications.request_supplement(cast.officer, case.id, a_request(), due_on)
    for place in (f"/applications/{case.id}", f"/applications/{case.id}/supplement"):
        assert (await http.get(place)).headers["location"] == f"/cases/{case.id}"
    assert (await http.get(f"/cases/{case.id}")).status_code == 200


async def test_an_editor_prepares_a_supplement_and_is_told_who_submits(http: Browser, cast: Cast) -> None:
    editor = await with_standing(cast, Standing.EDITOR)
    with using(null_ports()):
        case = await make_submitted(cast)
        due_on = today() + timedelta(days=5)
        await applications.request_supplement(cast.officer, case.id, a_request(), due_on)
    await sign_in(http, editor)
    place = f"/applications/{case.id}/supplement"
    page = await http.get(place)
    assert ('name="team"' in page.text, 'name="confirm"' in page.text) == (True, False)
    saved = await http.submit(place, {"revision": str(case.revision), "team": "Sáu kỹ sư."})
    assert saved.headers["location"] == place
    now = await applications.get_application(editor, case.id)
    sent = {"revision": str(now.revision), "team": "Sáu kỹ sư.", "action": "submit", "confirm": "yes"}
    assert (await http.submit(place, sent)).status_code == 403


async def test_an_official_who_views_for_the_company_is_no_official_on_its_cases(cast: Cast) -> None:
    await insert_membership(cast.officer.id, cast.company.id, Standing.VIEWER)
    officer = await as_of_now(cast.officer)
    with using(null_ports()):
        case = await make_submitted(cast)
        assert applications.roles_on(officer, case) == frozenset()
        with pytest.raises(NotFound):
            await applications.request_supplement(officer, case.id, a_request(), today() + timedelta(days=5))


async def test_a_delegation_ends_with_its_last_day(cast: Cast, frozen_clock: Frozen) -> None:
    agent = await with_standing(cast, Standing.MEMBER, today() + timedelta(days=3))
    assert agent.organisations == {cast.company.id}
    frozen_clock.advance(timedelta(days=3))
    assert (await as_of_now(agent)).organisations == {cast.company.id}
    frozen_clock.advance(timedelta(days=1))
    assert (await as_of_now(agent)).belongs_to == frozenset()
    assert agent.id not in {one.account for one in await domain.list_members(cast.hoa, cast.company.id)}
    await insert_membership(agent.id, cast.company.id, Standing.EDITOR)
    assert (await as_of_now(agent)).editing == {cast.company.id}


@pytest.mark.parametrize(
    ("standing", "days"), [(Standing.OWNER, 5), (Standing.MEMBER, -1), (Standing.VIEWER, -30)]
)
async def test_owners_have_no_last_day_and_no_day_is_past(cast: Cast, standing: Standing, days: int) -> None:
    changed = ChangedMember(role=standing, ends_on=today() + timedelta(days=days))
    with pytest.raises(Invalid) as refusal:
        await domain.change_member(cast.hoa, cast.company.id, cast.binh.id, changed)
    assert list(refusal.value.fields) == ["ends_on"]


async def test_an_owner_changes_and_takes_out_members(cast: Cast) -> None:
    company = cast.company.id
    await domain.change_member(cast.hoa, company, cast.binh.id, ChangedMember(role=Standing.VIEWER))
    assert (await as_of_now(cast.binh)).viewing == {company}
    await domain.remove_member(cast.hoa, company, cast.binh.id)
    assert (await as_of_now(cast.binh)).belongs_to == frozenset()
    for gone in (
        domain.remove_member(cast.hoa, company, cast.binh.id),
        domain.change_member(cast.hoa, company, cast.binh.id, ChangedMember(role=Standing.VIEWER)),
    ):
        with pytest.raises(NotFound):
            await gone
    tags = [one.tag for one in await audit.entries(company)][-2:]
    assert tags == ["organisation:member_changed", "organisation:member_removed"]


async def test_the_last_owner_cannot_go(cast: Cast) -> None:
    company = cast.company.id
    for attempt in (
        domain.leave(cast.hoa, company),
        domain.remove_member(cast.hoa, company, cast.hoa.id),
        domain.change_member(cast.hoa, company, cast.hoa.id, ChangedMember(role=Standing.MEMBER)),
    ):
        with pytest.raises(Conflict):
            await attempt
    await domain.change_member(cast.hoa, company, cast.binh.id, ChangedMember(role=Standing.OWNER))
    await domain.leave(cast.hoa, company)
    assert (await as_of_now(cast.hoa)).belongs_to == frozenset()


async def test_of_two_owners_who_leave_at_once_one_stays(committed_db: str) -> None:
    cast = await make_cast()
    company = cast.company.id
    await domain.change_member(cast.hoa, company, cast.binh.id, ChangedMember(role=Standing.OWNER))
    outcomes = await race(
        "organisation", company, domain.leave(cast.hoa, company), domain.leave(cast.binh, company)
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "NoneType"]


@pytest.mark.parametrize("who", ["binh", "stranger", "officer", "admin"])
async def test_only_owners_say_who_belongs(cast: Cast, who: str) -> None:
    actor: Actor = getattr(cast, who)
    company = cast.company.id
    for attempt in (
        domain.change_member(actor, company, cast.binh.id, ChangedMember(role=Standing.OWNER)),
        domain.remove_member(actor, company, cast.hoa.id),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_the_page_changes_and_takes_out(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.hoa)
    place = f"/organisations/{cast.company.id}"
    day = today() + timedelta(days=30)
    await insert_membership(cast.stranger.id, cast.company.id, Standing.EDITOR, day)
    page = await http.get(place)
    assert "người soạn" in page.text
    assert f"{day:%d/%m/%Y}" in page.text
    member = f"{place}/members/{cast.stranger.id}"
    assert (await http.submit(member, {"role": "viewer"})).status_code == 303
    assert (await as_of_now(cast.stranger)).viewing == {cast.company.id}
    assert (await http.submit(member, {"role": "king"})).status_code == 422
    assert (await http.submit(member, {"action": "remove"})).status_code == 303
    own = f"{place}/members/{cast.hoa.id}"
    assert (await http.submit(own, {"action": "remove"})).status_code == 409
    await domain.change_member(cast.hoa, cast.company.id, cast.binh.id, ChangedMember(role=Standing.OWNER))
    assert (await http.submit(own, {"action": "remove"})).headers["location"] == "/workspace"


async def test_json_goes_the_same_way(http: Browser, cast: Cast) -> None:
    api = http.with_token(await sign_in(http.as_stranger(), cast.hoa))
    members = f"/api/v1/organisations/{cast.company.id}/members"
    changed = await api.put(f"{members}/{cast.binh.id}", json={"role": "editor"})
    assert [one["role"] for one in changed.json()] == ["owner", "editor"]
    assert (await api.delete(f"{members}/{cast.binh.id}")).status_code == 204
    assert (await api.delete(f"{members}/{cast.hoa.id}")).status_code == 409
