from __future__ import annotations

import json

import pytest

from backend.accounts.schemas import Role
from backend.kit.logs import log_fault
from tests.backend.kit.web.conftest import SECRET_MESSAGE
from tests.factories.web import Browser, SignIn

PERSONAL = ("yen@benthu.test", "benthu.test", "mật khẩu", "Hải Yến", "q=bí mật", "b%C3%AD", "127.0.0.1")


def _lines(capsys: pytest.CaptureFixture[str]) -> tuple[str, list[dict[str, object]]]:
    written = capsys.readouterr()
    assert written.err == ""
    return written.out, [json.loads(line) for line in written.out.splitlines()]


async def test_the_log_says_what_happened_and_not_to_whom(
    http: Browser, sign_in_as: SignIn, capsys: pytest.CaptureFixture[str]
) -> None:
    await http.submit("/sign-in?q=bí mật", {"email": "yen@benthu.test", "password": "mật khẩu sai bét"})
    form = {"role": "applicant", "name": "Hải Yến", "email": "yen@benthu.test", "password": "mật khẩu đủ dài"}
    await http.submit("/accounts/new", form)
    await http.get("/api/v1/me")
    text, lines = _lines(capsys)
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/sign-in", 401),
        ("POST", "/accounts/new", 303),
        ("GET", "/api/v1/me", 200),
    ]
    assert all(
        set(line) == {"event", "level", "timestamp", "method", "route", "status", "ms", "request_id"}
        for line in lines
    )
    assert [word for word in (*PERSONAL, http.cookies["sid"], http.token()) if word in text] == []


async def test_the_log_names_the_route_and_not_the_address(
    http: Browser, sign_in_as: SignIn, capsys: pytest.CaptureFixture[str]
) -> None:
    await http.get("/audit/0e3f5f0e-0000-4000-8000-000000000000?q=x")
    await http.get("/nobody/knows/yen@benthu.test")
    text, lines = _lines(capsys)
    assert [line["route"] for line in lines] == ["/audit/{subject}", "unknown"]
    assert "0e3f5f0e" not in text


async def test_a_fault_is_logged_with_its_places_and_without_its_message(
    odd: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await odd.get("/broken", headers={"X-Request-ID": "given-by-a-proxy"})
    text, lines = _lines(capsys)
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "given-by-a-proxy")
    fault, access = lines
    assert (fault["event"], fault["status"], fault["request_id"]) == ("fault", 500, "given-by-a-proxy")
    chain = fault["chain"]
    assert isinstance(chain, list)
    assert [link["type"].rpartition(".")[2] for link in chain] == [
        "BenThuError",
        "RuntimeError",
        "ValueError",
    ]
    assert "broken" in chain[1]["at"][-1]
    assert (access["event"], access["status"]) == ("request", 500)
    assert SECRET_MESSAGE not in text
    assert SECRET_MESSAGE not in answer.text


@pytest.mark.parametrize("bad", ["", "short", "x" * 65, 'with"quote-and-more', "two words here"])
async def test_a_request_id_that_is_not_well_formed_is_replaced(http: Browser, bad: str) -> None:
    answer = await http.get("/healthz", headers={"X-Request-ID": bad})
    assert answer.headers["x-request-id"] != bad
    assert len(answer.headers["x-request-id"]) == 32


def test_a_fault_of_the_database_names_state_and_constraint(capsys: pytest.CaptureFixture[str]) -> None:
    error = RuntimeError("Key (email)=(yen@benthu.test) already exists")
    error.sqlstate, error.constraint_name = "23505", "account_email_key"  # type: ignore[attr-defined]
    log_fault(error)
    text, (line,) = _lines(capsys)
    assert line["chain"] == [
        {
            "type": "builtins.RuntimeError",
            "at": [],
            "sqlstate": "23505",
            "constraint_name": "account_email_key",
        }
    ]
    assert "yen" not in text


async def test_capture_sees_something_to_hide(capsys: pytest.CaptureFixture[str], sign_in_as: SignIn) -> None:
    actor = await sign_in_as(Role.APPLICANT, email="yen@benthu.test")
    print(actor.email)
    assert "yen@benthu.test" in capsys.readouterr().out
