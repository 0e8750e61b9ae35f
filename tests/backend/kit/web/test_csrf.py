"""Nothing changes unless the request comes from a page of ours."""

from __future__ import annotations

from uuid import uuid4

import pytest

from backend.accounts.schemas import Role
from backend.app import app
from tests.factories.routes import Route, routes_of
from tests.factories.web import ORIGIN, Browser, SignIn

UNSAFE = [route for route in routes_of(app) if route.method not in {"GET", "HEAD"}]


def test_there_are_unsafe_routes_to_walk() -> None:
    assert {"POST /sign-in", "POST /organisations/new", "DELETE /api/v1/session"} <= {str(r) for r in UNSAFE}


@pytest.mark.parametrize("route", UNSAFE, ids=str)
async def test_no_route_changes_anything_without_a_token(
    http: Browser, sign_in_as: SignIn, route: Route
) -> None:
    await sign_in_as(*Role)
    answer = await http.request(route.method, route.url(uuid4()), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "form_too_old")


@pytest.mark.parametrize("route", [r for r in UNSAFE if not r.path.startswith("/api/")], ids=str)
async def test_no_page_accepts_a_stranger_without_a_token(http: Browser, route: Route) -> None:
    answer = await http.request(route.method, route.url(uuid4()), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "form_too_old")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": ORIGIN},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_a_good_token_from_elsewhere_is_refused(
    http: Browser, sign_in_as: SignIn, headers: dict[str, str]
) -> None:
    await sign_in_as(Role.APPLICANT)
    answer = await http.submit("/sign-out", headers={"Accept": "application/json", **headers})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_form")


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": ORIGIN}])
async def test_a_good_token_from_our_page_is_accepted(
    http: Browser, sign_in_as: SignIn, headers: dict[str, str]
) -> None:
    await sign_in_as(Role.APPLICANT)
    assert (await http.submit("/sign-out", headers=headers)).status_code == 303


async def test_the_token_of_another_session_is_refused(http: Browser, sign_in_as: SignIn) -> None:
    other = http.as_stranger()
    await sign_in_as(Role.APPLICANT)
    await sign_in_as(Role.APPLICANT, browser=other)
    answer = await http.post("/sign-out", data={"csrf": other.token()})
    assert answer.status_code == 403


async def test_the_form_of_a_stranger_works_with_the_cookie_it_came_with(http: Browser) -> None:
    page = await http.get("/sign-in")
    token = page.text.split('name="csrf" value="')[1][:64]
    answer = await http.post("/sign-in", data={"csrf": token, "email": "a@b.vn", "password": "x"})
    assert answer.status_code == 401
    assert token == http.token()


async def test_json_with_a_cookie_needs_the_token_in_the_header(http: Browser, sign_in_as: SignIn) -> None:
    await sign_in_as(Role.APPLICANT)
    refused = await http.post("/api/v1/organisations", json={})
    accepted = await http.post("/api/v1/organisations", json={}, headers={"X-CSRF-Token": http.token()})
    assert (refused.status_code, accepted.status_code) == (403, 422)


async def test_a_bearer_request_needs_no_token(http: Browser, sign_in_as: SignIn) -> None:
    await sign_in_as(Role.APPLICANT)
    api = http.with_token(http.cookies["sid"])
    assert (await api.post("/api/v1/organisations", json={})).status_code == 422
