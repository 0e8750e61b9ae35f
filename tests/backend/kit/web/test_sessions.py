"""Each fault of the stock session backend has a test here that fails without its mend."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.accounts.domain import create_account, deactivate_account
from backend.accounts.schemas import NewAccount, Role
from backend.kit import sessions
from backend.kit.clock import Frozen
from backend.kit.db import Engine
from backend.kit.session_tables import Session
from backend.kit.tables import RateLimit
from backend.settings import settings
from tests.factories.web import Browser, SignIn, make_actor, sign_in

PASSWORD = "một mật khẩu đủ dài"


async def _account(email: str = "yen@benthu.test") -> None:
    form = NewAccount(name="Hải Yến", email=email, password=PASSWORD, role=Role.APPLICANT)
    await create_account(form, frozenset({Role.APPLICANT}), by=None)


async def _enter(http: Browser, email: str = "yen@benthu.test") -> str:
    answer = await http.submit("/sign-in", {"email": email, "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/workspace")
    return http.cookies[sessions.COOKIE]


async def test_an_id_chosen_by_the_client_is_refused_and_taken_back(http: Browser) -> None:
    http.cookies.set(sessions.COOKIE, "chosen-by-an-attacker")
    answer = await http.get("/api/v1/me")
    assert answer.status_code == 401
    assert 'sid=""; HttpOnly; Max-Age=0; Path=/; SameSite=lax' in answer.headers.get_list("set-cookie")
    assert await Session.count() == 0


async def test_signing_in_never_adopts_the_id_that_was_presented(http: Browser) -> None:
    await _account()
    http.cookies.set(sessions.COOKIE, "chosen-by-an-attacker")
    http.cookies.set("visit", "v")
    stranger_token = http.as_stranger()
    stranger_token.cookies.set("visit", "v")
    answer = await http.post(
        "/sign-in", data={"email": "yen@benthu.test", "password": PASSWORD, "csrf": stranger_token.token()}
    )
    assert answer.status_code == 303
    assert await Session.exists().where(Session.digest == sessions.digest("chosen-by-an-attacker")) is False
    assert await Session.count() == 1


async def test_signing_in_again_gives_a_new_id_and_ends_the_old_one(http: Browser) -> None:
    await _account()
    first = await _enter(http)
    second = await _enter(http)
    assert first != second
    old = http.with_token(first)
    assert (await old.get("/api/v1/me")).status_code == 401
    assert (await http.with_token(second).get("/api/v1/me")).status_code == 200


async def test_only_the_digest_of_an_id_is_stored(http: Browser) -> None:
    actor = await make_actor(Role.OFFICER)
    session_id = await sign_in(http, actor)
    rows = await Session.select(Session.digest, Session.account)
    assert rows == [{"digest": sessions.digest(session_id), "account": actor.id}]
    assert session_id not in str(await Session.select())


async def test_strangers_leave_no_session_and_get_no_session_cookie(http: Browser) -> None:
    answer = await http.get("/sign-in")
    assert answer.status_code == 200
    assert sessions.COOKIE not in answer.cookies
    assert await Session.count() == 0


async def test_reading_a_page_writes_nothing_until_five_minutes_have_passed(
    http: Browser, sign_in_as: SignIn, frozen_clock: Frozen
) -> None:
    await sign_in_as(Role.APPLICANT)
    start = frozen_clock.at
    frozen_clock.advance(timedelta(minutes=4, seconds=59))
    answer = await http.get("/api/v1/me")
    assert (answer.status_code, answer.headers.get("set-cookie")) == (200, None)
    assert await _used_at() == start
    frozen_clock.advance(timedelta(seconds=1))
    await http.get("/api/v1/me")
    assert await _used_at() == start + timedelta(minutes=5)


async def test_a_request_asks_the_database_once_who_it_is(
    http: Browser, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    run = Engine._run

    async def counted(self: Engine, query: str, *more: Any) -> Any:
        asked.append(query)
        return await run(self, query, *more)

    await sign_in_as(Role.APPLICANT)
    monkeypatch.setattr(Engine, "_run", counted)
    assert (await http.get("/api/v1/me")).status_code == 200
    assert len(asked) == 1
    asked.clear()
    assert (await http.as_stranger().get("/sign-in")).status_code == 200
    assert asked == []


@pytest.mark.parametrize(("step", "steps"), [(timedelta(hours=8), 1), (timedelta(hours=7), 4)])
async def test_a_session_ends_after_eight_idle_hours_and_after_a_day(
    http: Browser, sign_in_as: SignIn, frozen_clock: Frozen, step: timedelta, steps: int
) -> None:
    await sign_in_as(Role.APPLICANT)
    for _ in range(steps - 1):
        frozen_clock.advance(step)
        assert (await http.get("/api/v1/me")).status_code == 200
    frozen_clock.advance(step)
    assert (await http.get("/api/v1/me")).status_code == 401


async def test_the_next_session_sweeps_out_those_that_ran_out(
    http: Browser, sign_in_as: SignIn, frozen_clock: Frozen
) -> None:
    await sign_in_as(Role.APPLICANT)
    frozen_clock.advance(timedelta(hours=9))
    assert await Session.count() == 1
    second = await sign_in_as(Role.OFFICER)
    assert await Session.select(Session.account) == [{"account": second.id}]


async def test_signing_out_ends_the_session_on_the_server(http: Browser) -> None:
    await _account()
    session_id = await _enter(http)
    answer = await http.submit("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await http.with_token(session_id).get("/api/v1/me")).status_code == 401
    assert await Session.count() == 0


async def test_locking_an_account_ends_all_its_sessions(http: Browser) -> None:
    admin, officer = await make_actor(Role.ADMIN), await make_actor(Role.OFFICER)
    first, second = await sign_in(http, officer), await sign_in(http, officer)
    await deactivate_account(admin, officer.id)
    assert await Session.count() == 0
    for session_id in (first, second):
        assert (await http.with_token(session_id).get("/api/v1/me")).status_code == 401


async def test_a_locked_account_is_nobody_even_if_its_session_were_left(http: Browser) -> None:
    from backend.accounts.queries import set_active

    officer = await make_actor(Role.OFFICER)
    session_id = await sign_in(http, officer)
    await set_active(officer.id, False)
    assert (await http.with_token(session_id).get("/api/v1/me")).status_code == 401


async def test_a_bearer_token_counts_instead_of_the_cookie(http: Browser, sign_in_as: SignIn) -> None:
    await sign_in_as(Role.APPLICANT)
    answer = await http.get("/api/v1/me", headers={"Authorization": "Bearer unknown"})
    assert answer.status_code == 401
    assert answer.headers.get_list("set-cookie") == []
    basic = await http.get("/api/v1/me", headers={"Authorization": "Basic eDp5"})
    assert basic.status_code == 401


async def test_the_cookie_is_closed_to_scripts_and_secure_behind_https(
    http: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _account()
    answer = await http.submit("/sign-in", {"email": "yen@benthu.test", "password": PASSWORD})
    value = http.cookies[sessions.COOKIE]
    assert answer.headers.get_list("set-cookie") == [
        f"sid={value}; HttpOnly; Max-Age=86400; Path=/; SameSite=lax"
    ]
    monkeypatch.setenv("BENTHU_PUBLIC_URL", "https://benthu.test")
    settings.cache_clear()
    try:
        answer = await http.submit("/sign-in", {"email": "yen@benthu.test", "password": PASSWORD})
        assert [c.endswith("; Secure") for c in answer.headers.get_list("set-cookie")] == [True]
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    finally:
        monkeypatch.undo()
        settings.cache_clear()


async def test_rate_limits_know_no_email_and_no_address(http: Browser) -> None:
    await _account()
    await _enter(http)
    assert "yen" not in str(await RateLimit.select())


async def _used_at() -> Any:
    row = await Session.select(Session.used_at).first()
    return row["used_at"] if row else None
