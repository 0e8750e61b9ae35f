"""The applicant's half of the way: in English on a phone, without a script, by keyboard, on paper."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page, Route

from tests.browser.conftest import Arrive, Newcomer
from tests.browser.steps import (
    answer_everything,
    answers_for,
    download,
    open_account,
    register_organisation,
    start_draft,
    submit,
    upload_everything,
)
from tests.browser.visitor import PHONE, Visitor
from tests.factories.dossiers import complete_draft, draft, submitted
from tests.factories.papers import text_of

OPEN_PAGES = ("/", "/about", "/register", "/verify", "/partners", "/skills", "/programmes", "/sign-in")
NAVIGATION = ".govuk-service-navigation, .app-tools, .app-footer, .govuk-breadcrumbs, .govuk-back-link"


async def go_the_way(visitor: Visitor, name: str) -> str:
    """From an empty account to the case page."""
    await open_account(visitor, name, "Jane Nguyen")
    await register_organisation(visitor, f"Company of {name}")
    base = await start_draft(visitor)
    await answer_everything(visitor, base, answers_for("An autonomous boat"))
    await upload_everything(visitor, base)
    return await submit(visitor, base)


async def test_in_english_on_a_phone(arrive: Arrive) -> None:
    visitor = await arrive("en", width=PHONE)
    case = await go_the_way(visitor, "phone")
    said = await visitor.words()
    assert "The file is with: the officer" in said
    assert "working days left" in said
    document = await visitor.page.locator("#issued a[href^='/documents/']").get_attribute("href")
    assert document
    assert "An autonomous boat" in text_of(await download(visitor, document))
    await visitor.go("/workspace")
    assert case.rpartition("/")[2] in await visitor.page.locator("main").inner_html()
    await visitor.look()


async def test_without_a_script(arrive: Arrive) -> None:
    visitor = await arrive(java_script_enabled=False)
    await go_the_way(visitor, "plain")
    assert "Hồ sơ đang ở: cán bộ thụ lý" in await visitor.words()


async def test_pages_open_to_all_are_sound_on_a_phone(arrive: Arrive) -> None:
    visitor = await arrive(width=PHONE)
    for path in OPEN_PAGES:
        await visitor.go(path)
        await visitor.look("en")
    await visitor.go("/api/docs")
    await visitor.page.locator("#swagger .opblock").first.wait_for()  # not looked at: its faults are its own
    assert visitor.complaints == []


async def test_signing_in_and_submitting_by_keyboard_alone(arrive: Arrive, newcomer: Newcomer) -> None:
    saved = await complete_draft(newcomer.client, newcomer.organisation)
    visitor = await arrive()
    await visitor.go(f"/applications/{saved['id']}/check")  # leads to the sign-in and back
    await tab_to(visitor.page, "#email")
    await visitor.page.keyboard.type(f"{newcomer.name}@benthu.test")
    await tab_to(visitor.page, "#password")
    await visitor.page.keyboard.type("thu-nghiem-2026")
    async with visitor.page.expect_navigation():
        await visitor.page.keyboard.press("Enter")
    assert visitor.path == f"/applications/{saved['id']}/check"
    await tab_to(visitor.page, "#confirm")
    await visitor.page.keyboard.press("Space")
    await tab_to(visitor.page, "main form[method=post] button.govuk-button")
    async with visitor.page.expect_navigation():
        await visitor.page.keyboard.press("Enter")
    assert visitor.path == f"/cases/{saved['id']}"


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, and see it on the way."""
    for _ in range(150):
        await page.keyboard.press("Tab")
        if await page.locator(f":is({selector}):focus-visible").count():
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


async def test_a_submission_waits_for_the_save_on_its_way(arrive: Arrive, newcomer: Newcomer) -> None:
    saved = await draft(newcomer.client, newcomer.organisation)
    visitor = await arrive()
    await visitor.sign_in(newcomer.name)
    sent = asyncio.Event()

    async def slowly(route: Route) -> None:
        sent.set()
        await asyncio.sleep(1)
        await route.continue_()

    await visitor.page.route("**/autosave", slowly)
    await visitor.go(f"/applications/{saved['id']}/sections/solution")
    await visitor.page.fill("#solution_name", "Tên mới")
    await sent.wait()
    await visitor.press("Lưu và tiếp tục")
    assert visitor.path == f"/applications/{saved['id']}/sections/plan", await visitor.words()
    found = await newcomer.client.ask("GET", f"/applications/{saved['id']}")
    assert found["answers"]["solution_name"] == "Tên mới"


async def test_on_paper_a_case_has_no_navigation(arrive: Arrive, newcomer: Newcomer) -> None:
    case = await submitted(newcomer.client, newcomer.organisation)
    visitor = await arrive()
    await visitor.sign_in(newcomer.name)
    await visitor.go(f"/cases/{case['id']}")
    assert await visitor.page.locator(NAVIGATION).filter(visible=True).count() > 0
    printed = text_of(await visitor.page.pdf())
    assert case["number"] in printed
    assert "Kiểm tra thành phần hồ sơ" in printed
    assert "Đăng xuất" not in printed
    await visitor.page.emulate_media(media="print")
    assert await visitor.page.locator(NAVIGATION).filter(visible=True).all_inner_texts() == []
