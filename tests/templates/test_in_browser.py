"""The built styles and script in a real browser: accessibility, narrow screens, forms that keep their text.

Needs a built front end and a Chromium.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from jinja2 import ChoiceLoader, FileSystemLoader
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, sync_playwright

from backend.kit.security import CONTENT_SECURITY_POLICY
from backend.kit.templates import STATIC, environment, speak, speaking
from backend.kit.text import Lang, Text
from tests.factories.chromium import SWITCHES, require_browser
from tests.templates.test_case import LATE, MET, OVERDUE, RUNNING, STOPPED

KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
PAUSE = 2500  # longer than the pause after which a form saves itself


def gallery(lang: Lang, **context: Any) -> str:
    """Every macro on one page."""
    env = environment().overlay(
        loader=ChoiceLoader([FileSystemLoader(Path(__file__).parent), environment().loader])  # type: ignore[list-item]
    )
    common: dict[str, Any] = {
        "actor": SimpleNamespace(name="Nguyễn Thị Hoàng Oanh", roles=frozenset({"officer", "admin"})),
        "lang": lang,
        "other_lang_url": "?lang=en",
        "path": "/queue",
        "notice": Text("Đã gửi.", "Sent."),
        "demo": True,
        "request_id": "7f3a91c2",
        "clocks": [RUNNING, STOPPED, OVERDUE, LATE, MET],
        "src": RUNNING.source,
        "seen": replace(RUNNING.source, checked_on=date(2026, 11, 1)),
        "errors": {"title": Text("Nhập tên", "Enter a name"), "kind": Text("Chọn một loại", "Choose one")},
        "page": SimpleNamespace(total=163, page=3, size=25),
        "at": datetime(2026, 11, 20, 3, 42, tzinfo=UTC),
        "today": date(2026, 11, 23),
    }
    with speaking(lang):
        speak(lang, lambda: "token")
        return env.get_template("gallery.html").render(common | context)


class Site:
    """A small server: the gallery under the real content policy, the built files, and what was posted."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, dict[str, list[str]]]] = []
        self.status = 200
        self.answer: dict[str, Any] = {"revision": 4, "errors": {}}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.partition("?")[0]
                if name.startswith("/static/"):
                    file = STATIC / name.removeprefix("/static/")
                    self.reply(200, KINDS[file.suffix], file.read_bytes())
                else:
                    self.reply(200, "text/html", gallery("en" if name == "/en" else "vi").encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                site.posted.append((self.path, parse_qs(body, keep_blank_values=True)))
                self.reply(site.status, "application/json", json.dumps(site.answer).encode())

            def reply(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site() -> Iterator[Site]:
    running = Site()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = require_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


def opened(chromium: Browser, url: str, width: int = 1280, **options: Any) -> tuple[Page, list[str]]:
    """A page and whatever the browser complains about, refusals of the content policy among it."""
    page = chromium.new_context(viewport={"width": width, "height": 900}, **options).new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return page, complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("path", "width"), [("/vi", 1280), ("/en", 1280), ("/vi", 320)])
def test_no_accessibility_violation_no_complaint_and_no_sideways_scrolling(
    chromium: Browser, site: Site, path: str, width: int, scheme: str
) -> None:
    page, complaints = opened(chromium, site.url + path, width, color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.context.close()


def test_the_letters_are_ours_in_both_scripts(chromium: Browser, site: Site) -> None:
    page, _ = opened(chromium, site.url)
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status == 'loaded').map(f => [f.family, f.weight])"
    )
    assert {(family.strip('"'), weight) for family, weight in loaded} == {
        ("Be Vietnam Pro", "400"),
        ("Be Vietnam Pro", "600"),
    }
    page.context.close()


def test_without_a_script_the_navigation_and_every_field_are_there(chromium: Browser, site: Site) -> None:
    page, _ = opened(chromium, site.url, 390, java_script_enabled=False)
    assert page.locator("#navigation a").count() == page.locator("#navigation a:visible").count() == 8
    page.context.close()


def test_a_form_saves_itself_and_builds_on_the_new_revision(chromium: Browser, site: Site) -> None:
    page, complaints = opened(chromium, site.url)
    page.fill("#title", "Xe tự hành")
    page.wait_for_timeout(PAUSE)
    ((path, fields),) = site.posted
    assert (path, fields["title"], fields["csrf"], fields["revision"]) == (
        "/api/v1/x",
        ["Xe tự hành"],
        ["token"],
        ["3"],
    )
    assert page.inner_text("[data-saved]").startswith("Đã lưu ")
    assert page.input_value("[name=revision]") == "4"
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize(("status", "words"), [(409, "Nơi khác vừa sửa"), (500, "Chưa lưu được")])
def test_a_refused_save_says_so_and_loses_nothing(
    chromium: Browser, site: Site, status: int, words: str
) -> None:
    site.status = status
    page, _ = opened(chromium, site.url)
    page.fill("#title", "Xe tự hành")
    page.wait_for_timeout(PAUSE)
    assert page.inner_text("[data-saved]").startswith(words)
    assert (page.input_value("#title"), page.input_value("[name=revision]")) == ("Xe tự hành", "3")
    page.context.close()


def test_a_save_of_a_part_says_that_the_rest_is_only_on_the_page(chromium: Browser, site: Site) -> None:
    site.answer = {"revision": 4, "errors": {"starts": {"vi": "Chưa phải ngày", "en": "Not a date"}}}
    page, _ = opened(chromium, site.url)
    page.fill("#starts", "mai")
    page.wait_for_timeout(PAUSE)
    assert page.inner_text("[data-saved]").startswith("Đã lưu, trừ những mục chưa đúng dạng.")
    assert (page.input_value("#starts"), page.input_value("[name=revision]")) == ("mai", "4")
    page.context.close()


@pytest.mark.parametrize(("status", "asked"), [(409, ["beforeunload"]), (200, [])])
def test_leaving_is_questioned_only_while_text_is_unsaved(
    chromium: Browser, site: Site, status: int, asked: list[str]
) -> None:
    site.status = status
    page, _ = opened(chromium, site.url)
    questions: list[str] = []
    page.on("dialog", lambda dialog: (questions.append(dialog.type), dialog.accept()))
    page.fill("#title", "Xe tự hành")
    page.wait_for_timeout(PAUSE)
    page.click(".govuk-breadcrumbs a >> nth=0")
    page.wait_for_timeout(300)
    assert questions == asked
    page.context.close()


def test_a_button_pressed_twice_sends_once(chromium: Browser, site: Site) -> None:
    page, _ = opened(chromium, site.url)
    page.evaluate("document.querySelector('form[data-autosave]').target = '_blank'")
    button = page.locator("form[data-autosave] button.govuk-button").filter(has_text="Lưu nháp")
    button.click()
    page.wait_for_timeout(1200)  # the family's own guard lasts one second
    button.click(force=True)
    page.wait_for_timeout(300)
    assert [fields.get("draft") for _, fields in site.posted] == [["1"]]
    page.context.close()
