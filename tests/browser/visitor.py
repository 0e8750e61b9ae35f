"""A person at a browser: goes, fills in, presses, and is told of everything that is wrong with a page."""

from __future__ import annotations

import os
import re
from datetime import date
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, Response

from backend.demo_accounts import PASSWORD
from backend.kit.text import Lang
from sandbox_rules import Section

AXE = Axe()
SWAGGER = {"exclude": [["#swagger"]]}
"""Swagger UI has faults of its own."""
PICTURES = os.environ.get("BENTHU_PICTURES", "")
"""A folder that gets a picture of every page looked at."""
WIDE, PHONE = 1280, 390
_pictures = count()


class Visitor:
    """One person with one browser profile; `complaints` is what the browser logged as errors."""

    def __init__(
        self, context: BrowserContext, page: Page, url: str, lang: Lang, scripted: bool = True
    ) -> None:
        self.context, self.page, self.url, self.lang, self.scripted = context, page, url, lang, scripted
        self.hasty = False
        self.complaints: list[str] = []
        page.on("console", lambda line: line.type == "error" and self.complaints.append(line.text))
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))

    async def go(self, path: str) -> Response:
        """Open an address of the site."""
        answer = await self.page.goto(self.url + path)
        assert answer is not None
        return answer

    async def press(self, vi: str, en: str = "", *, role: Any = "button", within: str = "main") -> None:
        """Press the button (or follow the link) of this name and be where it leads."""
        name = vi if self.lang == "vi" else en
        target = self.page.locator(within).get_by_role(role, name=name, exact=True)
        async with self.page.expect_navigation():
            await target.first.click()

    async def follow(self, vi: str, en: str = "", *, within: str = "main") -> None:
        """Follow a link."""
        await self.press(vi, en, role="link", within=within)

    async def words(self, selector: str = "main") -> str:
        """What stands there, single spaces between the words."""
        return " ".join((await self.page.locator(selector).first.inner_text()).split())

    @property
    def path(self) -> str:
        """Where the visitor is, without the host."""
        return urlsplit(self.page.url).path

    async def sign_in(self, name: str) -> None:
        """Sign in as `<name>@benthu.test`."""
        await self.go("/sign-in")
        await self.page.fill("#email", f"{name}@benthu.test")
        await self.page.fill("#password", PASSWORD)
        await self.press("Đăng nhập", "Sign in")
        assert self.path == "/workspace", await self.words()

    async def look(self, *also: Lang, status: int = 200) -> None:
        """Look closely at the page: nothing for axe, no complaint, no sideways scrolling.

        `also` names the other language in which to look at it. A page that refuses (`status`) is itself a
        complaint of the browser's, and the only one. Who is `hasty` looks at the complaints alone.
        """
        for lang in () if self.hasty else (self.lang, *also):
            if lang != self.lang:
                await self._turn_to(lang)
            await self._look(lang)
        if also and not self.hasty:
            await self._turn_to(self.lang)
        expected = set() if status < 400 else {str(status)}
        told = {re.sub(r".* a status of (\d+) .*", r"\1", line) for line in self.complaints}
        assert told == expected, (self.path, self.complaints)
        self.complaints.clear()

    async def look_everywhere(self, *, status: int = 200) -> None:
        """Look at the page in both languages, at a desk and on a phone."""
        found = self.page.viewport_size
        for width in (WIDE, PHONE):
            await self.page.set_viewport_size({"width": width, "height": 900})
            await self.look("en" if self.lang == "vi" else "vi", status=status)
        if found:
            await self.page.set_viewport_size(found)

    async def _look(self, lang: Lang) -> None:
        await self._take_picture(lang)
        if not self.scripted:  # axe is a script itself
            return
        found = (await AXE.run(self.page, context=SWAGGER)).response["violations"]
        faults = [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in found]
        assert not faults, (self.path, lang, faults)
        assert await self.page.evaluate("document.documentElement.lang") == lang
        wide = await self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.path} scrolls sideways"

    async def _turn_to(self, lang: Lang) -> None:
        """The same page in another language; what was posted is posted again."""
        await self.context.add_cookies([{"name": "lang", "value": lang, "url": self.url}])
        await self.page.reload()

    async def _take_picture(self, lang: Lang) -> None:
        if PICTURES:
            width = self.page.viewport_size["width"] if self.page.viewport_size else 0
            path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", self.page.url.removeprefix(self.url))
            name = re.sub(r"\W+", "-", path).strip("-") or "home"
            number = next(_pictures)
            await self.page.screenshot(
                path=f"{PICTURES}/{number:03}-{name}-{lang}-{width}.png", full_page=True
            )

    async def fill_section(self, section: Section, answers: dict[str, Any]) -> None:
        """Type the answers to one page of the form as people write them."""
        for key, field in section.fields.items():
            if key not in answers:
                continue
            value = answers[key]
            if isinstance(value, bool):
                await self.page.check(f"input[name={key}][value={'yes' if value else 'no'}]")
            elif field.type == "choice":
                await self.page.select_option(f"#{key}", value)
            else:
                await self.page.fill(f"#{key}", written(value, self.lang))

    async def close(self) -> None:
        await self.context.close()


async def visit(chromium: Browser, url: str, lang: Lang = "vi", width: int = WIDE, **options: Any) -> Visitor:
    """A new visitor with nothing in the browser yet."""
    context = await chromium.new_context(
        viewport={"width": width, "height": 900},
        locale="vi-VN" if lang == "vi" else "en-GB",
        timezone_id="Asia/Ho_Chi_Minh",
        **options,
    )
    context.set_default_timeout(15_000)
    await context.add_cookies([{"name": "lang", "value": lang, "url": url}])
    scripted = bool(options.get("java_script_enabled", True))
    return Visitor(context, await context.new_page(), url, lang, scripted)


def written(value: Any, lang: Lang) -> str:
    """A stored answer as a person types it."""
    if isinstance(value, float):
        return str(value).replace(".", ",") if lang == "vi" else str(value)
    try:
        return date.fromisoformat(value).strftime("%d/%m/%Y")
    except (TypeError, ValueError):
        return str(value)
