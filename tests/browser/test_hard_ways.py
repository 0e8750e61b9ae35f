"""The ways that are hard on somebody: refused, in conflict, late, replaced, recalled; on every screen.

Each begins where the hardship does: what leads there is done through the interface of programs.
"""

from __future__ import annotations

import asyncio
import email
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from email.policy import default
from typing import Any
from uuid import UUID

import pytest

from backend.accounts.schemas import Role
from backend.applications import domain as applications
from backend.applications.lateness import FIND
from backend.kit.clock import frozen, now, today
from backend.kit.outbox import enqueue
from backend.ports.wiring import null_ports, using
from backend.watch.domain import JOB as WATCH
from backend.watch.domain import name_superiors
from sandbox_rules import calendar_of
from tests.browser.conftest import Arrive, Newcomer
from tests.browser.officials import propose_draft, sign_draft
from tests.browser.steps import FROM, UNTIL, answers_for, download
from tests.browser.visitor import PHONE
from tests.factories.applications import PROGRAMME, SLOTS, make_pdf
from tests.factories.decisions import MARKS
from tests.factories.dossiers import submitted
from tests.factories.papers import text_of
from tests.factories.people import account_of, connected
from tests.factories.serving import Served
from tests.journeys.clients import Client

COUNCIL = ("appraiser1", "appraiser2")
GRANT: dict[str, Any] = {
    "kind": "grant",
    "starts_on": FROM.isoformat(),
    "ends_on": UNTIL.isoformat(),
    "limits": {"users": 40, "area_km2": 1.5, "value_vnd": 0},
    "conditions": [{"key": "reporting", "parameters": {"months": 3}}],
}
NEW_DAY = calendar_of("VN").add_working_days(today(), 12)
TODAY = f"{today():%d/%m/%Y}"
WAIT = "Chờ ý kiến của Cảng vụ Hàng hải."
WHY = "Số liệu trong hồ sơ không đúng với thực tế."
REASONS = ("Phương án dừng khẩn cấp không đạt.", "Chưa có bảo hiểm cho người đi bộ.")


@pytest.fixture(scope="module")
async def staff(served_site: Served) -> AsyncIterator[dict[str, Client]]:
    """The officials as programs."""
    async with AsyncExitStack() as stack:
        found = {}
        for name in ("officer", "authority", *COUNCIL):
            found[name] = await stack.enter_async_context(Client(base_url=served_site.url, timeout=60))
            await found[name].enter(name)
        yield found


async def test_a_refusal_reaches_the_applicant_with_its_reasons(
    arrive: Arrive, newcomer: Newcomer, site: Served, staff: dict[str, Client]
) -> None:
    case = await appraised(site, staff, newcomer, "Xe tự hành bị từ chối")
    officer, authority = await arrive(), await arrive()
    await officer.sign_in("officer")
    await authority.sign_in("authority")
    await officer.go(f"{case}/decision")
    await officer.page.check("input[name=kind][value=refuse]")
    await officer.press("Kiểm tra và xem trước")
    assert "Nêu lý do" in await officer.words(".govuk-error-summary")
    await officer.look_everywhere(status=422)
    await propose_draft(officer, "refuse", "\n".join(REASONS))
    await sign_draft(authority, case, "Từ chối")
    applicant = await arrive(width=PHONE)
    await applicant.sign_in(newcomer.name)
    await applicant.go(case)
    said = await applicant.words()
    assert "Có thể khiếu nại theo quy định hoặc nộp hồ sơ mới." in said
    assert " ".join(REASONS) in said
    await applicant.look_everywhere()
    document = await applicant.page.locator("#decisions a[href^='/documents/']").get_attribute("href")
    assert document
    printed = text_of(await download(applicant, document))
    complain = "trong thời hạn 90 ngày kể từ ngày nhận được Quyết định này"
    wanted = ("Không cho phép", *REASONS, complain, "cần xác nhận với văn bản chính thức")
    assert [one for one in wanted if one not in printed] == []


async def test_who_declares_a_conflict_is_locked_out(
    arrive: Arrive, newcomer: Newcomer, site: Served, staff: dict[str, Client]
) -> None:
    case = await in_appraisal(site, staff, newcomer, "Xe tự hành của người nhà")
    dossier = await newcomer.client.ask("GET", case.replace("cases", "applications"))
    file = f"{case}/files/{dossier['uploads'][0]['id']}"
    appraiser, officer = await arrive(), await arrive()
    await appraiser.sign_in(COUNCIL[0])
    await officer.sign_in("officer")
    await appraiser.go(f"{case}/appraisal")
    await appraiser.page.check("input[name=conflict][value=yes]")
    await appraiser.press("Gửi bản khai")
    await appraiser.look_everywhere(status=422)  # without saying what the conflict is
    await appraiser.page.fill("#reason", "Em trai tôi góp vốn.")
    await appraiser.press("Gửi bản khai")
    assert "Hồ sơ này đã đóng với bạn" in await appraiser.words()
    await appraiser.look_everywhere()
    for path in (case, file):
        assert (await officer.context.request.get(site.url + path)).status == 200
        assert (await appraiser.go(path)).status == 404
        await appraiser.look("en", status=404)
    sheet = {"scores": MARKS, "remarks": ""}
    path = f"{case.replace('cases', 'applications')}/appraisal/scores"
    await staff[COUNCIL[0]].ask("POST", path, 404, json=sheet)
    await officer.go(f"{case}/appraisal")
    assert "Có xung đột lợi ích Em trai tôi góp vốn." in await officer.words()
    await officer.look_everywhere()


async def test_a_late_case_brings_an_apology_and_its_officer_promises_another_day(
    arrive: Arrive, newcomer: Newcomer, site: Served
) -> None:
    case = await missed(site, newcomer)
    (letter,) = await issued(newcomer.client, case, "apology")
    applicant, officer, superior = await arrive(width=PHONE), await arrive(), await arrive()
    for visitor, name in ((applicant, newcomer.name), (officer, "officer"), (superior, "supervisor")):
        await visitor.sign_in(name)
    await applicant.go("/inbox")
    told = re.search(r"xin lỗi vì chậm trễ .*? Ngày hẹn lại: (\S+) \(cần xác nhận\)", await applicant.words())
    assert told
    await applicant.look_everywhere()
    printed = text_of(await download(applicant, letter["href"]))
    assert f"Ngày hẹn lại: {told[1]}. Ngày này được tính" in printed
    for visitor in (officer, superior):
        await visitor.go("/inbox")
        assert "Xe tự hành bị quên" in await visitor.words()
    await officer.go(case)
    assert "quá hạn" in await officer.words(".app-clock")
    await officer.look_everywhere()
    await officer.follow("Hẹn lại một ngày khác")
    await officer.look_everywhere()
    await officer.page.fill("#due_on", TODAY)
    await officer.press("Gửi phiếu xin lỗi với ngày hẹn mới")
    assert "Hãy chọn ngày sau hôm nay." in await officer.words(".govuk-error-summary")
    await officer.look(status=422)
    await officer.page.fill("#due_on", f"{NEW_DAY:%d/%m/%Y}")
    await officer.page.fill("#reason", WAIT)
    await officer.press("Gửi phiếu xin lỗi với ngày hẹn mới")
    promised = f"Hẹn trả kết quả ngày {NEW_DAY:%d/%m/%Y}. Lý do: {WAIT}"
    assert promised in await officer.words("#promise")
    await superior.go(case)
    assert "đã báo cấp trên" in await superior.words("#timeline")
    assert promised in await superior.words("#promise")
    await superior.look("en")
    new = (await issued(newcomer.client, case, "apology", count=2))[-1]
    await applicant.go(case)
    assert promised in await applicant.words("#promise")
    await applicant.look_everywhere()
    printed = text_of(await download(applicant, new["href"]))
    wanted = (f"Ngày hẹn lại: {NEW_DAY:%d/%m/%Y}", WAIT, f"thay thế Phiếu số {letter['number']}")
    assert [one for one in wanted if one not in printed] == []
    mails = await mails_to(site, newcomer, f"Ngày hẹn mới {NEW_DAY:%d/%m/%Y}")
    assert WAIT in mails[0]


async def test_what_is_replaced_or_recalled_and_what_did_so_lead_to_each_other(
    arrive: Arrive, newcomer: Newcomer, site: Served, staff: dict[str, Client]
) -> None:
    case = await granted(site, staff, newcomer, "Xe tự hành được sửa")
    (old,) = await issued(newcomer.client, case, "decision")
    officer, authority, stranger = await arrive(), await arrive(), await arrive(width=PHONE)
    await officer.sign_in("officer")
    await authority.sign_in("authority")
    await officer.go(f"{case}/decision")
    await officer.press("Soạn dự thảo thu hồi, thay thế")
    await officer.look_everywhere()
    await officer.page.fill("[name='limits.users']", "30")
    officer.hasty = True  # the preview was looked at with the refusal
    await propose_draft(officer, "grant", WHY)
    await sign_draft(authority, case, "Cho phép thử nghiệm", changes="Số người tham gia")
    new = (await issued(newcomer.client, case, "decision", count=2))[-1]
    printed = text_of(await download(authority, new["href"]))
    assert f"Quyết định này thay thế Quyết định số {old['number']} ngày {TODAY}." in printed
    await stranger.go(f"/verify/{old['code']}")
    assert "Văn bản đã bị thu hồi" in await stranger.words(".app-notice")
    assert f"Đã thu hồi {TODAY} bởi {new['number']} ngày {TODAY}" in await stranger.words()
    await stranger.look_everywhere()
    await stranger.follow(new["number"])
    assert "Văn bản thật" in await stranger.words(".app-notice")
    assert f"Thu hồi, thay thế {old['number']} ngày {TODAY}" in await stranger.words()
    await stranger.look_everywhere()
    authority.hasty = True  # the same page as before
    await officer.go(f"{case}/decision/succession")
    await propose_draft(officer, "recall", WHY)
    await sign_draft(authority, case, "Thu hồi quyết định")
    recall = (await issued(newcomer.client, case, "decision", count=3))[-1]
    await stranger.page.reload()
    assert f"Đã thu hồi {TODAY} bởi {recall['number']} ngày {TODAY}" in await stranger.words()
    await stranger.look("en")
    await stranger.follow(recall["number"])
    assert f"Thu hồi, thay thế {new['number']} ngày {TODAY}" in await stranger.words()
    await stranger.follow(new["number"])
    await stranger.follow(old["number"])
    assert stranger.path == f"/verify/{old['code'].replace('-', '')}"


async def in_appraisal(site: Served, staff: dict[str, Client], newcomer: Newcomer, title: str) -> str:
    """A case of the newcomer that is accepted and has its council; its address."""
    case = (await submitted(newcomer.client, newcomer.organisation, **answers_for(title)))["id"]
    path = f"/applications/{case}"
    await staff["officer"].ask("POST", f"{path}/transitions/accept", json={})
    async with connected(site.env["DATABASE_URL"]):
        council = [str((await account_of(name)).id) for name in COUNCIL]
    await staff["officer"].ask("POST", f"{path}/appraisal/assign", json={"appraisers": council})
    return f"/cases/{case}"


async def appraised(site: Served, staff: dict[str, Client], newcomer: Newcomer, title: str) -> str:
    """A case whose council has given its marks."""
    case = await in_appraisal(site, staff, newcomer, title)
    path = f"{case.replace('cases', 'applications')}/appraisal"
    for name in COUNCIL:
        await staff[name].ask("POST", f"{path}/declare", json={"conflict": False})
        await staff[name].ask("POST", f"{path}/scores", json={"scores": MARKS, "remarks": ""})
    await staff["officer"].ask("POST", f"{path}/conclude", json={})
    return case


async def granted(site: Served, staff: dict[str, Client], newcomer: Newcomer, title: str) -> str:
    """A case with a signed grant; its address."""
    case = await appraised(site, staff, newcomer, title)
    path = f"{case.replace('cases', 'applications')}/decision"
    draft = await staff["officer"].ask("POST", f"{path}/propose", 201, json=GRANT)
    await staff["authority"].ask("POST", f"{path}/sign", json={"proposal": draft["id"]})
    return case


async def missed(site: Served, newcomer: Newcomer) -> str:
    """A case whose first clock the agency missed, just found out by the jobs that look; its address."""
    async with connected(site.env["DATABASE_URL"]):
        person = await account_of(newcomer.name)
        with frozen(now() - timedelta(days=21)), using(null_ports()):
            draft = await applications.start_application(person, UUID(newcomer.organisation), PROGRAMME)
            answers = answers_for("Xe tự hành bị quên")
            draft = await applications.save_answers(person, draft.id, answers, draft.revision)
            for slot in SLOTS:
                await applications.add_upload(person, draft.id, slot, f"{slot}.pdf", make_pdf(slot))
            await applications.submit_application(person, draft.id, draft.revision)
        superior = (await account_of("supervisor")).id
        await name_superiors(await account_of("admin"), {Role.OFFICER: superior})
        for job in (WATCH, FIND):
            await enqueue(job, {"from": now().isoformat()}, dedupe=f"{job}:{draft.id}")
    return f"/cases/{draft.id}"


async def issued(client: Client, case: str, kind: str, count: int = 1) -> list[dict[str, Any]]:
    """The documents of a kind, oldest first, once the worker has made and signed so many."""
    for _ in range(240):
        found = [one for one in (await client.ask("GET", case))["documents"] if one["kind"] == kind]
        if len(found) >= count and all(one["state"] != "queued" for one in found):
            return found
        await asyncio.sleep(0.5)
    raise AssertionError(f"{kind} is not made")


async def mails_to(site: Served, newcomer: Newcomer, subject: str) -> list[str]:
    """What was written to the newcomer under this subject, once the worker has sent it."""
    for _ in range(120):
        mails = [
            email.message_from_bytes(path.read_bytes(), policy=default)
            for path in sorted((site.data / "outbox-mail").glob("*.eml"))
        ]
        if found := [one for one in mails if newcomer.name in one["To"] and subject in one["Subject"]]:
            return [str(one.get_body(("plain",)).get_content()) for one in found]  # type: ignore[union-attr]
        await asyncio.sleep(0.5)
    raise AssertionError(f"no mail: {subject}")
