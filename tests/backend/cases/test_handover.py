"""Assigned and handed over: who may, what both read, and who is kept out."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import structs

from backend.accounts.queries import insert_membership
from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.appraisals import domain as appraisals
from backend.cases import handover
from backend.cases.handover import NotPossible, hand_over, handovers_of, list_officers
from backend.kit import audit
from backend.kit.errors import BenThuError, Conflict, Invalid, NotFound
from backend.notifications.domain import list_news
from backend.ports.wiring import null_ports, using
from tests.factories.applications import Cast, as_of_now, make_cast, make_submitted
from tests.factories.web import Browser, make_actor, sign_in


async def taken(cast: Cast) -> Application:
    case = await make_submitted(cast)
    return await applications.take_application(cast.officer, case.id)


async def told(*actors: Actor) -> list[int]:
    return [(await list_news(one)).total for one in actors]


async def test_a_handed_over_case_has_a_new_handler_a_line_and_two_who_know(cast: Cast) -> None:
    case = await taken(cast)
    moved = await hand_over(cast.officer, case.id, cast.colleague.id, " Đi công tác. ")
    assert (moved.handler_id, moved.state) == (cast.colleague.id, case.state)
    (line,) = await handovers_of(case.id)
    assert (line.from_name, line.to_name, line.reason) == ("Lê Cán Bộ", "Phạm Đồng Nghiệp", "Đi công tác.")
    last = (await audit.entries(case.id))[-1]
    assert (last.tag, last.actor) == ("application:handed_over", cast.officer.id)
    assert last.data == {"from": str(cast.officer.id), "to": str(cast.colleague.id)}
    assert await told(cast.officer, cast.colleague) == [0, 1]
    news = (await list_news(cast.colleague)).items[0].news
    assert "Lý do: Đi công tác." in news.happened.vi
    assert news.path == f"/cases/{case.id}"


async def test_the_authority_moves_any_case_and_both_officers_are_told(cast: Cast) -> None:
    case = await taken(cast)
    await hand_over(cast.authority, case.id, cast.colleague.id, "Cân bằng việc.")
    assert await told(cast.officer, cast.colleague, cast.authority) == [1, 1, 0]


async def test_a_case_nobody_has_is_assigned_without_a_reason(cast: Cast) -> None:
    case = await make_submitted(cast)
    moved = await hand_over(cast.colleague, case.id, cast.officer.id, "")
    assert moved.handler_id == cast.officer.id
    assert (await handovers_of(case.id))[0].from_name is None


async def test_nobody_gives_away_what_a_colleague_has(cast: Cast) -> None:
    case = await taken(cast)
    with pytest.raises(NotPossible) as refused:
        await hand_over(cast.colleague, case.id, cast.colleague.id, "Tôi rảnh.")
    assert refused.value.text.en == "Lê Cán Bộ handles this case."
    assert (await applications.found(case.id)).handler_id == cast.officer.id


async def test_a_reason_and_an_officer_are_needed(cast: Cast) -> None:
    case = await taken(cast)
    for to, reason, fields in [
        (cast.colleague.id, "  ", {"reason"}),
        (cast.hoa.id, "x", {"to"}),
        (case.id, "", {"to", "reason"}),
        (cast.colleague.id, "x" * 1001, {"reason"}),
    ]:
        with pytest.raises(Invalid) as refused:
            await hand_over(cast.officer, case.id, to, reason)
        assert set(refused.value.fields) == fields
    assert await handovers_of(case.id) == []


async def test_a_closed_case_and_the_same_handler_are_refused(cast: Cast) -> None:
    case = await taken(cast)
    with pytest.raises(NotPossible, match="already handles"):
        await hand_over(cast.officer, case.id, cast.officer.id, "x")
    await applications.withdraw_application(cast.hoa, case.id)
    with pytest.raises(NotPossible, match="closed"):
        await hand_over(cast.officer, case.id, cast.colleague.id, "x")


async def test_a_member_of_the_applicant_and_somebody_in_conflict_cannot_be_given_a_case(cast: Cast) -> None:
    case = await taken(cast)
    await insert_membership(cast.colleague.id, cast.company.id, "member")
    both = await make_actor(Role.OFFICER, Role.APPRAISER, name="Người Trong Cuộc")
    await applications.accept_application(cast.officer, case.id)
    await appraisals.assign_appraisers(cast.officer, case.id, [both.id])
    await appraisals.declare_conflict(both, case.id, True, "Người nhà.")
    for one in (cast.colleague, both):
        with pytest.raises(NotPossible, match="may not handle"):
            await hand_over(cast.officer, case.id, one.id, "x")
    with pytest.raises(NotFound):
        await hand_over(both, case.id, cast.colleague.id, "x")


async def test_who_may_not_give_does_not_learn_of_the_case(cast: Cast) -> None:
    case = await make_submitted(cast)
    member = structs.replace(cast.officer, organisations=frozenset({cast.company.id}))
    for one in (cast.auditor, cast.hoa, cast.admin, member):
        with pytest.raises(NotFound):
            await hand_over(one, case.id, cast.colleague.id, "x")
    assert await list_officers(cast.auditor) == []


async def test_officers_are_listed_with_their_open_cases(cast: Cast) -> None:
    await taken(cast)
    closed = await taken(cast)
    await applications.withdraw_application(cast.hoa, closed.id)
    found = {one.name: one.cases for one in await list_officers(cast.authority)}
    assert found == {"Lê Cán Bộ": 1, "Phạm Đồng Nghiệp": 0}


async def test_of_two_who_give_at_once_one_is_told(committed_db: str) -> None:
    with using(null_ports()):
        cast = await make_cast()
        case = await make_submitted(cast)
        third = await make_actor(Role.OFFICER, name="Người Thứ Ba")
        results = await asyncio.gather(
            hand_over(cast.officer, case.id, cast.colleague.id, ""),
            hand_over(cast.colleague, case.id, third.id, ""),
            hand_over(third, case.id, cast.officer.id, ""),
            return_exceptions=True,
        )
    won = [one for one in results if isinstance(one, Application)]
    lost = [one for one in results if isinstance(one, BenThuError)]
    handlers = [line.to_name for line in await handovers_of(case.id)]
    assert len(won) + len(lost) == 3
    assert all(isinstance(one, Conflict | Invalid) for one in lost)
    assert (await applications.found(case.id)).handler_name == handlers[-1]
    assert len(handlers) == len(won)


async def test_the_page_shows_officers_and_hands_over(http: Browser, cast: Cast) -> None:
    case = await taken(cast)
    await sign_in(http, cast.officer)
    text = (await http.get(f"/cases/{case.id}/handover")).text
    assert f'<option value="{cast.colleague.id}">Phạm Đồng Nghiệp (0 hồ sơ)</option>' in text
    assert "Lê Cán Bộ (1 hồ sơ)" in text
    form = {"action": "hand_over", "case": str(case.id), "to": str(cast.colleague.id), "next": "/queue"}
    wrong = await http.submit("/queue/bulk", form)
    assert (wrong.status_code, "Nêu lý do bàn giao; hai bên đều đọc được." in wrong.text) == (422, True)
    done = await http.submit("/queue/bulk", form | {"reason": "Nghỉ phép."})
    result = await http.get(done.headers["location"])
    assert (done.status_code, "Giao cho Phạm Đồng Nghiệp" in result.text) == (303, True)
    assert (await applications.found(case.id)).handler_id == cast.colleague.id
    story = (await http.get(f"/cases/{case.id}")).text
    assert "Bàn giao cho Phạm Đồng Nghiệp" in story
    assert "Nghỉ phép." in story
    await sign_in(http, cast.hoa)
    assert "Nghỉ phép." not in (await http.get(f"/cases/{case.id}")).text


async def test_json_hands_over_and_tells_the_history(http: Browser, cast: Cast) -> None:
    case = await taken(cast)
    token = await sign_in(http, cast.officer)
    client = http.with_token(token)
    url = f"/api/v1/cases/{case.id}/handovers"
    assert (await client.post(url, json={"to": str(cast.colleague.id)})).status_code == 422
    done = await client.post(url, json={"to": str(cast.colleague.id), "reason": "Nghỉ phép."})
    assert (done.status_code, done.json()[0]["to_name"]) == (201, "Phạm Đồng Nghiệp")
    again = await client.post(url, json={"to": str(cast.colleague.id), "reason": "Nghỉ phép."})
    assert (again.status_code, again.json()["code"]) == (409, "not_possible")


async def test_a_taker_who_left_is_no_officer(cast: Cast) -> None:
    assert await handover.find_officer(None) is None
    assert await handover.find_officer(cast.hoa.id) is None
    assert await handover.find_officer((await as_of_now(cast.officer)).id) is not None
