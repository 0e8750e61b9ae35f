"""Pages and JSON of decisions: draft, check, propose, read, return, sign; nothing typed is ever lost."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import uuid4

import pytest

from backend.accounts.schemas import Role
from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.decisions import domain
from backend.decisions.draft import first_draft
from backend.decisions.forms import as_typed, count_rows, read_proposal, tidy
from backend.programmes import domain as programmes
from tests.factories.applications import PROGRAMME, Cast
from tests.factories.decisions import A_REFUSAL, a_grant, make_appraised, make_proposed
from tests.factories.web import Browser, make_actor, sign_in

TAG = re.compile(r"<(input|textarea)\b([^>]*)>")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


def fields_of(text: str) -> dict[str, str]:
    """What a browser would send with the form of a page: names and values as they are shown."""
    found: dict[str, str] = {}
    for kind, rest in TAG.findall(text):
        values = dict(ATTRIBUTE.findall(rest))
        if values.get("type") in {"radio", "checkbox"} and "checked" not in values:
            continue
        value = values.get("value", "")
        if kind == "textarea":
            value = re.split(rf'name="{re.escape(values["name"])}"[^>]*>', text)[1].split("</textarea>")[0]
        found[values["name"]] = html.unescape(value).strip()
    found.pop("csrf", None)
    return found


def url(case: Application, verb: str = "") -> str:
    return f"/cases/{case.id}/decision{verb}"


def api(case: Application, verb: str = "") -> str:
    return f"/api/v1/applications/{case.id}/decision{verb}"


async def send(http: Browser, address: str, data: dict[str, Any]) -> Any:
    return await http.post(address, json=data, headers={"X-CSRF-Token": http.token()})


async def drafted(http: Browser, cast: Cast) -> tuple[Application, dict[str, str]]:
    """A case to decide and the form as the officer finds it, with a grant chosen."""
    case = await make_appraised(cast)
    await sign_in(http, cast.officer)
    page = await http.get(url(case))
    assert page.status_code == 200
    return case, fields_of(page.text) | {"kind": "grant"}


# The form by itself


def test_a_form_reads_back_what_it_was_filled_with() -> None:
    programme = programmes.in_force(PROGRAMME)
    typed = {
        "kind": "grant",
        "starts_on": "01/03/2027",
        "ends_on": "31/08/2027",
        "limits.users": "1500",
        "limits.area_km2": "1,5",
        "conditions.data_in_country": "yes",
        "conditions.data_in_country.until": "31/12/2027",
        "conditions.data_in_country.reason": "Vì khách hàng.",
        "exemptions.0.rule": "Luật A",
        "exemptions.0.article": "Điều 1",
        "exemptions.0.extent": "một phần",
        "exemptions.0.until": "31/12/2027",
        "reasons": "",
    }
    proposal, wrong = read_proposal(programme, typed)
    assert wrong == {}
    assert proposal.limits == {"users": 1500, "area_km2": 1.5}
    assert as_typed(programme, proposal, "vi") == typed
    assert as_typed(programme, proposal, "en") == typed | {"limits.area_km2": "1.5"}


def test_what_cannot_be_read_is_named_and_left_out() -> None:
    programme = programmes.in_force(PROGRAMME)
    typed = {
        "kind": "grant",
        "starts_on": "31/02/2027",
        "ends_on": "31/08/2027",
        "limits.users": "bốn mươi",
        "conditions.reporting": "yes",
        "conditions.reporting.months": "ba",
        "exemptions.0.rule": "Luật A",
        "exemptions.0.until": "mai",
        "exemptions.1.rule": "",
    }
    proposal, wrong = read_proposal(programme, typed)
    assert sorted(wrong) == [
        "conditions.reporting.months",
        "exemptions.0.article",
        "exemptions.0.extent",
        "exemptions.0.until",
        "limits.users",
        "starts_on",
    ]
    assert "có thật" in wrong["starts_on"].vi
    assert (proposal.starts_on, proposal.limits) == (None, {})


def test_empty_rows_of_exemptions_are_moved_away_and_one_is_always_there() -> None:
    assert count_rows({}) == 3
    typed = {f"exemptions.{place}.rule": text for place, text in ((0, ""), (2, "B"), (10, "D"), (9, "C"))}
    tidied = tidy({"kind": "grant", **typed})
    assert [tidied[f"exemptions.{place}.rule"] for place in range(3)] == ["B", "C", "D"]
    assert len(tidied) == 1 + 3 * 4
    assert count_rows(tidied) == 4


# Draft, check, propose


async def test_the_draft_begins_with_what_was_asked_for(http: Browser, cast: Cast) -> None:
    case, typed = await drafted(http, cast)
    expected = as_typed(applications.rules_of(case), first_draft(applications.rules_of(case), case), "vi")
    shown = {name: value for name, value in typed.items() if value and name != "kind"}
    assert shown == {name: value for name, value in expected.items() if value}
    assert shown["conditions.incident.hours"] == "72"
    assert "conditions.insurance" not in shown
    page = (await http.get(url(case))).text
    assert page.count('name="exemptions.') == 3 * 4
    assert "Tổ chức đề nghị: 40" in page


async def test_the_check_page_shows_the_document_and_carries_everything_on(http: Browser, cast: Cast) -> None:
    case, typed = await drafted(http, cast)
    typed |= {
        "conditions.insurance": "yes",
        "conditions.insurance.amount": "2.000.000.000",
        "exemptions.1.rule": "Quy định <A>",
        "exemptions.1.article": "Điều 9",
        "exemptions.1.extent": "toàn bộ",
    }
    check = await http.submit(url(case, "/preview"), typed)
    assert check.status_code == 200
    for said in (
        "Điều 5.",
        "40 người",
        "2.000.000.000 đồng",
        "Quy định &lt;A&gt;, Điều 9: toàn bộ",
        "Căn cứ",
    ):
        assert said in check.text
    carried = fields_of(check.text)
    back = fields_of((await http.submit(url(case, "/preview"), carried | {"action": "edit"})).text)
    assert back["exemptions.0.rule"] == "Quy định <A>"
    assert {**carried, "kind": "grant"} == {name: value for name, value in back.items() if name in carried}
    done = await http.submit(url(case, "/propose"), carried)
    assert (done.status_code, done.headers["location"]) == (303, url(case))
    proposal = await domain.open_proposal(case.id)
    assert [one.key for one in proposal.conditions] == ["limits", "reporting", "incident", "insurance"]
    assert proposal.exemptions[0].rule == "Quy định <A>"
    english = await http.get(url(case) + "?lang=en")
    assert "is permitted to carry out a controlled trial" in english.text


@pytest.mark.parametrize("verb", ["/preview", "/propose"])
async def test_a_refused_draft_keeps_everything_typed(http: Browser, cast: Cast, verb: str) -> None:
    case, typed = await drafted(http, cast)
    typed |= {
        "kind": "",
        "limits.users": "bốn mươi",
        "reasons": "Hai\ndòng",
        "conditions.external_permit": "yes",
        "exemptions.0.rule": "Chỉ một nửa",
    }
    for wrong, field in ((typed, "kind"), (typed | {"kind": "grant"}, "limits.users")):
        answer = await http.submit(url(case, verb), wrong)
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}"' in answer.text
        assert fields_of(answer.text) | {"kind": ""} == {**fields_of(answer.text), **typed}
    assert "conditions.external_permit.permit-error" in answer.text
    assert "exemptions.0.article-error" in answer.text
    assert (await applications.found(case.id)).state == "appraised"


async def test_a_refusal_leaves_limits_and_conditions_aside(http: Browser, cast: Cast) -> None:
    case, typed = await drafted(http, cast)
    typed |= {"kind": "refuse", "reasons": "Không an toàn."}
    check = await http.submit(url(case, "/preview"), typed)
    assert "Không cho phép" in check.text
    assert (await http.submit(url(case, "/propose"), fields_of(check.text))).status_code == 303
    proposal = await domain.open_proposal(case.id)
    assert (proposal.limits, proposal.conditions, proposal.starts_on) == ({}, [], None)


async def test_what_is_returned_comes_back_with_its_reason(http: Browser, cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    await sign_in(http, cast.authority)
    page = fields_of((await http.get(url(case))).text)
    empty = await http.submit(url(case, "/return"), page)
    assert (empty.status_code, 'href="#reason"' in empty.text) == (422, True)
    done = await http.submit(url(case, "/return"), page | {"reason": "Giảm số người."})
    assert done.status_code == 303
    assert "Giảm số người." in (await http.get(url(case))).text
    await sign_in(http, cast.officer)
    draft = (await http.get(url(case))).text
    assert "Giảm số người." in draft
    typed = fields_of(draft)
    assert (typed["kind"], typed["conditions.insurance.reason"]) == ("grant", "Vì có người đi bộ.")
    await http.submit(url(case, "/propose"), typed | {"limits.users": "20"})
    await sign_in(http, cast.authority)
    again = (await http.get(url(case))).text
    assert "Thay đổi so với bản đã trả lại" in again
    assert re.search(r"Số người tham gia</th><td[^>]*>.*40 người.*</td><td[^>]*>.*20 người", again)


async def test_an_unchanged_draft_is_said_to_be_one(http: Browser, cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    await domain.return_proposal(cast.authority, case.id, "Xem lại.")
    await domain.propose_decision(cast.officer, case.id, a_grant(case))
    await sign_in(http, cast.authority)
    assert "không khác bản đã trả lại" in (await http.get(url(case))).text


# Sign


async def test_the_authority_confirms_and_signs_what_was_read(http: Browser, cast: Cast) -> None:
    case, first = await make_proposed(cast)
    await sign_in(http, cast.authority)
    page = fields_of((await http.get(url(case))).text)
    assert page["proposal"] == str(first.id)
    unread = await http.submit(url(case, "/sign"), page)
    assert (unread.status_code, 'href="#confirm"' in unread.text) == (422, True)
    await domain.return_proposal(cast.authority, case.id, "Sửa.")
    await domain.propose_decision(cast.officer, case.id, a_grant(case))
    other = await http.submit(url(case, "/sign"), page | {"confirm": "yes"})
    assert (other.status_code, "không còn là dự thảo" in other.text) == (409, True)
    fresh = fields_of(other.text)
    done = await http.submit(url(case, "/sign"), fresh | {"confirm": "yes"})
    assert done.status_code == 303
    signed = (await http.get(url(case))).text
    assert cast.authority.name in signed
    assert "/documents/" in signed
    assert "/sign" not in signed.replace("/sign-out", "")
    late = await http.submit(url(case, "/sign"), fresh | {"confirm": "yes"})
    assert late.status_code == 409


@pytest.mark.parametrize("verb", ["/sign", "/return"])
async def test_a_draft_with_no_sound_id_is_not_found(http: Browser, cast: Cast, verb: str) -> None:
    case, _ = await make_proposed(cast)
    await sign_in(http, cast.authority)
    typed = {"proposal": "x", "confirm": "yes", "reason": "Vì"}
    assert (await http.submit(url(case, verb), typed)).status_code == 404


async def test_the_proposer_is_told_why_signing_is_for_another(http: Browser, cast: Cast) -> None:
    both = await make_actor(Role.OFFICER, Role.AUTHORITY)
    case = await make_appraised(cast)
    await domain.propose_decision(both, case.id, a_grant(case))
    await sign_in(http, both)
    page = (await http.get(url(case))).text
    assert "nên không được ký" in page
    assert 'action="/cases/' + str(case.id) + '/decision/sign"' not in page
    forced = await http.submit(url(case, "/sign"), {"confirm": "yes"})
    assert (forced.status_code, "nên không được ký" in forced.text) == (409, True)
    told = await send(http, api(case, "/sign"), {"proposal": str((await domain.open_proposal(case.id)).id)})
    assert (told.status_code, told.json()["code"]) == (409, "same_person")


# Who sees what


async def test_before_a_draft_staff_see_that_there_is_none(http: Browser, cast: Cast) -> None:
    case = await make_appraised(cast)
    for who in (cast.authority, cast.auditor):
        await sign_in(http, who)
        page = await http.get(url(case))
        assert (page.status_code, "Chưa có dự thảo nào" in page.text) == (200, True)
        assert (await http.submit(url(case, "/preview"), {"kind": "grant"})).status_code == 404
        assert (await http.submit(url(case, "/propose"), {"kind": "grant"})).status_code == 404


async def test_the_applicant_reads_the_decision_once_it_is_signed(http: Browser, cast: Cast) -> None:
    case, proposal = await make_proposed(cast)
    await sign_in(http, cast.hoa)
    assert (await http.get(url(case))).status_code == 404
    assert (await http.get(api(case))).json() == []
    await domain.sign_decision(cast.authority, case.id)
    page = await http.get(url(case))
    assert page.status_code == 200
    assert "40 người" in page.text
    (told,) = (await http.get(api(case))).json()
    assert (told["id"], told["proposed_by"], told["return_reason"]) == (str(proposal.id), None, None)
    for answer in (page.text, str(told)):
        assert cast.officer.name not in answer
    for verb in ("/preview", "/propose", "/return", "/sign"):
        assert (await http.submit(url(case, verb), {"confirm": "yes", "reason": "x"})).status_code == 404


async def test_those_who_look_on_find_no_form(http: Browser, cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    for who in (cast.officer, cast.auditor, await make_actor(Role.SUPERVISOR)):
        await sign_in(http, who)
        page = await http.get(url(case))
        assert page.status_code == 200
        assert f'action="{url(case)}' not in page.text
    for who in (cast.stranger, cast.admin, await make_actor(Role.APPRAISER)):
        await sign_in(http, who)
        assert (await http.get(url(case))).status_code == 404
        assert (await http.get(api(case))).status_code == 404


# The same through JSON


async def test_a_decision_runs_through_json(http: Browser, cast: Cast) -> None:
    case = await make_appraised(cast)
    await sign_in(http, cast.officer)
    grant = {
        "kind": "grant",
        "starts_on": "2027-03-01",
        "ends_on": "2027-08-31",
        "limits": {"users": 40},
        "conditions": [{"key": "reporting", "parameters": {"months": 3}}],
    }
    wrong = await send(http, api(case, "/propose"), grant | {"limits": {"users": -1}})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["limits.users"])
    first = await send(http, api(case, "/propose"), grant)
    assert (first.status_code, first.json()["proposed_by"]) == (201, cast.officer.name)
    await sign_in(http, cast.authority)
    proposal = first.json()["id"]
    returned = await send(http, api(case, "/return"), {"proposal": proposal, "reason": "Sửa."})
    assert (returned.status_code, returned.json()["state"]) == (200, "returned")
    await sign_in(http, cast.officer)
    second = (await send(http, api(case, "/propose"), grant)).json()["id"]
    await sign_in(http, cast.authority)
    stale = await send(http, api(case, "/sign"), {"proposal": str(uuid4())})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    signed = await send(http, api(case, "/sign"), {"proposal": second})
    assert (signed.status_code, signed.json()["ended_by"]) == (200, cast.authority.name)
    states = [(one["id"], one["state"]) for one in (await http.get(api(case))).json()]
    assert states == [(proposal, "returned"), (second, "signed")]


async def test_a_refusal_is_shown_with_its_reasons(http: Browser, cast: Cast) -> None:
    case, _ = await make_proposed(cast, A_REFUSAL)
    await sign_in(http, cast.authority)
    page = (await http.get(url(case))).text
    assert "1. Không đạt điều kiện an toàn." in page
    assert "Ký: Từ chối" in page
