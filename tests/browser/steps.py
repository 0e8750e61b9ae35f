"""What an applicant does, page by page; every page is looked at on the way."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx

from backend.demo_accounts import PASSWORD
from backend.kit.clock import today
from sandbox_rules import Programme, load
from tests.browser.visitor import Visitor
from tests.factories.applications import ANSWERS, PROGRAMME, SLOTS, make_pdf
from tests.factories.people import make_tax_code

FROM, UNTIL = today() + timedelta(days=60), today() + timedelta(days=240)


def answers_for(title: str) -> dict[str, Any]:
    """Every required answer, with this name of the solution."""
    dates = {"plan_from": FROM.isoformat(), "plan_until": UNTIL.isoformat()}
    return {**ANSWERS, **dates, "solution_name": title}


def rules() -> Programme:
    """The rule file the form is made from."""
    return load().in_force(PROGRAMME, today())


async def open_account(visitor: Visitor, name: str, said: str) -> None:
    """Open the account `<name>@benthu.test` as somebody who wants to test a solution."""
    await visitor.go("/accounts/new")
    await visitor.look()
    await visitor.page.check("input[name=role][value=applicant]")
    await visitor.page.fill("#name", said)
    await visitor.page.fill("#email", f"{name}@benthu.test")
    await visitor.page.fill("#password", PASSWORD)
    await visitor.press("Mở tài khoản", "Open the account")
    assert visitor.path == "/organisations/new"


async def register_organisation(visitor: Visitor, name: str) -> None:
    """Register a company."""
    await visitor.look()
    await visitor.page.check("input[name=kind][value=company]")
    await visitor.page.fill("#name", name)
    await visitor.page.fill("#tax_code", make_tax_code())
    await visitor.page.fill("#address", "12 Lê Hồng Phong")
    await visitor.page.fill("#ward", "Phường Gia Viên")
    await visitor.page.check("#is_startup")
    await visitor.press("Đăng ký", "Register")
    await visitor.look()


async def start_draft(visitor: Visitor) -> str:
    """Start an application from the workspace and return its address."""
    await visitor.go("/workspace")
    await visitor.look()
    await visitor.press("Bắt đầu hồ sơ mới", "Start a new application")
    await visitor.look()
    await visitor.page.check(f"input[name=programme][value={PROGRAMME}]")
    await visitor.press("Bắt đầu", "Start")
    assert re.fullmatch(r"/applications/[0-9a-f-]{36}", visitor.path)
    await visitor.look()
    return visitor.path


async def answer_everything(visitor: Visitor, base: str, answers: dict[str, Any]) -> None:
    """Fill in every page of the form, one after the other."""
    await visitor.go(f"{base}/sections/{next(iter(rules().sections))}")
    for key, section in rules().sections.items():
        assert visitor.path == f"{base}/sections/{key}", await visitor.words()
        await visitor.look()
        await visitor.fill_section(section, answers)
        await visitor.press("Lưu và tiếp tục", "Save and continue")
    assert visitor.path == f"{base}/documents"


async def upload_everything(visitor: Visitor, base: str) -> None:
    """Upload the documents these answers require."""
    await visitor.go(f"{base}/documents")
    await visitor.look()
    for slot in SLOTS:
        pdf = {"name": f"{slot}.pdf", "mimeType": "application/pdf", "buffer": make_pdf(slot)}
        await visitor.page.set_input_files(f"#{slot}", pdf)  # type: ignore[arg-type]
        await visitor.press("Tải lên", "Upload", within=f"#slot-{slot}")
        assert f"{slot}.pdf" in await visitor.words(f"#slot-{slot}")
    await visitor.look()


async def submit(visitor: Visitor, base: str) -> str:
    """Check, confirm, submit; return the address of the case."""
    await visitor.go(base)
    await visitor.press("Kiểm tra và nộp", "Check and submit")
    await visitor.look()
    await visitor.page.check("#confirm")
    await visitor.press("Nộp hồ sơ", "Submit the application")
    assert visitor.path == base.replace("applications", "cases")
    await visitor.look()
    return visitor.path


async def download(visitor: Visitor, path: str) -> bytes:
    """A PDF of the site; one that is still being made is asked for again."""
    for _ in range(120):
        answer = await visitor.context.request.get(visitor.url + path)
        if answer.headers["content-type"] == "application/pdf":
            return await answer.body()
        assert answer.status == httpx.codes.ACCEPTED, (answer.status, await answer.text())
        await visitor.page.wait_for_timeout(500)
    raise AssertionError(f"{path} is not made")
