"""Three rounds of supplements as people go them: check list, request, reply, old beside new, asked again."""

from __future__ import annotations

from tests.browser.conftest import Arrive, Newcomer
from tests.browser.visitor import Visitor
from tests.factories.applications import make_pdf
from tests.factories.dossiers import submitted

REPLIES = ("Năm kỹ sư, một giám sát.", "Năm kỹ sư, hai giám sát có chứng chỉ.", "Sáu kỹ sư, hai giám sát.")

UNMARK = "document.querySelectorAll('.app-diff .govuk-visually-hidden').forEach(mark => mark.remove())"
"""Takes away what a screen reader says of a difference, so that the texts can be read on."""


async def test_three_rounds_until_the_answer_is_accepted(arrive: Arrive, newcomer: Newcomer) -> None:
    case = await submitted(newcomer.client, newcomer.organisation)
    place = f"/cases/{case['id']}"
    officer, applicant = await arrive(), await arrive()
    await officer.sign_in("officer")
    await applicant.sign_in(newcomer.name)
    await check_and_ask(officer, place)
    for number, reply in enumerate(REPLIES, start=1):
        await answer(applicant, case["id"], reply, number)
        await officer.go(f"{place}/supplements")
        await officer.look("en")
        assert await officer.page.locator("ins.app-diff").count() > 0
        assert await officer.page.locator("del.app-diff").count() > 0
        await officer.page.evaluate(UNMARK)
        assert reply in await officer.words()
        if number < len(REPLIES):
            await ask_again(officer, place)
    await officer.page.check("input[value=accept]")
    await officer.press("Lưu kết luận")
    assert officer.path == place
    await officer.press("Tiếp nhận để thẩm định")
    assert "thời hạn thẩm định bắt đầu" in await officer.words()
    await applicant.go(f"{place}/supplements")
    assert "Lần 3" in await applicant.words()
    await applicant.look("en")


async def check_and_ask(officer: Visitor, place: str) -> None:
    """Mark one line as lacking, the rest as in order, and send the request that comes of it."""
    await officer.go(place)
    await officer.press("Kiểm tra thành phần hồ sơ")
    await officer.look("en")
    await officer.page.select_option("[name='mark.field:team']", "lacking")
    await officer.page.fill("[name='remark.field:team']", "Chưa nêu người giám sát.")
    await officer.page.select_option("[name='mark.document:trial_plan']", "lacking")
    await officer.page.fill("[name='remark.document:trial_plan']", "Thiếu sơ đồ.")
    await officer.press("Lưu, các mục còn lại đạt")
    await officer.press("Lưu và soạn yêu cầu bổ sung")
    await officer.look("en")
    await officer.press("Gửi yêu cầu bổ sung")
    assert "Nhóm thực hiện: Chưa nêu người giám sát." in await officer.words()
    await officer.look("en")


async def answer(applicant: Visitor, case: str, reply: str, number: int) -> None:
    """Answer what is asked, nothing else is there to be filled in; hand it in."""
    await applicant.go(f"/applications/{case}")
    assert applicant.path == f"/applications/{case}/supplement"
    await applicant.look("en")
    if number == 1:
        pdf = {"name": "phuong-an-moi.pdf", "mimeType": "application/pdf", "buffer": make_pdf("mới")}
        await applicant.page.click("#slot-trial_plan summary")
        await applicant.page.set_input_files("#trial_plan", pdf)  # type: ignore[arg-type]
        await applicant.press("Tải lên", within="#slot-trial_plan")
        assert "phuong-an-moi.pdf" in await applicant.words("#slot-trial_plan")
    assert await applicant.page.locator("main textarea").count() == 1
    await applicant.page.fill("#team", reply)
    await applicant.page.check("#confirm")
    await applicant.press("Nộp bổ sung")
    assert applicant.path == f"/cases/{case}", await applicant.words()
    await applicant.look()


async def ask_again(officer: Visitor, place: str) -> None:
    """Accept the file, send the answer back with what is still wrong."""
    for group in await officer.page.locator("form[action$='/answers'] .app-card").all():
        is_team = "Nhóm thực hiện" in await group.inner_text()
        await group.locator(f"input[value={'again' if is_team else 'accept'}]").check()
        if is_team:
            await group.locator("input[name^='remark.']").fill("Vẫn chưa rõ.")
    await officer.press("Lưu kết luận")
    assert officer.path == f"{place}/intake/request"
    await officer.look("en")
    await officer.press("Gửi yêu cầu bổ sung")
