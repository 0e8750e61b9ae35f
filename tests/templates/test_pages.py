"""The layout every page has, the front page, errors, and the content policy all of them keep."""

from datetime import date
from types import SimpleNamespace

import pytest

from backend.kit.text import Lang, Text
from tests.templates.conftest import Show, Shown, words

FIGURES = {"trials_running": 7, "applications_open": 1234, "partners_listed": 0}
TRIAL = {
    "number": "HP-TN-2026-007",
    "title": "Xe tự hành trong cảng",
    "href": "/register/HP-TN-2026-007",
    "place": "",
    "since": date(2026, 11, 2),
    "status": "đang chạy",
    "tone": "blue",
}
OPEN_TO_ALL = ["/register", "/partners", "/verify"]


def someone(*roles: str) -> SimpleNamespace:
    return SimpleNamespace(name="Nguyễn Thị Oanh", roles=frozenset(roles))


def home(show_page: Show, lang: Lang = "vi", **context: object) -> Shown:
    return show_page("home/index.html", lang, **({"latest_trials": [TRIAL]} | FIGURES | context))


def places(shown: Shown) -> list[str | None]:
    return [a.get("href") for a in shown.all(".//ul[@id='navigation']//a")]


@pytest.mark.parametrize(
    ("roles", "more"),
    [
        (None, []),
        (("applicant",), ["/workspace", "/trials"]),
        (("institute",), ["/workspace"]),
        (("officer",), ["/workspace", "/queue", "/trials"]),
        (("appraiser",), ["/workspace", "/queue"]),
        (("authority",), ["/workspace", "/queue", "/trials"]),
        (("supervisor",), ["/workspace", "/trials"]),
        (("auditor",), ["/workspace", "/trials", "/audit"]),
        (("admin",), ["/workspace", "/admin", "/audit"]),
    ],
)
def test_the_navigation_shows_what_the_roles_open(
    show_page: Show, roles: tuple[str, ...] | None, more: list[str]
) -> None:
    shown = home(show_page, actor=someone(*roles) if roles else None)
    assert places(shown) == OPEN_TO_ALL + more


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/register", [("/register", "page")]),
        ("/register/HP-1", [("/register", "true")]),
        ("/registered", []),
        ("/", []),
    ],
)
def test_the_navigation_says_where_one_is(show_page: Show, path: str, current: list[tuple[str, str]]) -> None:
    shown = home(show_page, path=path)
    found = [(a.get("href"), a.get("aria-current")) for a in shown.all(".//nav//a[@aria-current]")]
    assert found == current


def test_a_stranger_may_sign_in_and_a_signed_in_person_signs_out_by_a_form_with_a_token(
    show_page: Show,
) -> None:
    assert [a.get("href") for a in home(show_page).all(".//header//a")] == ["/", "/?lang=en", "/sign-in"]
    shown = home(show_page, actor=someone("officer"))
    form = shown.one(".//header//form")
    assert (form.get("method"), form.get("action")) == ("post", "/sign-out")
    assert [i.get("value") for i in form.iter("input")] == ["token-of-this-session"]
    assert "Nguyễn Thị Oanh" in words(shown.one(".//header"))


def test_the_page_says_its_language_and_offers_the_other_in_that_language(show_page: Show) -> None:
    for lang, other, name in (("vi", "en", "English"), ("en", "vi", "Tiếng Việt")):
        shown = home(show_page, lang)
        assert shown.root.get("lang") == lang
        link = shown.one(".//a[@hreflang]")
        assert (link.get("lang"), words(link), link.get("href")) == (other, name, f"/?lang={other}")


def test_example_data_are_named_on_every_page_and_only_then(show_page: Show) -> None:
    assert words(home(show_page, demo=True).one(".//aside")).startswith("Dữ liệu ví dụ.")
    assert home(show_page, demo=False).all(".//aside") == []


def test_a_notice_left_by_the_page_before_is_said_once_and_escaped(show_page: Show) -> None:
    shown = home(show_page, notice=Text("Đã gửi <b>", "Sent"))
    assert shown.says(".//*[@role='status']") == "Đã gửi <b>"
    assert home(show_page).all(".//*[@role='status']") == []


def test_the_skip_link_leads_to_the_content_whose_first_heading_is_the_only_first(show_page: Show) -> None:
    shown = home(show_page)
    assert shown.one(".//a[@class='govuk-skip-link']").get("href") == "#main"
    assert shown.one(".//main").get("id") == "main"
    assert len(shown.all(".//main//h1")) == len(shown.all(".//h1")) == 1


def test_the_front_page_has_three_doors_a_search_and_todays_figures(show_page: Show) -> None:
    shown = home(show_page)
    doors = shown.all(".//li[@class='app-door']//a")
    assert [a.get("href") for a in doors] == ["/check", "/partners", "/register"]
    form = shown.one(".//form[@role='search']")
    assert (form.get("action"), form.get("method")) == ("/register", "get")
    assert form.find(".//input").get("name") == "q"  # type: ignore[union-attr]
    assert [words(e) for e in shown.all(".//dd")] == ["7", "1.234", "0"]
    assert [words(e) for e in home(show_page, "en").all(".//dd")] == ["7", "1,234", "0"]


def test_the_front_page_lists_trials_or_says_there_are_none(show_page: Show) -> None:
    item = home(show_page).one(".//ul[@class='app-trials']/li")
    assert words(item) == "Xe tự hành trong cảng HP-TN-2026-007 · từ 02/11/2026 đang chạy"
    empty = home(show_page, latest_trials=[])
    assert empty.says(".//div[@class='app-empty']") == "Chưa có thử nghiệm nào được công bố."


def error(show_page: Show, status: int, lang: Lang = "vi", **context: object) -> Shown:
    common = {"error_status": status, "text": Text("Lời riêng", "Own words"), "fields": {}, "source": ""}
    return show_page("errors/error.html", lang, **(common | context))


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (400, "Không thực hiện được yêu cầu"),
        (403, "Biểu mẫu không còn hiệu lực"),
        (404, "Không tìm thấy trang"),
        (409, "Người khác vừa sửa trước bạn"),
        (413, "Tệp quá lớn"),
        (422, "Chưa thực hiện được"),
        (429, "Quá nhiều lần thử"),
        (500, "Có lỗi phía chúng tôi"),
        (503, "Dịch vụ tạm gián đoạn"),
    ],
)
def test_every_error_has_a_heading_and_its_own_words(show_page: Show, status: int, heading: str) -> None:
    shown = error(show_page, status)
    assert shown.says(".//h1") == heading
    assert ("Lời riêng" in words(shown.one(".//main"))) is (status != 404)


def test_only_a_fault_of_ours_gives_a_reference_number(show_page: Show) -> None:
    shown = {status: "7f3a91c2" in error(show_page, status).html for status in (404, 409, 422, 500, 503)}
    assert shown == {404: False, 409: False, 422: False, 500: True, 503: False}


def test_a_refusal_names_every_field_and_the_rule_that_says_no(show_page: Show) -> None:
    shown = error(
        show_page, 422, "en", fields={"a": Text("b", "Plan missing")}, source="NĐ 142/2026, Điều 24"
    )
    assert [words(e) for e in shown.all(".//main//li")] == ["Plan missing"]
    assert "Basis: NĐ 142/2026, Điều 24" in words(shown.one(".//main"))


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", ["home/index.html", "home/about.html", "home/api_docs.html"])
def test_a_rendered_page_keeps_the_content_policy(show_page: Show, name: str, lang: Lang) -> None:
    shown = show_page(name, lang, latest_trials=[TRIAL], actor=someone("officer", "admin"), **FIGURES)
    for element in shown.root.iter():
        assert not [a for a in element.attrib if a == "style" or a.startswith("on")]
        assert element.tag != "style"
        assert element.tag != "script" or (element.get("src") or "").startswith("/static/")
        if element.tag in {"link", "img"}:
            assert (element.get("href") or element.get("src") or "").startswith("/static/")


def test_the_api_page_tells_its_script_where_the_description_is(show_page: Show) -> None:
    assert show_page("home/api_docs.html").by_id("swagger").get("data-openapi") == "/api/openapi.json"
