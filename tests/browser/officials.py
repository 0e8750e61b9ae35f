"""What the officials do with a case, page by page; every page is looked at in both languages on the way."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.browser.steps import rules
from tests.browser.visitor import Visitor
from tests.factories.people import OFFICIALS

COUNCIL = ("appraiser1", "appraiser2", "appraiser3")


class Standing(NamedTuple):
    """What everybody who may see a case is told of it."""

    holder: str
    clock: str
    next: str


async def sees(visitor: Visitor, case: str, standing: Standing) -> None:
    """The case page says who has the file, which clock runs, what comes next."""
    await visitor.go(case)
    assert standing.holder in await visitor.words(".app-holder")
    assert await visitor.words(".app-clock__label") == standing.clock
    assert standing.next in await visitor.words()
    await visitor.look("en")


async def take_in(officer: Visitor, case: str, words: str) -> None:
    """Find the case above an older one that is due later (both have these words), and accept it."""
    await officer.go("/queue")
    await officer.page.fill("#q", words)
    await officer.press("Lọc")
    await officer.look("en")
    found = officer.page.locator("main tbody th a")
    assert (await found.count(), await found.first.get_attribute("href")) == (2, case)
    async with officer.page.expect_navigation():
        await found.first.click()
    await officer.look("en")
    await officer.press("Tiếp nhận để thẩm định")
    assert "thời hạn thẩm định bắt đầu" in await officer.words()
    await officer.look()


async def assign(officer: Visitor) -> None:
    """From the case page: ask the council."""
    await officer.press("Phân công và theo dõi thẩm định")
    await officer.look("en")
    for name in COUNCIL:
        await officer.page.get_by_label(OFFICIALS[name][0], exact=True).check()
    await officer.press("Phân công")
    await officer.look()


async def declare(appraiser: Visitor, case: str) -> None:
    """From one's own list: say that there is no conflict of interest."""
    await appraiser.go("/queue")
    await appraiser.look("en")
    async with appraiser.page.expect_navigation():
        await appraiser.page.locator(f"main a[href^='{case}']").first.click()
    assert appraiser.path == f"{case}/appraisal"
    await appraiser.look("en")
    await appraiser.page.check("input[name=conflict][value=no]")
    await appraiser.press("Gửi bản khai")


async def score(appraiser: Visitor, case: str, mark: int, remarks: str) -> None:
    """Fill in the sheet and hand it in."""
    await appraiser.go(f"{case}/appraisal")
    await appraiser.look("en")
    for key in rules().appraisal.criteria:  # type: ignore[union-attr]
        await appraiser.page.check(f"input[name='scores.{key}'][value='{mark}']")
    await appraiser.page.fill("#remarks", remarks)
    await appraiser.press("Gửi phiếu chấm")
    await appraiser.look("en")


async def conclude(officer: Visitor, case: str) -> None:
    """Close the appraisal."""
    await officer.go(f"{case}/appraisal")
    await officer.look()
    await officer.press("Kết luận thẩm định")
    assert officer.path == f"{case}/decision"


async def propose(officer: Visitor, conditions: set[str]) -> None:
    """Write the draft of a grant with these conditions, read it, propose it."""
    await officer.look("en")
    await officer.page.check("input[name=kind][value=grant]")
    for key in rules().conditions:
        await officer.page.set_checked(f"[name='conditions.{key}']", key in conditions)
    await officer.press("Kiểm tra và xem trước")
    await officer.look("en")
    await officer.press("Trình cơ quan có thẩm quyền")
    assert "Đã trình dự thảo quyết định" in await officer.words()
    await officer.look("en")


async def try_to_sign(visitor: Visitor, case: str) -> int:
    """Send what the button would send that is not there; the status of the answer."""
    await visitor.go(f"{case}/decision")
    assert await visitor.page.get_by_role("button", name=re.compile("^Ký")).count() == 0
    status: int = await visitor.page.evaluate(
        """path => fetch(path, {method: "POST", body: new URLSearchParams({
            csrf: document.querySelector("[name=csrf]").value, confirm: "yes"})}).then(a => a.status)""",
        f"{case}/decision/sign",
    )
    visitor.complaints.clear()
    return status


async def sign(authority: Visitor, case: str) -> str:
    """Find the draft on top of the queue, read and sign it; return the address of the document."""
    await authority.go("/queue")
    await authority.look("en")
    async with authority.page.expect_navigation():
        await authority.page.locator(f"main a[href='{case}']").first.click()
    await authority.look()
    await authority.press("Ký cho phép thử nghiệm")
    await authority.look("en")
    await authority.page.check("#confirm")
    await authority.press("Ký: Cho phép thử nghiệm")
    await authority.look()
    document = await authority.page.locator("main a[href^='/documents/']").first.get_attribute("href")
    assert document
    return document


async def propose_draft(officer: Visitor, kind: str, reasons: str) -> None:
    """From the form: a draft of this kind for these reasons, read and proposed."""
    await officer.page.check(f"input[name=kind][value={kind}]")
    await officer.page.fill("#reasons", reasons)
    await officer.press("Kiểm tra và xem trước")
    said = await officer.words(".app-letter")
    assert [one for one in reasons.splitlines() if one not in said] == []
    await officer.look_everywhere()
    await officer.press("Trình cơ quan có thẩm quyền")
    assert "Đã trình dự thảo quyết định" in await officer.words()
    await officer.look()


async def sign_draft(authority: Visitor, case: str, kind: str, changes: str = "") -> None:
    """Read the draft (`changes`: what it is said to change) and sign it."""
    await authority.go(f"{case}/decision")
    assert changes in await authority.words()
    await authority.look_everywhere()
    await authority.page.check("#confirm")
    await authority.press(f"Ký: {kind}")
    assert "Đã ký" in await authority.words()
    await authority.look()
