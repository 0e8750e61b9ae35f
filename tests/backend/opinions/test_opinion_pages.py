"""Opinions as pages and as JSON: for the officer, the agency with an account, and whoever has the link."""

from __future__ import annotations

from backend.accounts.schemas import Actor
from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.kit.outbox import work_until_empty
from backend.opinions import domain
from tests.factories.applications import Cast
from tests.factories.web import Browser, sign_in

ASKED = {"agency": "Sở Xây dựng", "email": "vanthu@soxaydung.test", "question": "Xe có được chạy ở đó?"}
YES = {"position": "agree", "answered_by": "Phạm Văn Tư"}


async def test_an_officer_asks_reads_and_closes_on_the_case_page(
    http: Browser, cast: Cast, case: Application
) -> None:
    await sign_in(http, cast.officer)
    here = f"/cases/{case.id}"
    assert f"{here}/opinions/new" in (await http.get(here)).text
    refused = await http.submit(f"{here}/opinions/new", ASKED | {"email": "x"})
    assert (refused.status_code, "Xe có được chạy ở đó?" in refused.text) == (422, True)
    file = (await applications.uploads_of(case))[0]
    done = await http.submit(f"{here}/opinions/new", ASKED | {"files": [str(file.id), "x"]})
    assert (done.status_code, done.headers["location"]) == (303, f"{here}#opinions")
    (asked,) = await domain.opinions_of(cast.officer, case)
    assert asked.files == [file.id]
    page = (await http.get(f"{here}?lang=en")).text
    assert "Awaited" in page
    entry = f"{here}/opinions/{asked.id}"
    assert (await http.get(entry)).status_code == 200
    assert (await http.submit(f"{entry}/record", {"position": "disagree"})).status_code == 422
    assert (await http.submit(f"{entry}/lapse", {"reason": ""})).status_code == 422
    assert (await http.submit(f"{entry}/record", YES)).status_code == 303
    assert (await http.submit(f"{entry}/lapse", {"reason": "x"})).status_code == 409
    assert "Agrees" in (await http.get(f"{here}?lang=en")).text


async def test_another_case_does_not_open_an_opinion(http: Browser, cast: Cast, case: Application) -> None:
    from tests.factories.applications import make_submitted

    await sign_in(http, cast.officer)
    await http.submit(f"/cases/{case.id}/opinions/new", ASKED)
    (asked,) = await domain.opinions_of(cast.officer, case)
    other = await make_submitted(cast)
    for address in (f"/cases/{other.id}/opinions/{asked.id}", f"/cases/{asked.id}/opinions/{asked.id}"):
        assert (await http.get(address)).status_code == 404
        assert (await http.submit(f"{address}/record", YES)).status_code == 404
        assert (await http.submit(f"{address}/lapse", {"reason": "x"})).status_code == 404


async def test_an_agency_signed_in_reads_its_question_and_answers(
    http: Browser, cast: Cast, case: Application, agency: Actor
) -> None:
    file = (await applications.uploads_of(case))[0]
    await sign_in(http, cast.officer)
    await http.submit(f"/cases/{case.id}/opinions/new", ASKED | {"files": [str(file.id)]})
    (asked,) = await domain.opinions_of(cast.officer, case)
    theirs = http.as_stranger()
    await sign_in(theirs, agency)
    here = f"/opinions/{asked.id}"
    assert here in (await theirs.get("/opinions")).text
    assert (await theirs.get(f"{here}/request")).status_code == 404
    await work_until_empty()
    assert (await theirs.get(f"{here}/request")).headers["content-type"] == "application/pdf"
    assert (await theirs.get(f"{here}/files/{file.id}")).status_code == 200
    assert (await theirs.get(f"/cases/{case.id}")).status_code == 404
    assert (await theirs.submit(here, {"position": "disagree"})).status_code == 422
    assert (await theirs.submit(here, {"position": "agree"})).status_code == 303
    assert "Đã trả lời" in (await theirs.get(here)).text
    assert (await theirs.submit(here, {"position": "agree"})).status_code == 409


async def test_a_link_shows_what_was_sent_until_it_is_used(
    http: Browser, cast: Cast, case: Application
) -> None:
    file = (await applications.uploads_of(case))[0]
    await sign_in(http, cast.officer)
    await http.submit(f"/cases/{case.id}/opinions/new", ASKED | {"files": [str(file.id)]})
    (asked,) = await domain.opinions_of(cast.officer, case)
    await work_until_empty()
    stranger = http.as_stranger()
    here = f"/opinions/answer/{domain.link_token(asked)}"
    assert "Xe có được chạy ở đó?" in (await stranger.get(here)).text
    assert (await stranger.get(f"{here}/files/{file.id}")).status_code == 200
    assert (await stranger.get(f"{here}/request")).status_code == 200
    assert (await stranger.submit(here, {"position": "agree"})).status_code == 422
    assert (await stranger.submit(here, YES)).status_code == 303
    after = (await stranger.get(here)).text
    assert ("Đã trả lời" in after, "Xe có được chạy ở đó?" in after) == (True, False)
    assert (await stranger.get(f"{here}/files/{file.id}")).status_code == 404
    assert (await stranger.get(f"{here}/request")).status_code == 404
    assert (await stranger.submit(here, YES)).status_code == 409


async def test_the_interface_for_programs_asks_lists_answers_and_closes(
    http: Browser, cast: Cast, case: Application, agency: Actor
) -> None:
    await sign_in(http, cast.officer)
    here, token = f"/api/v1/applications/{case.id}/opinions", {"x-csrf-token": http.token()}
    asked = (await http.post(here, json=ASKED, headers=token)).json()
    paper = (await http.post(here, json=ASKED | {"email": "a@b.test"}, headers=token)).json()
    quiet = (await http.post(here, json=ASKED | {"email": "c@d.test"}, headers=token)).json()
    listed = {one["id"] for one in (await http.get(here)).json()}
    assert listed == {asked["id"], paper["id"], quiet["id"]}
    answer = {"position": "agree", "answered_by": "B"}
    entered = await http.post(f"{here}/{paper['id']}/record", json=answer, headers=token)
    assert (entered.status_code, entered.json()["way"]) == (200, "letter")
    closed = await http.post(f"{here}/{quiet['id']}/lapse", json={"reason": "Không cần"}, headers=token)
    assert (closed.status_code, closed.json()["state"]) == (200, "lapsed")
    theirs = http.as_stranger()
    await sign_in(theirs, agency)
    assert [one["id"] for one in (await theirs.get("/api/v1/opinions")).json()] == [asked["id"]]
    assert (await theirs.get(f"/api/v1/opinions/{asked['id']}")).json()["question"] == ASKED["question"]
    token = {"x-csrf-token": theirs.token()}
    given = await theirs.post(f"/api/v1/opinions/{asked['id']}/answer", json=answer, headers=token)
    assert (given.status_code, given.json()["way"]) == (200, "account")
