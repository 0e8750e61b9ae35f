from __future__ import annotations

import pytest

from backend.accounts.schemas import Role
from backend.kit.db import Engine
from backend.kit.errors import Unavailable
from tests.factories.web import Browser, SignIn

PROBLEM = "application/problem+json"


async def test_the_api_answers_a_problem_with_code_and_mend(odd: Browser) -> None:
    answer = await odd.get("/conflict", headers={"Accept": "application/json", "X-Request-ID": "abcdefgh"})
    assert (answer.status_code, answer.headers["content-type"]) == (409, PROBLEM)
    assert answer.json() == {
        "type": "urn:benthu:problem:conflict",
        "title": "Conflict",
        "status": 409,
        "code": "conflict",
        "detail": "Không được.",
        "request_id": "abcdefgh",
        "errors": {"a": "sửa a"},
        "source": "Điều 23",
    }
    english = await odd.get("/conflict?lang=en", headers={"Accept": "application/json"})
    assert (english.json()["detail"], english.json()["errors"]) == ("Not so.", {"a": "mend a"})


async def test_a_page_says_it_in_words(odd: Browser) -> None:
    answer = await odd.get("/conflict", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "text/html; charset=utf-8")
    assert "Không được." in answer.text
    assert "Điều 23" in answer.text
    assert "sửa a" in answer.text


async def test_a_stranger_is_led_to_sign_in_and_back(http: Browser) -> None:
    answer = await http.get("/audit?subject=a b")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=%2Faudit%3Fsubject%3Da%2520b",
    )


async def test_the_api_asks_a_stranger_for_a_token(http: Browser) -> None:
    answer = await http.get("/api/v1/me")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["code"] == "not_signed_in"


async def test_the_wrong_role_and_what_does_not_exist_look_alike(http: Browser, sign_in_as: SignIn) -> None:
    await sign_in_as(Role.APPLICANT)
    headers = {"X-Request-ID": "abcdefgh"}
    hidden, missing = await http.get("/admin", headers=headers), await http.get("/admix", headers=headers)
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert _main(hidden.text) == _main(missing.text)


async def test_a_fault_gives_a_reference_number(odd: Browser) -> None:
    page = await odd.get("/broken", headers={"X-Request-ID": "abcdefgh"})
    assert page.status_code == 500
    assert "abcdefgh" in page.text
    api = await odd.get("/api/v1/broken", headers={"X-Request-ID": "abcdefgh"})
    assert (api.status_code, api.json()["code"], api.json()["request_id"]) == (
        500,
        "internal_error",
        "abcdefgh",
    )


@pytest.mark.parametrize("url", ["/gone", "/api/v1/gone"])
async def test_a_lost_database_says_when_to_come_back(odd: Browser, url: str) -> None:
    answer = await odd.get(url)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_database_lost_while_the_session_is_looked_up_is_503_too(
    http: Browser, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: object) -> None:
        raise Unavailable(retry_after=5)

    await sign_in_as(Role.APPLICANT)
    monkeypatch.setattr(Engine, "_run", lost)
    for url in ("/organisations/new", "/api/v1/me"):
        answer = await http.get(url)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (await http.as_stranger().get("/sign-in")).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        (b'{"count": 0}', 422, ["count"]),
        (b'{"count": 1, "more": 2}', 422, ["body"]),
        (b"{}", 422, ["body"]),
        (b"{", 400, []),
        (b'{"count": 1}', 201, None),
    ],
)
async def test_what_the_api_cannot_take_is_422_and_what_it_cannot_read_400(
    odd: Browser, body: bytes, status: int, fields: list[str] | None
) -> None:
    answer = await odd.post("/api/v1/sheet", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    if fields is not None:
        assert answer.headers["content-type"] == PROBLEM
        assert list(answer.json()["errors"]) == fields


async def test_a_wrong_method_is_405_and_names_the_right_ones(http: Browser) -> None:
    answer = await http.get("/sign-out", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["allow"]


async def test_a_wrong_query_value_is_no_fault_of_ours(http: Browser, sign_in_as: SignIn) -> None:
    await sign_in_as(Role.ADMIN)
    answer = await http.get("/admin?number=x", headers={"Accept": "application/json"})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["number"])


async def test_thirty_megabytes_are_too_large_even_for_an_upload(odd: Browser) -> None:
    fits = await odd.submit("/large", files={"file": ("a.pdf", b"x" * 20_000_000)})
    assert (fits.status_code, fits.text) == (201, "20000000")
    refused = await odd.submit(
        "/large", files={"file": ("a.pdf", b"x" * 30_000_000)}, headers={"Accept": "application/json"}
    )
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    assert "nhỏ hơn" in refused.json()["detail"]


async def test_a_form_without_uploads_is_small(odd: Browser) -> None:
    assert (await odd.submit("/echo", {"a": "x" * 500_000})).status_code == 201
    assert (await odd.submit("/echo", {"a": "x" * 1_100_000})).status_code == 413


def _main(html: str) -> str:
    return html.split("<main")[1].split("</main>")[0]
