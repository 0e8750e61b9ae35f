"""The whole way through `/api/v1`: what a page can do, a program can do."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from backend.accounts.queries import find_actor
from backend.accounts.schemas import Role
from backend.kit import audit
from backend.kit.outbox import dead_jobs, work_until_empty
from backend.matchmaking import offers
from backend.matchmaking.schemas import EvidenceForm, OfferedSkill, OfferForm
from tests.factories.applications import ANSWERS, PROGRAMME, SLOTS, make_pdf
from tests.factories.decisions import MARKS
from tests.factories.dossiers import register_company
from tests.factories.papers import signatures_of, text_of
from tests.factories.people import make_account, make_tax_code
from tests.journeys.clients import Client
from tests.journeys.conftest import Enter

COMPANY = {"name": "Công ty Thuyền Máy", "kind": "company", "address": "12 Lê Lợi", "ward": "Gia Viên"}
COUNCIL = ("appraiser1", "appraiser2", "appraiser3")
CONDITIONS = [
    {"key": "reporting", "parameters": {"months": 3}},
    {"key": "incident", "parameters": {"hours": 72}},
]


async def test_from_a_draft_to_a_running_trial(officials: dict[str, UUID], enter: Enter) -> None:
    await make_account("startup", "Nguyễn Thị Hoa", Role.APPLICANT)
    await make_account("chief", "Phan Hai Vai", Role.OFFICER, Role.AUTHORITY)
    startup, chief, authority = await enter("startup"), await enter("chief"), await enter("authority")
    case = await submitted(startup)
    await receipt(startup, case)
    await taken_in(chief, case)
    council = [await enter(name) for name in COUNCIL]
    await chief.ask(
        "POST",
        f"/applications/{case}/appraisal/assign",
        json={"appraisers": [str(officials[name]) for name in COUNCIL]},
    )
    for client in (startup, chief, authority, await enter("supervisor"), await enter("auditor")):
        seen = await client.ask("GET", f"/cases/{case}")
        running = [one["label"]["vi"] for one in seen["clocks"] if one["state"] == "running"]
        assert seen["holder"]["vi"] == "hội đồng thẩm định"
        assert running[0] == "Thẩm định"
        assert seen["next_step"]["vi"].startswith("Các thành viên chấm điểm độc lập")
    await (await enter("admin")).ask("GET", f"/cases/{case}", 404)
    await appraised(chief, council, case)
    pdf = await decided(chief, authority, case)
    await verified(pdf, authority)
    await started(startup, case)
    assert await audit.verify() is None
    assert await dead_jobs() == []


async def test_from_a_need_to_partners_with_reasons(officials: dict[str, UUID], enter: Enter) -> None:
    await make_account("startup", "Nguyễn Thị Hoa", Role.APPLICANT)
    startup = await enter("startup")
    for name, visible in (("expert", True), ("institute", False)):
        await publish(officials[name], visible)
    await work_until_empty()
    need = {
        "organisation_id": await register_company(startup),
        "title": "Pin mặt trời cho thuyền điện",
        "text": "Chúng tôi cần pin perovskite nhẹ cho thuyền chạy điện và người biết lai dắt thuyền tự hành.",
        "skills": [{"key": "perovskite-cells", "weight": 3}, {"key": "offshore-wind", "weight": 2}],
    }
    path = f"/needs/{(await startup.ask('POST', '/needs', 201, json=need))['id']}/suggestions"
    found = await startup.ask("GET", path)
    assert [one["offer"]["id"] for one in found["items"]] == [await offer_of(officials["expert"])]
    (first,) = found["items"]
    assert [(one["need"], one["steps"]) for one in first["reasons"]] == [("perovskite-cells", [])]
    assert first["reasons"][0]["evidence"] == "declared"  # confirmed by hand at the highest level
    assert found["uncovered"] == ["offshore-wind"]
    await publish(officials["institute"], visible=True)  # it would have matched, had it agreed to be found
    await work_until_empty()
    assert len((await startup.ask("GET", path))["items"]) == 2
    await (await enter("officer")).ask("GET", path, 404)


async def publish(account: UUID, visible: bool) -> None:
    """An offer of solar cells, with a paper that shows it."""
    owner = await find_actor(account)
    assert owner is not None
    await offers.publish_offer(
        owner,
        OfferForm(
            headline="Pin mặt trời perovskite",
            about="Nhóm chế tạo và đo pin mặt trời perovskite từ năm 2015, có buồng sạch và máy đo.",
            languages=["vi", "en"],
            availability="now",
            forms=["joint_research"],
        ),
        [OfferedSkill(key="perovskite-cells", level=5)],
        [
            EvidenceForm(
                kind="paper", title="Pin mặt trời perovskite bền ẩm", text="Pin perovskite.", year=2024
            )
        ],
        visible=visible,
    )


async def offer_of(account: UUID) -> str:
    owner = await find_actor(account)
    assert owner is not None
    return str((await offers.own_offer(owner)).id)


async def submitted(startup: Client) -> str:
    """A complete dossier is submitted, once, however often it is sent."""
    organisation = await startup.ask(
        "POST", "/organisations", 201, json={**COMPANY, "tax_code": make_tax_code()}
    )
    new = {"organisation_id": organisation["id"], "programme_key": PROGRAMME}
    draft = await startup.ask("POST", "/applications", 201, json=new)
    path, first = f"/applications/{draft['id']}", draft["revision"]
    saved = await startup.ask("PUT", f"{path}/answers", json={"revision": first, "answers": ANSWERS})
    stale = {"revision": first, "answers": {"solution_name": "Tên khác"}}
    await startup.ask("PUT", f"{path}/answers", 409, json=stale)
    step = {"revision": saved["revision"]}
    refused = await startup.ask("POST", f"{path}/transitions/submit", 409, json=step)
    assert sorted(refused["errors"]) == sorted(SLOTS)
    for slot in SLOTS:
        files = {"file": (f"{slot}.pdf", make_pdf(slot), "application/pdf")}
        await startup.ask("POST", f"{path}/uploads", 201, data={"slot": slot}, files=files)
    assert await startup.ask("GET", f"{path}/missing") == []
    answers = [await startup.ask("POST", f"{path}/transitions/submit", json=step) for _ in range(2)]
    assert answers[0]["number"] == answers[1]["number"] is not None
    return str(draft["id"])


async def receipt(startup: Client, case: str) -> None:
    """One receipt, with number, day and code."""
    await work_until_empty()
    seen = await startup.ask("GET", f"/cases/{case}")
    (document,) = seen["documents"]
    assert (document["kind"], document["state"]) == ("receipt", "issued")
    due = next(one["due_on"] for one in seen["clocks"] if one["key"] == "decide")
    said = text_of((await startup.get(document["href"])).content)
    assert f"Mã hồ sơ: {seen['number']}" in said
    assert f"Ngày hẹn trả kết quả: {'/'.join(reversed(due.split('-')))}" in said
    assert f"Mã xác minh: {document['code']}" in said


async def taken_in(officer: Client, case: str) -> None:
    """The queue has it; it is accepted; accepting it again is refused with the reason."""
    queue = await officer.ask("GET", "/queue", params={"handler": "nobody"})
    assert [one["id"] for one in queue["items"]] == [case]
    path = f"/applications/{case}/transitions/accept"
    await officer.ask("POST", path, json={})
    await officer.ask("POST", path, 409, json={})


async def appraised(officer: Client, council: list[Client], case: str) -> None:
    """Nothing before the declaration, nothing of others before one's own, no end before the quorum."""
    path = f"/applications/{case}/appraisal"
    for place, client in enumerate(council):
        before = await client.ask("GET", path)
        assert (before["sheet"], before["summary"]) == (None, None)
        await client.ask("GET", f"/cases/{case}", 409)
        declared = await client.ask("POST", f"{path}/declare", json={"conflict": False})
        assert declared["summary"]["appraisals"] == []
        assert declared["summary"]["mean"] is None
        remarks = f"Nhận xét kín số {place}."
        scored = await client.ask("POST", f"{path}/scores", json={"scores": MARKS, "remarks": remarks})
        others = [one["remarks"] for one in scored["summary"]["appraisals"] if one["submitted_at"]]
        assert sorted(others) == [f"Nhận xét kín số {number}." for number in range(place + 1)]
        if not place:
            refused = await officer.ask("POST", f"{path}/conclude", 409, json={})
            assert refused["source"]
    concluded = await officer.ask("POST", f"{path}/conclude", json={})
    assert concluded["summary"]["mean"] == 3.9


async def decided(chief: Client, authority: Client, case: str) -> bytes:
    """Four eyes: who proposed cannot sign, though the account may sign others' drafts."""
    path = f"/applications/{case}/decision"
    grant = {
        "kind": "grant",
        "starts_on": ANSWERS["plan_from"],
        "ends_on": ANSWERS["plan_until"],
        "limits": {"users": 40, "area_km2": 1.5, "value_vnd": 0},
        "conditions": CONDITIONS,
    }
    proposal = {"proposal": (await chief.ask("POST", f"{path}/propose", 201, json=grant))["id"]}
    assert (await chief.ask("POST", f"{path}/sign", 409, json=proposal))["code"] == "same_person"
    signed = await authority.ask("POST", f"{path}/sign", json=proposal)
    await authority.ask("POST", f"{path}/sign", 409, json=proposal)
    await work_until_empty()
    pdf = (await authority.get(f"/documents/{signed['document_id']}")).content
    said = text_of(pdf)
    assert "01/QĐ-UBND" in said
    assert "3 tháng một lần" in said
    assert "72 giờ" in said
    assert await signatures_of(pdf) == [True, True]
    return pdf


async def verified(pdf: bytes, client: Client) -> None:
    """By the code, by the file, and not with a byte changed; nobody needs to sign in for it."""
    stranger = client.stranger()
    said = text_of(pdf)
    code = said.partition("Mã xác minh: ")[2][:14]
    assert (await stranger.ask("GET", f"/verify/{code}"))["is_genuine"] is True
    place = pdf.rindex(b"stream\n", 0, len(pdf) // 2) + 20
    changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    outcomes = [
        (await stranger.ask("POST", "/verify", files={"file": ("x.pdf", data, "application/pdf")}))["outcome"]
        for data in (pdf, changed, make_pdf("một tệp lạ"))
    ]
    assert outcomes == ["issued", "changed", "not_ours"]


async def started(startup: Client, case: str) -> None:
    """The participant starts the trial; the register tells everybody, as JSON and as CSV."""
    (trial,) = (await startup.ask("GET", "/trials"))["items"]
    assert trial["id"] == (await startup.ask("GET", f"/cases/{case}"))["trial"]
    path = f"/trials/{trial['id']}"
    assert [one["key"] for one in (await startup.ask("GET", path))["steps"]] == ["start"]
    await startup.ask("POST", f"{path}/transitions/start", json={})
    stranger = startup.stranger()
    listed: dict[str, Any] = await stranger.ask("GET", "/register", params={"q": "xe tu hanh"})
    assert [(one["number"], one["state"]["key"]) for one in listed["items"]] == [(trial["number"], "running")]
    entry = await stranger.ask("GET", f"/register/{trial['number']}")
    assert len(entry["conditions"]) == 2
    lines = (await stranger.get("/register.csv")).text.lstrip("\ufeff")
    assert [row["number"] for row in csv.DictReader(io.StringIO(lines))] == [trial["number"]]
