"""The whole way as people go it: from an empty account to a running trial in the public register."""

from __future__ import annotations

import csv
import io
import json
import re

from tests.browser.conftest import Arrive
from tests.browser.officials import (
    COUNCIL,
    Standing,
    assign,
    conclude,
    declare,
    propose,
    score,
    sees,
    sign,
    take_in,
    try_to_sign,
)
from tests.browser.steps import (
    FROM,
    UNTIL,
    answer_everything,
    answers_for,
    download,
    open_account,
    register_organisation,
    start_draft,
    submit,
    upload_everything,
)
from tests.browser.visitor import Visitor
from tests.factories.papers import signatures_of, text_of

TITLE = "Thuyền tự hành trên sông Cấm"
IN_APPRAISAL = Standing("hội đồng thẩm định", "Thẩm định", "Các thành viên chấm điểm độc lập")
DECIDED = "Thử nghiệm được đưa vào sổ đăng ký"


async def test_from_an_empty_account_to_a_running_trial(arrive: Arrive) -> None:
    startup = await arrive()
    case = await apply_for_a_trial(startup)
    officer, authority = await signed_in(arrive, "officer"), await signed_in(arrive, "authority")
    await take_in(officer, case, "song cam")
    await assign(officer)
    council = [await signed_in(arrive, name) for name in COUNCIL]
    for colleague in council[1:]:
        colleague.hasty = True  # they see what the first one saw
    await appraise_blind(council, case)
    overseers = [await signed_in(arrive, name) for name in ("supervisor", "auditor")]
    for visitor in (startup, officer, council[0], authority, *overseers):
        await sees(visitor, case, IN_APPRAISAL)
    await conclude(officer, case)
    await propose(officer, {"reporting", "incident"})
    assert await try_to_sign(officer, case) == 404
    decision = await download(authority, await sign(authority, case))
    await read_decision(decision)
    await start_trial(startup, case)
    officer.hasty = authority.hasty = overseers[0].hasty = True  # what the auditor sees, and the applicant
    for visitor in (startup, officer, authority, *overseers):
        await visitor.go(case)
        assert DECIDED in await visitor.words()
        await visitor.look("en")
    stranger = await arrive()
    await find_in_register(stranger)
    await verify(stranger, decision)


async def signed_in(arrive: Arrive, name: str) -> Visitor:
    visitor = await arrive()
    await visitor.sign_in(name)
    return visitor


async def apply_for_a_trial(startup: Visitor) -> str:
    """Account, organisation, draft, documents, submission, receipt."""
    await open_account(startup, "startup", "Nguyễn Thị Hoa")
    await register_organisation(startup, "Công ty Thuyền Máy")
    base = await start_draft(startup)
    await autosave(startup, base)
    await startup.go(f"{base}/check")
    assert "Còn thiếu" in await startup.words(".app-notice")
    assert await startup.page.locator("#confirm").count() == 0
    await startup.look("en")
    await answer_everything(startup, base, answers_for(TITLE))
    await upload_everything(startup, base)
    case = await submit(startup, base)
    await read_receipt(startup, case)
    return case


async def autosave(startup: Visitor, base: str) -> None:
    """What was typed is there after the page was loaded anew, though nobody pressed a button."""
    await startup.go(f"{base}/sections/solution")
    await startup.page.fill("#solution_name", TITLE)
    await startup.page.locator("[data-saved]", has_text="Đã lưu").wait_for()
    await startup.page.reload()
    assert await startup.page.input_value("#solution_name") == TITLE


async def read_receipt(startup: Visitor, case: str) -> None:
    """The receipt has the number of the case, the day of the answer, and a code that verifies."""
    number = (await startup.words(".govuk-caption-l")).split()[0]
    due = re.search(r"Giải quyết hồ sơ .*? Hạn (\d\d/\d\d/\d{4})", await startup.words())
    document = await startup.page.locator("#issued a[href^='/documents/']").get_attribute("href")
    assert due
    assert document
    said = text_of(await download(startup, document))
    await startup.go(case)
    code = await startup.words("#issued a[href^='/verify/']")
    assert f"Mã hồ sơ: {number}" in said
    assert f"Ngày hẹn trả kết quả: {due[1]}" in said
    assert f"Mã xác minh: {code}" in said


async def appraise_blind(council: list[Visitor], case: str) -> None:
    """Each declares and scores; nobody reads the others' remarks before their own sheet is in."""
    remarks = [f"Nhận xét kín số {number}." for number in range(len(council))]
    for appraiser in council:
        await declare(appraiser, case)
    for place, appraiser in enumerate(council):
        for page in (case, f"{case}/appraisal"):
            await appraiser.go(page)
            assert not [one for one in remarks if one in await appraiser.words("body")]
        await score(appraiser, case, mark=3 + place % 3, remarks=remarks[place])
        seen = [one in await appraiser.words() for one in remarks]
        assert seen == [number <= place for number in range(len(council))]


async def read_decision(pdf: bytes) -> None:
    """Number, dates and both conditions, signed by the person and the agency."""
    said = text_of(pdf)
    assert re.search(r"Số: \d+/QĐ-UBND", said)
    assert TITLE in said
    assert f"{FROM:%d/%m/%Y}" in said
    assert f"{UNTIL:%d/%m/%Y}" in said
    assert "Báo cáo kết quả thử nghiệm 3 tháng một lần" in said
    assert "chậm nhất 72 giờ" in said
    assert "Chỉ thử nghiệm trong phạm vi" not in said
    assert await signatures_of(pdf) == [True, True]


async def start_trial(startup: Visitor, case: str) -> None:
    """The case page leads to the trial once the worker has opened it; there it is started."""
    for _ in range(60):
        await startup.go(case)
        link = startup.page.locator("main a[href^='/trials/']")
        if await link.count():
            break
        await startup.page.wait_for_timeout(500)
    async with startup.page.expect_navigation():
        await link.first.click()
    await startup.look("en")
    await startup.press("Bắt đầu thử nghiệm")
    assert "Đang thử nghiệm" in await startup.words()
    await startup.look()


async def find_in_register(stranger: Visitor) -> None:
    """Without signing in and without marks: list, page, CSV, JSON."""
    await stranger.go("/")
    await stranger.look("en")
    await stranger.go("/register?q=thuyen+tu+hanh")
    await stranger.look("en")
    async with stranger.page.expect_navigation():
        await stranger.page.locator("main a[href^='/register/TN-']").first.click()
    number = stranger.path.removeprefix("/register/")
    page = await stranger.words()
    assert TITLE in page
    assert "Đang thử nghiệm" in page
    assert "chậm nhất 72 giờ" in page
    await stranger.look("en")
    lines = await (await stranger.context.request.get(f"{stranger.url}/register.csv")).text()
    rows = [row for row in csv.DictReader(io.StringIO(lines.lstrip("\ufeff"))) if row["number"] == number]
    assert [(row["title"], row["state"]) for row in rows] == [(TITLE, "running")]
    answer = await stranger.context.request.get(f"{stranger.url}/api/v1/register/{number}")
    entry = json.loads(await answer.text())
    assert (entry["title"], entry["state"]["key"], len(entry["conditions"])) == (TITLE, "running", 2)


async def verify(stranger: Visitor, pdf: bytes) -> None:
    """By the code, by the file; a file with one byte changed is refused."""
    code = re.search(r"Mã xác minh: ([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})", text_of(pdf))
    assert code
    await stranger.go("/verify")
    await stranger.look("en")
    await stranger.page.fill("#code", code[1].lower())
    await stranger.press("Xác minh")
    assert "Văn bản thật" in await stranger.words()
    await stranger.look("en")
    place = pdf.rindex(b"stream\n", 0, len(pdf) // 2) + 20
    changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    for data, outcome in ((pdf, "Văn bản thật"), (changed, "Tệp đã bị thay đổi")):
        await stranger.go("/verify")
        file = {"name": "quyet-dinh.pdf", "mimeType": "application/pdf", "buffer": data}
        await stranger.page.set_input_files("#file", file)  # type: ignore[arg-type]
        await stranger.press("Xác minh")
        assert outcome in await stranger.words()
        await stranger.look()
