"""Pages and JSON of signing: who may, in which capacity; countersign, recall, replace."""

from __future__ import annotations

from typing import Any

import pytest

from backend.accounts.schemas import Role
from backend.applications import domain as applications
from backend.decisions import domain, signing
from backend.documents import domain as documents
from backend.kit.outbox import work_until_empty
from backend.trials import domain as trials
from tests.backend.decisions.test_decision_web import api, fields_of, send, url
from tests.factories.applications import Cast
from tests.factories.decisions import make_proposed
from tests.factories.signing import DEPUTY, HEAD, let_sign, make_signer
from tests.factories.web import Browser, make_actor, sign_in

API = "/api/v1/signing-authorities"


async def typed_for(account: Any, **changed: str) -> dict[str, str]:
    plain = {
        "act": "sign",
        "capacity": "TM",
        "title_vi": "CHỦ TỊCH",
        "title_en": "Chairman",
        "agency_vi": "ỦY BAN NHÂN DÂN",
        "agency_en": "People's Committee",
        "from_on": "01/01/2026",
        "until_on": "",
        "basis": "Nghị quyết số 1",
        "kinds": "grant",
        "asks_countersign": "yes",
    }
    return {**plain, "account": str(account), **changed}


async def test_an_administrator_enters_and_withdraws_an_authority(http: Browser, cast: Cast) -> None:
    person = await make_actor(Role.AUTHORITY, name="Đinh Thị Nguyệt")
    await sign_in(http, cast.admin)
    assert "Đinh Thị Nguyệt" in (await http.get("/admin/signing")).text
    done = await http.submit("/admin/signing", await typed_for(person.id))
    assert (done.status_code, done.headers["location"]) == (303, "/admin/signing")
    entered = (await signing.list_authorities(cast.admin))[0]
    assert (entered.account_id, entered.kinds, entered.asks_countersign) == (person.id, ["grant"], True)
    page = (await http.get("/admin/signing")).text
    assert "sau khi có ký kiểm tra" in page
    assert (await http.submit(f"/admin/signing/{entered.id}/withdraw", {})).status_code == 303
    assert "1 thẩm quyền đã hết" in (await http.get("/admin/signing")).text


async def test_what_was_typed_wrong_stays_and_says_how_to_mend_it(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.admin)
    typed = await typed_for("", act="", from_on="", until_on="mai", basis="Giữ lại")
    page = await http.submit("/admin/signing", typed)
    assert page.status_code == 422
    for name in ("account", "act", "from_on", "until_on"):
        assert f'id="{name}-error"' in page.text
    assert fields_of(page.text)["basis"] == "Giữ lại"
    forged = await http.submit("/admin/signing", await typed_for("nobody"))
    assert (forged.status_code, 'id="account-error"' in forged.text) == (422, True)
    wrong = await http.submit("/admin/signing", await typed_for(cast.authority.id, title_vi=""))
    assert (wrong.status_code, 'id="title_vi-error"' in wrong.text) == (422, True)


async def test_an_auditor_reads_who_may_sign_and_enters_nothing(http: Browser, cast: Cast) -> None:
    await sign_in(http, cast.auditor)
    page = (await http.get("/admin/signing")).text
    assert cast.authority.name in page
    assert '<form method="post" action="/admin/signing' not in page
    assert (await http.submit("/admin/signing", await typed_for(cast.authority.id))).status_code == 404


async def test_authorities_run_through_json(http: Browser, cast: Cast) -> None:
    person = await make_actor(Role.AUTHORITY)
    await sign_in(http, cast.admin)
    form = {
        "account": str(person.id),
        "act": "sign",
        "capacity": "TUQ",
        "title_vi": "GIÁM ĐỐC",
        "title_en": "Director",
        "for_whom_vi": "CHỦ TỊCH",
        "for_whom_en": "Chairman",
        "from_on": "2026-01-01",
        "basis": "Giấy ủy quyền",
    }
    entered = await send(http, API, form)
    assert (entered.status_code, entered.json()["capacity"]) == (201, "TUQ")
    assert (await http.get(API)).json()[0]["account_id"] == str(person.id)
    withdrawn = await send(http, f"{API}/{entered.json()['id']}/withdraw", {})
    assert withdrawn.json()["withdrawn_at"] is not None


async def test_a_second_person_countersigns_on_the_page_and_then_it_is_signed(
    http: Browser, cast: Cast
) -> None:
    case, proposal = await make_proposed(cast)
    await let_sign(cast.colleague.id, **HEAD)
    deputy = await make_signer(**DEPUTY, principal=cast.authority.id, asks_countersign=True)
    await sign_in(http, deputy)
    waiting = (await http.get(url(case))).text
    assert "người thứ hai ký kiểm tra trước khi bạn ký" in waiting
    forced = await http.submit(url(case, "/sign"), {"confirm": "yes", "proposal": str(proposal.id)})
    assert forced.status_code == 409
    await sign_in(http, cast.colleague)
    page = await http.get(url(case))
    assert "TL. GIÁM ĐỐC, TRƯỞNG PHÒNG" in page.text
    careless = await http.submit(url(case, "/countersign"), {})
    assert (careless.status_code, 'id="confirm-error"' in careless.text) == (422, True)
    done = await http.submit(url(case, "/countersign"), fields_of(page.text) | {"confirm": "yes"})
    assert done.status_code == 303
    await sign_in(http, deputy)
    page = await http.get(url(case))
    assert f"Làm thay {cast.authority.name}, theo Quyết định phân công công tác" in page.text
    assert (
        await http.submit(url(case, "/sign"), fields_of(page.text) | {"confirm": "yes"})
    ).status_code == 303
    page = (await http.get(url(case))).text
    assert "TM. ỦY BAN NHÂN DÂN, KT. CHỦ TỊCH, PHÓ CHỦ TỊCH" in page


async def test_who_has_two_authorities_is_asked_by_which_to_sign(http: Browser, cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    second = await let_sign(cast.authority.id, title_vi="QUYỀN CHỦ TỊCH")
    await sign_in(http, cast.authority)
    page = (await http.get(url(case))).text
    assert page.count('name="authority" type="radio"') == 2
    typed = fields_of(page) | {"confirm": "yes", "authority": str(second.id)}
    assert (await http.submit(url(case, "/sign"), typed)).status_code == 303
    assert "QUYỀN CHỦ TỊCH" in (await http.get(url(case))).text


async def test_who_may_not_sign_today_is_told_so(http: Browser, cast: Cast) -> None:
    case, proposal = await make_proposed(cast)
    await sign_in(http, await make_actor(Role.AUTHORITY))
    assert "chưa có thẩm quyền ký" in (await http.get(url(case))).text
    refused = await send(http, api(case, "/sign"), {"proposal": str(proposal.id)})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_signing_authority")


@pytest.mark.parametrize(
    ("kind", "title"), [("recall", "Thu hồi quyết định"), ("grant", "Cho phép thử nghiệm")]
)
async def test_a_decision_is_recalled_or_replaced_on_its_pages(
    http: Browser, cast: Cast, kind: str, title: str
) -> None:
    case, _ = await make_proposed(cast)
    await domain.sign_decision(cast.authority, case.id)
    await work_until_empty()
    await sign_in(http, cast.officer)
    assert url(case, "/succession") in (await http.get(url(case))).text
    typed = fields_of((await http.get(url(case, "/succession"))).text) | {"kind": kind}
    lacking = await http.submit(url(case, "/preview"), typed)
    assert (lacking.status_code, 'id="reasons-error"' in lacking.text) == (422, True)
    assert fields_of(lacking.text)["succeeds"] == typed["succeeds"]
    check = await http.submit(url(case, "/preview"), typed | {"reasons": "Số liệu sai."})
    assert check.status_code == 200
    assert "01/QĐ-UBND" in check.text
    edited = await http.submit(url(case, "/preview"), fields_of(check.text) | {"action": "edit"})
    assert fields_of(edited.text)["reasons"] == "Số liệu sai."
    assert (await http.submit(url(case, "/propose"), fields_of(check.text))).status_code == 303
    assert (await http.get(url(case, "/succession"))).status_code == 404
    await sign_in(http, cast.authority)
    page = (await http.get(url(case))).text
    assert "Quyết định cũ vẫn có hiệu lực đến khi dự thảo này được ký" in page
    assert (await http.submit(url(case, "/sign"), fields_of(page) | {"confirm": "yes"})).status_code == 303
    await work_until_empty()
    page = (await http.get(url(case))).text
    assert "Quyết định trước: Cho phép thử nghiệm, đã thu hồi" in page
    old, new = await domain.decisions_of(cast.officer, case)
    assert applications.rules_of(case).decisions[new.kind].label.vi == title
    trial = await trials.trial_of(case.id)
    assert trial is not None
    public = (await http.get(f"/register/{trial.number}")).text
    assert "02/QĐ-UBND" in public
    await sign_in(http, cast.hoa)
    mine = (await http.get(url(case))).text
    assert ("đã thu hồi" in mine, cast.officer.name in mine) == (True, False)
    stale = fields_of(check.text)
    await sign_in(http, cast.officer)
    assert (await http.submit(url(case, "/preview"), stale)).status_code == 404
    assert str(old.id) == stale["succeeds"]


async def test_the_verification_page_leads_to_the_document_that_came_after(http: Browser, cast: Cast) -> None:
    case, _ = await make_proposed(cast)
    await domain.sign_decision(cast.authority, case.id)
    await work_until_empty()
    in_force = await domain.signed_decision(case.id)
    assert in_force is not None
    await sign_in(http, cast.officer)
    draft = {"kind": "recall", "succeeds": str(in_force.id), "reasons": "Số liệu sai."}
    assert (await send(http, api(case, "/propose"), draft)).status_code == 201
    await domain.sign_decision(cast.authority, case.id)
    old = await documents.get_document(in_force.document_id)  # type: ignore[arg-type]
    page = (await http.get(f"/verify/{old.code}")).text
    assert "Văn bản đã bị thu hồi" in page
    told = (await http.get(f"/api/v1/verify/{old.code}")).json()["document"]["successor"]
    assert (told["number"], told["url"] in page) == ("02/QĐ-UBND", True)
