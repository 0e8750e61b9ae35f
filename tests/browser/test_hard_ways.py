"""The ways that are hard on somebody: refused, in conflict; on every screen.

Each begins where the hardship does: what leads there is done through the interface of programs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.browser.conftest import Arrive, Newcomer
from tests.browser.officials import propose_draft, sign_draft
from tests.browser.steps import answers_for, download
from tests.browser.visitor import PHONE
from tests.factories.decisions import MARKS
from tests.factories.dossiers import submitted
from tests.factories.papers import text_of
from tests.factories.people import account_of, connected
from tests.factories.serving import Served
from tests.journeys.clients import Client

COUNCIL = ("appraiser1", "appraiser2")
REASONS = ("Phương án dừng khẩn cấp không đạt.", "Chưa có bảo hiểm cho người đi bộ.")


@pytest.fixture(scope="module")
async def staff(site: Served) -> AsyncIterator[dict[str, Client]]:
    """The officials as programs."""
    async with AsyncExitStack() as stack:
        found = {}
        for name in ("officer", "authority", *COUNCIL):
            found[name] = await stack.enter_async_context(Client(base_url=site.url, timeout=60))
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
    wanted = ("Không cho phép", *REASONS)
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
