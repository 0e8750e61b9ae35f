from __future__ import annotations

import pytest

from backend.accounts.schemas import Role
from backend.kit.security import client_address, mac, sign, unsign
from backend.kit.templates import STATIC
from backend.settings import settings
from tests.factories.web import Browser, SignIn

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize(
    "url", ["/sign-in", "/nothing-here", "/admin", "/api/v1/me", "/api/openapi.json", "/broken"]
)
async def test_every_answer_carries_the_security_headers(odd: Browser, url: str) -> None:
    headers = (await odd.get(url)).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers


async def test_pages_of_a_person_are_kept_by_no_cache(http: Browser, sign_in_as: SignIn) -> None:
    assert (await http.get("/sign-in")).headers["cache-control"] == "no-store"
    http.cookies.set("visit", "known-already")
    assert (await http.get("/sign-in")).headers["cache-control"] == "no-store"
    assert "cache-control" not in (await http.get("/nothing-here")).headers
    await sign_in_as(Role.APPLICANT)
    assert (await http.get("/organisations/new")).headers["cache-control"] == "no-store"


async def test_built_files_are_kept_for_a_year(http: Browser) -> None:
    probe = STATIC / "probe-of-a-test.txt"
    probe.write_text("x")
    try:
        answer = await http.get(f"/static/{probe.name}")
    finally:
        probe.unlink()
    assert (answer.status_code, answer.text) == (200, "x")
    assert answer.headers["cache-control"] == "max-age=31536000, public, immutable"
    assert answer.headers["content-security-policy"] == POLICY


def test_a_signed_value_is_read_back_for_its_purpose_alone() -> None:
    signed = sign("notice", "chào")
    assert unsign("notice", signed) == "chào"
    assert unsign("other", signed) is None
    assert unsign("notice", signed[:-1] + ("0" if signed[-1] != "0" else "1")) is None
    assert unsign("notice", "rubbish") is None
    assert mac("a", "bc") != mac("ab", "c")


async def test_a_proxy_is_believed_only_when_we_were_told_of_it(
    http: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from litestar.testing import RequestFactory

    request = RequestFactory().get("/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    direct = client_address(request)
    assert direct != "203.0.113.9"
    monkeypatch.setenv("BENTHU_TRUST_PROXY", "1")
    settings.cache_clear()
    try:
        assert client_address(request) == "203.0.113.9"
    finally:
        monkeypatch.undo()
        settings.cache_clear()
