"""The queue worked by keys, many cases acted on at once, views kept: by mouse, by keys, without a script."""

from __future__ import annotations

from tests.browser.conftest import Arrive, Newcomer
from tests.browser.visitor import PHONE, Visitor
from tests.factories.dossiers import submitted

FOUND = "main tbody th a"


async def two_cases(newcomer: Newcomer, name: str) -> list[str]:
    """The addresses of two cases that only this test finds, in the order of the queue."""
    cases = [
        await submitted(newcomer.client, newcomer.organisation, solution_name=f"{name} {number}")
        for number in (1, 2)
    ]
    return [f"/cases/{case['id']}" for case in cases]


async def focused(visitor: Visitor) -> str | None:
    return await visitor.page.evaluate("document.activeElement?.getAttribute('href')")


async def search(visitor: Visitor, words: str) -> None:
    await visitor.page.fill("#q", words)
    await visitor.press("Lọc")


async def test_by_keys_and_two_taken_at_once(arrive: Arrive, newcomer: Newcomer) -> None:
    first, second = await two_cases(newcomer, "Phao tiêu hoa đăng")
    officer = await arrive()
    await officer.sign_in("officer")
    await officer.go("/queue")
    await search(officer, "phao tieu hoa dang")
    await officer.look("en")
    keys = officer.page.keyboard
    await keys.press("j")
    assert await focused(officer) == first
    await keys.press("x")
    await keys.press("j")
    await keys.press("j")
    assert await focused(officer) == second
    await keys.press("x")
    await keys.press("k")
    assert await focused(officer) == first
    assert await officer.page.locator("input[name=case]:checked").count() == 2
    await officer.press("Nhận thụ lý…")
    assert "2 hồ sơ làm được. Chưa có gì thay đổi." in await officer.words()
    await officer.look("en")
    await officer.press("Thực hiện")
    assert "2 hồ sơ đã xong." in await officer.words()
    await officer.look("en")
    await officer.follow("Quay lại hàng đợi")
    await search(officer, "phao tieu hoa dang")
    assert (await officer.words("main tbody")).count("bạn") == 2


async def test_keys_are_explained_and_can_be_switched_off(arrive: Arrive, newcomer: Newcomer) -> None:
    first, _ = await two_cases(newcomer, "Cần cẩu nổi")
    officer = await arrive()
    await officer.sign_in("officer")
    await officer.go("/queue?q=can+cau+noi")
    keys, dialog = officer.page.keyboard, officer.page.locator("dialog")
    await keys.press("?")
    assert await dialog.is_visible()
    await officer.look()
    await keys.press("j")
    assert await focused(officer) != first
    await officer.page.uncheck("[data-keys-on]")
    await keys.press("Escape")
    assert not await dialog.is_visible()
    await keys.press("j")
    assert await focused(officer) != first
    await officer.page.reload()
    await keys.press("j")
    assert await focused(officer) != first
    await officer.page.get_by_role("button", name="Phím tắt (?)").click()
    await officer.page.check("[data-keys-on]")
    await officer.page.get_by_role("button", name="Đóng").click()
    await keys.press("/")
    await keys.type("jjx")
    assert await officer.page.input_value("#q") == "jjx"
    assert await focused(officer) is None


async def test_without_a_script_on_a_phone_a_case_is_handed_over_and_a_view_kept(
    arrive: Arrive, newcomer: Newcomer
) -> None:
    first, _ = await two_cases(newcomer, "Đèn biển")
    plain = await arrive(width=PHONE, java_script_enabled=False)
    await plain.sign_in("officer")
    await plain.go("/queue?q=den+bien")
    await plain.page.locator("input[name=case]").first.check()
    await plain.press("Giao, bàn giao…")
    await plain.page.select_option("#to", index=1)
    await plain.page.fill("#reason", "Nghỉ phép.")
    await plain.press("Thực hiện")
    assert "1 hồ sơ đã xong." in await plain.words()
    await plain.go(first)
    assert "Bàn giao cho" in await plain.words()
    await plain.go("/queue?q=den+bien&clock=soon")
    await plain.page.locator("summary", has_text="Lưu chế độ xem này").click()
    await plain.page.fill("#name", "Đèn biển sắp hết hạn")
    await plain.press("Lưu")
    await plain.follow("Đèn biển sắp hết hạn")
    assert plain.page.url.endswith("/queue?handler=any&clock=soon&q=den+bien")


async def test_the_desk_is_sound_on_a_phone(arrive: Arrive, newcomer: Newcomer) -> None:
    await two_cases(newcomer, "Cột đo gió")
    officer = await arrive(width=PHONE)
    await officer.sign_in("officer")
    await officer.go("/queue?q=cot+do+gio")
    await officer.look("en")
    await officer.page.locator("input[name=case]").first.check()
    await officer.press("Giao, bàn giao…")
    await officer.look("en")
