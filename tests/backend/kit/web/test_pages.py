from __future__ import annotations

import unicodedata

import pytest

from backend.accounts.schemas import Role
from backend.kit.pages import Page, clean, local_path
from tests.factories.web import Browser, SignIn, make_actor, sign_in


async def test_a_form_is_normalised_and_a_password_left_alone(odd: Browser) -> None:
    decomposed = unicodedata.normalize("NFD", "Nguyễn")
    answer = await odd.submit(
        "/echo",
        {"name": f"  {decomposed}\r\nHải\x00 ", "many": ["a", "", "b"], "password": f" {decomposed} "},
        files={"file": ("bản vẽ.pdf", b"x")},
    )
    assert answer.json() == {
        "values": {"name": "Nguyễn\nHải", "many": "a"},
        "all": ["a", "b"],
        "file": "bản vẽ.pdf",
        "secret": f" {decomposed} ",
    }


async def test_no_file_chosen_is_no_file(odd: Browser) -> None:
    parts = (("csrf", "", odd.token()), ("a", "", "1"), ("file", '; filename=""', ""))
    body = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'
        for name, more, value in parts
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await odd.post("/echo", content=f"{body}--b--\r\n", headers=headers)
    assert answer.json()["file"] is None


def test_clean_text_has_plain_line_ends_and_no_control_characters() -> None:
    assert clean("\ta\rb\r\nc\x07\x1b[0m ") == "a\nb\nc[0m"


@pytest.mark.parametrize(
    ("url", "goal"),
    [
        ("/workspace?x=1", "/workspace?x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\\b", "/"),
        ("/a\nb", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_sent_to_another_site(url: str, goal: str) -> None:
    assert local_path(url) == goal


def test_a_list_has_at_least_one_page() -> None:
    assert [Page(items=[], total=total, page=1, size=25).pages for total in (0, 1, 25, 26)] == [1, 1, 1, 2]


async def test_the_language_is_the_wish_then_the_cookie_then_the_account(http: Browser) -> None:
    assert 'lang="vi"' in (await http.get("/sign-in")).text
    assert 'lang="vi"' in (await http.get("/sign-in?lang=fr")).text
    assert '<html lang="en"' in (await http.get("/sign-in?lang=en")).text
    assert '<html lang="en"' in (await http.get("/sign-in")).text
    assert '<html lang="en"' in (await http.get("/sign-in?lang=%00%ff")).text
    assert '<html lang="en"' in (await http.get("/nothing-here")).text
    http.cookies.set("lang", "klingon")
    http.cookies.delete("lang", domain="benthu.test")
    http.cookies.delete("lang")
    assert '<html lang="vi"' in (await http.get("/sign-in")).text


async def test_the_account_knows_its_language(http: Browser) -> None:
    from backend.accounts.tables import Account

    actor = await make_actor(Role.APPLICANT)
    await Account.update({Account.lang: "en"}).where(Account.id == actor.id)
    await sign_in(http, actor)
    assert '<html lang="en"' in (await http.get("/organisations/new")).text
    assert '<html lang="vi"' in (await http.get("/organisations/new?lang=vi")).text


async def test_the_other_language_is_one_link_away_with_the_query_kept(
    http: Browser, sign_in_as: SignIn
) -> None:
    await sign_in_as(Role.AUDITOR)
    page = await http.get("/audit?subject=q%26a")
    assert 'href="/audit?subject=q%26a&amp;lang=en"' in page.text


async def test_a_notice_is_shown_once(odd: Browser) -> None:
    await odd.submit("/noticed")
    assert "Đã lưu ạ." in (await odd.get("/sign-in")).text
    assert "Đã lưu ạ." not in (await odd.get("/sign-in")).text


async def test_a_forged_notice_is_not_shown(http: Browser) -> None:
    http.cookies.set("notice", "WyJhIiwgImIiXQ.0000")
    assert (await http.get("/sign-in")).status_code == 200
