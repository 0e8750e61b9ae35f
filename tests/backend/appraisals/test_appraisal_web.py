"""Pages and JSON of appraisal: the declaration first, blindness on every road, a conflict on every route."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.accounts.schemas import Actor, Role
from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.appraisals import domain
from backend.decisions import domain as decisions
from backend.documents import domain as documents
from backend.kit.outbox import work_until_empty
from tests.factories.applications import ANSWERS, Cast
from tests.factories.decisions import MARKS, a_grant, make_accepted, score
from tests.factories.web import Browser, make_actor, sign_in

SHEET = {f"scores.{key}": str(mark) for key, mark in MARKS.items()}
SUMMARY = ANSWERS["solution_summary"]


def url(case: Application, verb: str = "") -> str:
    return f"/cases/{case.id}/appraisal{verb}"


def api(case: Application, verb: str = "") -> str:
    return f"/api/v1/applications/{case.id}/appraisal{verb}"


async def send(http: Browser, address: str, data: dict[str, Any]) -> Any:
    return await http.post(address, json=data, headers={"X-CSRF-Token": http.token()})


def checked_radios(text: str) -> dict[str, str]:
    return {
        found[1]: found[2]
        for found in re.finditer(r'name="([^"]+)" type="radio" value="([^"]+)" checked', text)
    }


async def test_before_the_declaration_nothing_of_the_dossier_is_shown(
    http: Browser, cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council)
    await sign_in(http, cast.officer)
    assert SUMMARY in (await http.get(f"/cases/{case.id}")).text
    await sign_in(http, council[0])
    first = await http.get(url(case))
    assert first.status_code == 200
    assert case.organisation_name in first.text
    assert "scores." not in first.text
    assert (await http.get(f"/cases/{case.id}")).headers["location"] == url(case)
    assert (await http.get(api(case))).json() | {"mine": None} == {
        "mine": None,
        "sheet": None,
        "summary": None,
    }
    done = await http.submit(url(case, "/declare"), {"conflict": "no"})
    assert (done.status_code, done.headers["location"]) == (303, url(case))
    assert "scores.novelty" in (await http.get(url(case))).text
    assert SUMMARY in (await http.get(f"/cases/{case.id}")).text


async def test_the_sheet_is_made_from_the_pinned_rule_file(
    http: Browser, cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[0], case.id, False)
    await sign_in(http, council[0])
    page = (await http.get(url(case))).text
    sheet = domain.sheet_of(case)
    radios = re.findall(r'name="scores\.(\w+)" type="radio" value="(\d)"', page)
    assert radios == [(key, str(mark)) for key in sheet.criteria for mark in range(1, 6)]
    for criterion in sheet.criteria.values():
        assert criterion.label.vi in page
        assert all(mark.means.vi in page for mark in criterion.anchors)
    english = (await http.get(url(case) + "?lang=en")).text
    assert "Safety and protection of people" in english


async def test_a_refused_sheet_keeps_every_mark_and_the_remarks(
    http: Browser, cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[0], case.id, False)
    await sign_in(http, council[0])
    typed = {**SHEET, "remarks": "Đã viết <nhiều>"}
    del typed["scores.safety"]
    answer = await http.submit(url(case, "/scores"), typed)
    assert answer.status_code == 422
    assert checked_radios(answer.text) == {key: value for key, value in SHEET.items() if "safety" not in key}
    assert "Đã viết &lt;nhiều&gt;" in answer.text
    assert 'href="#scores.safety"' in answer.text
    assert 'id="scores.safety"' in answer.text
    word = await http.submit(url(case, "/scores"), {**SHEET, "scores.safety": "năm"})
    assert word.status_code == 422
    done = await http.submit(url(case, "/scores"), {**SHEET, "remarks": "Tốt."})
    assert done.status_code == 303
    twice = await http.submit(url(case, "/scores"), SHEET)
    assert (twice.status_code, "không sửa được" in twice.text) == (409, True)


async def test_after_one_s_own_sheet_the_others_are_there(
    http: Browser, cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council)
    await score(council[1], case, "Rủi ro khi mưa bão", team=5)
    await domain.declare_conflict(council[0], case.id, False)
    await sign_in(http, council[0])
    before = await http.get(url(case))
    told = await http.get(api(case))
    for answer in (before, await http.get(f"/cases/{case.id}"), told):
        assert answer.status_code == 200
        assert "Rủi ro khi mưa bão" not in answer.text
        assert "4,2" not in answer.text
        assert "4.2" not in answer.text
    assert told.json()["summary"]["appraisals"] == []
    await http.submit(url(case, "/scores"), SHEET)
    after = (await http.get(url(case))).text
    assert "Rủi ro khi mưa bão" in after
    assert "4,05" in after
    assert council[1].name in after
    json = (await http.get(api(case))).json()["summary"]
    assert (json["mean"], json["spread"]) == (pytest.approx(4.05), pytest.approx(0.3))


async def test_the_page_after_the_conclusion_tells_who_was_too_late_no_mark(
    http: Browser, cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council)
    await domain.declare_conflict(council[2], case.id, False)
    for one in council[:2]:
        await score(one, case)
    await domain.conclude_appraisal(cast.officer, case.id)
    await sign_in(http, council[2])
    page = await http.get(url(case))
    assert page.status_code == 200
    assert "đã kết thúc" in page.text
    assert "3,9" not in page.text
    await sign_in(http, council[0])
    assert "3,9" in (await http.get(url(case))).text


async def test_who_did_not_declare_before_the_end_is_told_so(
    http: Browser, cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council)
    for one in council[:2]:
        await score(one, case)
    await domain.conclude_appraisal(cast.officer, case.id)
    await sign_in(http, council[2])
    page = (await http.get(url(case))).text
    assert "đã kết thúc" in page
    assert "/declare" not in page


@pytest.mark.parametrize("typed", [{}, {"conflict": "yes", "reason": ""}])
async def test_a_refused_declaration_is_shown_again(
    http: Browser, cast: Cast, council: list[Actor], typed: dict[str, str]
) -> None:
    case = await make_accepted(cast, council)
    await sign_in(http, council[0])
    answer = await http.submit(url(case, "/declare"), typed)
    assert answer.status_code == 422
    assert checked_radios(answer.text) == ({"conflict": "yes"} if typed else {})


async def test_the_officer_assigns_follows_and_concludes(
    http: Browser, cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast)
    await sign_in(http, cast.officer)
    page = (await http.get(url(case))).text
    assert all(one.name in page for one in council)
    nobody = await http.submit(url(case, "/assign"))
    assert (nobody.status_code, 'href="#appraisers"' in nobody.text) == (422, True)
    nonsense = await http.submit(url(case, "/assign"), {"appraisers": "x"})
    assert nonsense.status_code == 404
    done = await http.submit(url(case, "/assign"), {"appraisers": [str(one.id) for one in council]})
    assert (done.status_code, done.headers["location"]) == (303, url(case))
    await score(council[0], case, "Nên có bảo hiểm")
    await domain.declare_conflict(council[1], case.id, True, "Là cổ đông")
    progress = (await http.get(url(case))).text
    assert "Nên có bảo hiểm" in progress
    assert "Là cổ đông" in progress
    early = await http.submit(url(case, "/conclude"))
    rule = applications.rules_of(case)
    assert early.status_code == 409
    assert rule.guards["quorum_reached"].refusal.vi in early.text
    assert rule.sources["qd_248_body"].title.vi in early.text
    await score(council[2], case)
    end = await http.submit(url(case, "/conclude"))
    assert (end.status_code, end.headers["location"]) == (303, f"/cases/{case.id}/decision")


async def test_a_refused_assignment_keeps_who_was_ticked(
    http: Browser, cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast)
    await sign_in(http, cast.officer)
    ids = [str(council[0].id), str(cast.colleague.id)]
    answer = await http.submit(url(case, "/assign"), {"appraisers": ids})
    assert answer.status_code == 422
    assert re.findall(r'type="checkbox" value="([^"]+)" checked', answer.text) == ids[:1]


async def test_the_authority_and_the_auditor_look_and_change_nothing(
    http: Browser, cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council)
    await score(council[0], case)
    for who in (cast.authority, cast.auditor):
        await sign_in(http, who)
        page = await http.get(url(case))
        assert page.status_code == 200
        assert "3,9" in page.text
        assert 'action="/cases' not in page.text
        for verb in ("/assign", "/declare", "/scores", "/conclude"):
            typed = {**SHEET, "conflict": "no", "appraisers": str(council[0].id)}
            assert (await http.submit(url(case, verb), typed)).status_code == 404


async def test_the_applicant_never_sees_an_appraiser_or_a_mark(
    http: Browser, cast: Cast, council: list[Actor]
) -> None:
    case = await make_accepted(cast, council)
    for one in council[:2]:
        await score(one, case, "Nhận xét kín")
    await domain.conclude_appraisal(cast.officer, case.id)
    await sign_in(http, cast.hoa)
    page = await http.get(f"/cases/{case.id}")
    assert page.status_code == 200
    told = await http.get(f"/api/v1/cases/{case.id}")
    for answer in (page, told):
        for secret in ("Nhận xét kín", council[0].name, "3,9", "3.9"):
            assert secret not in answer.text
    assert (await http.get(url(case))).status_code == 404
    assert (await http.get(api(case))).status_code == 404


# The same through JSON


async def test_the_whole_appraisal_runs_through_json(http: Browser, cast: Cast, council: list[Actor]) -> None:
    case = await make_accepted(cast)
    await sign_in(http, cast.officer)
    ids = [str(one.id) for one in council[:2]]
    assigned = await send(http, api(case, "/assign"), {"appraisers": ids})
    assert (assigned.status_code, assigned.json()["summary"]["assigned"]) == (200, 2)
    for one in council[:2]:
        await sign_in(http, one)
        before = await send(http, api(case, "/scores"), {"scores": MARKS})
        assert (before.status_code, before.json()["code"]) == (409, "conflict_not_declared")
        declared = await send(http, api(case, "/declare"), {"conflict": False})
        assert declared.json()["sheet"]["criteria"]["team"]["weight"] == 0.1
        wrong = await send(http, api(case, "/scores"), {"scores": MARKS | {"team": "5"}})
        assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["scores.team"])
        given = await send(http, api(case, "/scores"), {"scores": MARKS, "remarks": "Được."})
        assert given.json()["mine"]["weighted_score"] == 3.9
    await sign_in(http, cast.officer)
    done = await send(http, api(case, "/conclude"), {})
    assert (done.status_code, done.json()["summary"]["passed"]) == (200, True)
    assert (await applications.found(case.id)).state == "appraised"


# A conflict, route by route


@pytest.fixture
async def conflicted(cast: Cast) -> Actor:
    """Somebody with every role on the side of the authority."""
    return await make_actor(
        Role.APPRAISER, Role.OFFICER, Role.AUTHORITY, Role.SUPERVISOR, Role.AUDITOR, name="Người Vướng"
    )


READING = [
    "/cases/{case}",
    "/cases/{case}/files/{upload}",
    "/cases/{case}/decision",
    "/applications/{case}",
    "/applications/{case}/sections/plan",
    "/applications/{case}/check",
    "/applications/{case}/documents",
    "/documents/{document}",
    "/api/v1/cases/{case}",
    "/api/v1/applications/{case}",
    "/api/v1/applications/{case}/missing",
    "/api/v1/applications/{case}/decision",
]
ACTING = [
    "/cases/{case}/take",
    "/cases/{case}/accept",
    "/cases/{case}/intake/request",
    "/cases/{case}/intake/refusal",
    "/cases/{case}/appraisal/assign",
    "/cases/{case}/appraisal/declare",
    "/cases/{case}/appraisal/scores",
    "/cases/{case}/appraisal/conclude",
    "/cases/{case}/decision/preview",
    "/cases/{case}/decision/propose",
    "/cases/{case}/decision/return",
    "/cases/{case}/decision/sign",
]
THROUGH_JSON: dict[str, dict[str, Any]] = {
    "appraisal/assign": {"appraisers": [str(UUID(int=1))]},
    "appraisal/declare": {"conflict": False},
    "appraisal/scores": {"scores": MARKS},
    "appraisal/conclude": {},
    "decision/propose": {"kind": "refuse", "reasons": "Vì"},
    "decision/return": {"proposal": str(UUID(int=1)), "reason": "Vì"},
    "decision/sign": {"proposal": str(UUID(int=1))},
    "transitions/take": {},
    "transitions/accept": {},
    "transitions/request_supplement": {"reasons": "Vì", "due_on": "2099-01-01"},
    "transitions/refuse_to_receive": {"reasons": "Vì"},
}


@pytest.fixture
async def closed_case(cast: Cast, conflicted: Actor) -> dict[str, Any]:
    """The ids of a case with a proposal awaiting signature, closed to the one who declared a conflict."""
    first, second = [await make_actor(Role.APPRAISER, name=f"Bạn {n}") for n in (1, 2)]
    case = await make_accepted(cast, [first, second, conflicted])
    await domain.declare_conflict(conflicted, case.id, True, "Cùng góp vốn.")
    for one in (first, second):
        await score(one, case)
    await domain.conclude_appraisal(cast.officer, case.id)
    await decisions.propose_decision(cast.officer, case.id, a_grant(case))
    await work_until_empty()
    (receipt, *_) = await documents.list_for(case.id)
    uploads = await applications.uploads_of(case)
    return {"case": case.id, "upload": uploads[0].id, "document": receipt.id}


@pytest.mark.parametrize("path", READING)
async def test_in_conflict_no_page_can_be_read(
    http: Browser, cast: Cast, conflicted: Actor, closed_case: dict[str, Any], path: str
) -> None:
    address = path.format(**closed_case)
    await sign_in(http, cast.officer)
    assert (await http.get(address)).status_code in {200, 303}
    await sign_in(http, conflicted)
    assert (await http.get(address)).status_code in {404, 303}
    if (answer := await http.get(address)).status_code == 303:  # a page of drafts that leads to the case
        assert (await http.get(answer.headers["location"])).status_code == 404


@pytest.mark.parametrize("path", ACTING)
async def test_in_conflict_no_form_is_taken(
    http: Browser, conflicted: Actor, closed_case: dict[str, Any], path: str
) -> None:
    await sign_in(http, conflicted)
    typed = {**SHEET, "conflict": "no", "confirm": "yes", "reason": "Vì", "kind": "refuse", "reasons": "Vì"}
    typed |= {"appraisers": str(uuid4()), "supplement_reasons": "Vì", "refusal_reasons": "Vì"}
    before = await applications.timeline_of(closed_case["case"])
    assert (await http.submit(path.format(**closed_case), typed)).status_code == 404
    assert await applications.timeline_of(closed_case["case"]) == before


@pytest.mark.parametrize("verb", THROUGH_JSON)
async def test_in_conflict_json_takes_nothing_either(
    http: Browser, conflicted: Actor, closed_case: dict[str, Any], verb: str
) -> None:
    await sign_in(http, conflicted)
    before = await applications.timeline_of(closed_case["case"])
    answer = await send(http, f"/api/v1/applications/{closed_case['case']}/{verb}", THROUGH_JSON[verb])
    assert answer.status_code == 404
    assert await applications.timeline_of(closed_case["case"]) == before


async def test_in_conflict_one_s_own_page_says_so_and_nothing_of_the_case(
    http: Browser, conflicted: Actor, closed_case: dict[str, Any]
) -> None:
    await sign_in(http, conflicted)
    page = await http.get(f"/cases/{closed_case['case']}/appraisal")
    case = await applications.found(closed_case["case"])
    assert page.status_code == 200
    assert "Cùng góp vốn." in page.text
    for secret in (case.title, case.organisation_name, str(case.number), "3,9"):
        assert secret not in page.text
    told = (await http.get(f"/api/v1/applications/{case.id}/appraisal")).json()
    assert (told["sheet"], told["summary"], told["mine"]["conflict"]) == (None, None, "declared")
