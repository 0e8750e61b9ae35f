"""The JSON interface: the same verbs, strict in what it takes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.applications import domain
from backend.kit import sessions
from backend.kit.clock import today
from tests.factories.applications import (
    ANSWERS,
    PROGRAMME,
    SLOTS,
    Cast,
    make_complete_draft,
    make_draft,
    make_pdf,
    make_submitted,
)
from tests.factories.web import Browser

ROOT = "/api/v1/applications"


def _soon() -> str:
    return str(today() + timedelta(days=7))


@pytest.fixture
async def hoa(http: Browser, cast: Cast) -> Browser:
    """A program of somebody of the company."""
    return http.with_token(await sessions.open_session(cast.hoa.id))


@pytest.fixture
async def officer(http: Browser, cast: Cast) -> Browser:
    """A program of an officer."""
    return http.with_token(await sessions.open_session(cast.officer.id))


async def test_an_application_goes_from_nothing_to_its_case(
    hoa: Browser, officer: Browser, cast: Cast
) -> None:
    new = {"organisation_id": str(cast.company.id), "programme_key": PROGRAMME}
    started = await hoa.post(ROOT, json=new)
    assert (started.status_code, started.json()["state"]["key"]) == (201, "draft")
    url = f"{ROOT}/{started.json()['id']}"
    saved = await hoa.put(f"{url}/answers", json={"revision": 0, "answers": ANSWERS})
    assert (saved.json()["revision"], saved.json()["answers"]) == (1, ANSWERS)
    missing = (await hoa.get(f"{url}/missing")).json()
    assert [(one["kind"], one["key"]) for one in missing] == [("document", slot) for slot in SLOTS]
    for slot in SLOTS:
        file = {"file": (f"{slot}.pdf", make_pdf(slot))}
        sent = await hoa.post(f"{url}/uploads", data={"slot": slot, "secret": "yes"}, files=file)
        assert (sent.status_code, sent.json()["slot"], sent.json()["secret"]) == (201, slot, True)
    submitted = await hoa.post(f"{url}/transitions/submit", json={"revision": 1})
    assert submitted.status_code == 200
    told = submitted.json()
    assert (told["state"]["label"]["en"], told["missing"], len(told["uploads"])) == ("Submitted", [], 3)
    assert (await officer.get(url)).json() == told
    (listed,) = (await hoa.get(ROOT)).json()
    assert listed["number"] == told["number"]


async def test_an_officer_asks_accepts_and_refuses(hoa: Browser, officer: Browser, cast: Cast) -> None:
    case, other = await make_submitted(cast), await make_submitted(cast)
    steps = f"{ROOT}/{case.id}/transitions"
    items = [{"kind": "field", "key": "team", "fault": "Thiếu người vận hành."}]
    no_day = await officer.post(f"{steps}/request_supplement", json={"items": items})
    assert (no_day.status_code, list(no_day.json()["errors"])) == (422, ["due_on"])
    assert (await officer.post(f"{steps}/take", json={})).status_code == 200
    wanted = {"items": items, "due_on": _soon()}
    asked = await officer.post(f"{steps}/request_supplement", json=wanted)
    assert (asked.status_code, asked.json()["clock_state"]) == (200, "stopped")
    answered = await hoa.post(f"{steps}/submit", json={"revision": case.revision})
    assert answered.json()["clock_state"] == "running"
    assert (await officer.post(f"{steps}/accept", json={})).json()["state"]["key"] == "accepted"
    again = await officer.post(f"{steps}/accept", json={})
    assert (again.status_code, again.json()["code"]) == (409, "rule_says_no")
    assert again.json()["source"].startswith("Nghị định 118/2025")
    refused = await officer.post(
        f"{ROOT}/{other.id}/transitions/refuse_to_receive", json={"reasons": "Sai nơi."}
    )
    assert refused.json()["state"]["key"] == "not_received"


async def test_a_case_is_withdrawn(hoa: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    gone = await hoa.post(f"{ROOT}/{case.id}/transitions/withdraw", json={"reasons": "Đổi kế hoạch."})
    assert gone.json()["state"]["key"] == "withdrawn"


@pytest.mark.parametrize(
    ("transition", "data", "status"),
    [
        ("submit", {}, 422),
        ("submit", {"revision": 7}, 409),
        ("submit", {"revision": 1, "force": True}, 422),
        ("grant", {}, 404),
        ("accept", {}, 404),
    ],
)
async def test_what_an_applicant_may_not_do_is_refused(
    hoa: Browser, cast: Cast, transition: str, data: dict[str, Any], status: int
) -> None:
    draft = await make_complete_draft(cast)
    answer = await hoa.post(f"{ROOT}/{draft.id}/transitions/{transition}", json=data)
    assert answer.status_code == status
    assert await domain.get_application(cast.hoa, draft.id) == draft


async def test_a_stale_or_faulty_put_writes_nothing(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast, team="Đội")
    url = f"{ROOT}/{draft.id}/answers"
    stale = await hoa.put(url, json={"revision": 0, "answers": {"team": "x"}})
    faulty = await hoa.put(url, json={"revision": 1, "answers": {"team": "x", "plan_users": "nhiều"}})
    unknown = await hoa.put(url, json={"revision": 1, "answers": {"state": "granted"}})
    assert [one.status_code for one in (stale, faulty, unknown)] == [409, 422, 422]
    assert stale.json()["code"] == "stale_revision"
    assert list(faulty.json()["errors"]) == ["plan_users"]
    assert await domain.get_application(cast.hoa, draft.id) == draft


async def test_an_incomplete_dossier_is_refused_field_by_field(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast, **ANSWERS)
    answer = await hoa.post(f"{ROOT}/{draft.id}/transitions/submit", json={"revision": draft.revision})
    assert (answer.status_code, answer.json()["code"]) == (409, "dossier_incomplete")
    assert list(answer.json()["errors"]) == list(SLOTS)


async def test_an_upload_needs_a_file_and_a_known_slot(hoa: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    url = f"{ROOT}/{draft.id}/uploads"
    assert (await hoa.post(url, data={"slot": "trial_plan"})).status_code == 422
    file = {"file": ("a.pdf", make_pdf())}
    assert (await hoa.post(url, data={"slot": "none"}, files=file)).status_code == 404


async def test_the_queue_is_filtered_and_told_in_stretches(officer: Browser, cast: Cast) -> None:
    case = await make_submitted(cast)
    found = (await officer.get("/api/v1/queue", params={"q": "xe tu hanh", "state": "submitted"})).json()
    assert ([row["number"] for row in found["items"]], found["total"]) == ([case.number], 1)
    none = (await officer.get("/api/v1/queue", params={"handler": "mine"})).json()
    assert none == {"items": [], "total": 0, "is_more": False, "previous": None, "next": None}
    behind = {"from": f"0~2099-01-01~{case.number}"}
    further = (await officer.get("/api/v1/queue", params=behind)).json()
    assert (further["items"], further["total"]) == ([], 1)
    assert "answers" not in found["items"][0]
    for faulty in ({"clock": "broken"}, {"handler": "yours"}):
        assert (await officer.get("/api/v1/queue", params=faulty)).status_code == 422


async def test_applications_of_others_are_not_found(http: Browser, cast: Cast) -> None:
    draft = await make_draft(cast)
    stranger = http.with_token(await sessions.open_session(cast.stranger.id))
    url = f"{ROOT}/{draft.id}"
    new = {"organisation_id": str(cast.company.id), "programme_key": PROGRAMME}
    answers = [
        await stranger.get(url),
        await stranger.get(f"{url}/missing"),
        await stranger.put(f"{url}/answers", json={"revision": 0, "answers": {}}),
        await stranger.post(f"{url}/transitions/withdraw", json={}),
        await stranger.post(f"{url}/uploads", data={"slot": "other"}, files={"file": ("a.pdf", make_pdf())}),
        await stranger.post(ROOT, json=new),
    ]
    assert {one.status_code for one in answers} == {404}
    assert (await stranger.get(ROOT)).json() == []
