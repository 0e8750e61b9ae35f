from __future__ import annotations

import pytest

from backend.accounts import queries
from backend.accounts.schemas import Role
from backend.kit import audit
from backend.kit.db import engine, transaction
from backend.settings import settings
from tests.factories.web import Browser, SignIn, make_actor

PASSWORD = "một mật khẩu đủ dài"
NEW = {"role": "applicant", "name": "Hải Yến", "email": "yen@benthu.test", "password": PASSWORD}


async def test_a_person_opens_an_account_and_is_signed_in(http: Browser) -> None:
    done = await http.submit("/accounts/new", NEW)
    assert (done.status_code, done.headers["location"]) == (303, "/organisations/new")
    me = (await http.get("/api/v1/me")).json()
    assert (me["name"], me["email"], me["roles"], me["organisations"]) == (
        "Hải Yến",
        "yen@benthu.test",
        ["applicant"],
        [],
    )


async def test_an_expert_goes_to_their_own_work(http: Browser) -> None:
    done = await http.submit("/accounts/new", {**NEW, "role": "expert"})
    assert done.headers["location"] == "/workspace"


async def test_a_refused_form_keeps_what_was_typed_and_forgets_the_password(http: Browser) -> None:
    page = await http.submit("/accounts/new", {**NEW, "email": "no-at-sign", "password": "quá-ngắn"})
    assert page.status_code == 422
    assert 'value="Hải Yến"' in page.text
    assert 'value="no-at-sign"' in page.text
    assert '<a href="#email">' in page.text
    assert "quá-ngắn" not in page.text


@pytest.mark.parametrize("role", ["admin", "", "king"])
async def test_nobody_appoints_themselves(http: Browser, role: str) -> None:
    assert (await http.submit("/accounts/new", {**NEW, "role": role})).status_code == 422
    assert await queries.find_account_id("yen@benthu.test") is None


async def test_signing_in_goes_on_to_where_one_wanted_to_go(http: Browser) -> None:
    await http.submit("/accounts/new", NEW)
    form = {"email": "yen@benthu.test", "password": PASSWORD}
    there = await http.submit("/sign-in", {**form, "next": "/audit?subject=x"})
    assert there.headers["location"] == "/audit?subject=x"
    elsewhere = await http.submit("/sign-in", {**form, "next": "//evil.example"})
    assert elsewhere.headers["location"] == "/workspace"
    again = await http.get("/sign-in?next=/organisations/new")
    assert (again.status_code, again.headers["location"]) == (303, "/organisations/new")


async def test_a_wrong_password_shows_the_form_again(http: Browser) -> None:
    page = await http.submit("/sign-in", {"email": "ai@do.vn", "password": "sai-mất-rồi", "next": "/audit"})
    assert page.status_code == 401
    assert "E-mail hoặc mật khẩu chưa đúng." in page.text
    assert 'value="ai@do.vn"' in page.text
    assert 'name="next" value="/audit"' in page.text
    assert "sai-mất-rồi" not in page.text


async def test_example_accounts_are_shown_in_a_demo_alone(
    http: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.demo_accounts import ACCOUNTS
    from backend.demo_accounts import PASSWORD as SHOWN

    assert SHOWN not in (await http.get("/sign-in")).text
    monkeypatch.setenv("BENTHU_DEMO", "1")
    settings.cache_clear()
    try:
        page = (await http.get("/sign-in")).text
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert SHOWN in page
    assert [email for email in ACCOUNTS if email not in page] == []


async def test_a_token_of_the_api_works_until_it_is_ended(http: Browser) -> None:
    await http.submit("/accounts/new", NEW)
    stranger = http.as_stranger()
    opened = await stranger.post("/api/v1/session", json={"email": "yen@benthu.test", "password": PASSWORD})
    assert opened.status_code == 201
    assert opened.headers.get_list("set-cookie") == []
    api = http.with_token(opened.json()["token"])
    assert (await api.get("/api/v1/me")).status_code == 200
    assert (await api.delete("/api/v1/session")).status_code == 204
    assert (await api.get("/api/v1/me")).status_code == 401
    wrong = await stranger.post("/api/v1/session", json={"email": "yen@benthu.test", "password": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "sign_in_refused")


async def test_an_administrator_sets_roles_and_locks(http: Browser, sign_in_as: SignIn) -> None:
    other = await make_actor(Role.APPLICANT, name="Người Khác")
    await sign_in_as(Role.ADMIN)
    page = await http.get("/admin")
    assert "Người Khác" in page.text
    url = f"/admin/accounts/{other.id}"
    saved = await http.submit(f"{url}/roles", {"roles": ["officer", "auditor", "king"]})
    assert (saved.status_code, saved.headers["location"]) == (303, "/admin")
    found = await queries.find_actor(other.id)
    assert found is not None
    assert found.roles == {Role.OFFICER, Role.AUDITOR}
    assert (await http.submit(f"{url}/deactivate")).status_code == 303
    assert await queries.find_actor(other.id) is None
    assert (await http.submit(f"{url}/activate")).status_code == 303
    assert await queries.find_actor(other.id) is not None


async def test_the_administrator_sees_the_rule_files_with_pin_and_what_is_unread(
    http: Browser, sign_in_as: SignIn
) -> None:
    import sandbox_rules

    await sign_in_as(Role.ADMIN)
    page = (await http.get("/admin?lang=en")).text
    files = sandbox_rules.load().all()
    assert files
    for file in files:
        unread = sum(source.checked_on is None for source in file.sources.values())
        assert file.pin.sha256[:12] in page
        assert f"{unread} source{'' if unread == 1 else 's'}" in page


async def test_an_auditor_sees_that_the_chains_hold_and_reads_one(http: Browser, sign_in_as: SignIn) -> None:
    other = await make_actor(Role.APPLICANT)
    async with transaction():
        await audit.record(other.id, "account:tested", None, {"ward": "Hồng Bàng"})
    await sign_in_as(Role.AUDITOR)
    index = await http.get("/audit")
    assert "Nguyên vẹn" in index.text
    assert "account:tested" in index.text
    chain = await http.get(f"/audit/{other.id}")
    assert chain.status_code == 200
    assert "Hồng Bàng" in chain.text
    found = await http.get(f"/audit?subject= {other.id} ")
    assert (found.status_code, found.headers["location"]) == (303, f"/audit/{other.id}")


async def test_a_broken_chain_is_shown_with_its_place(http: Browser, sign_in_as: SignIn) -> None:
    other = await make_actor(Role.APPLICANT)
    async with transaction():
        await audit.record(other.id, "account:tested", None, {"amount": 1})
    await engine().run_ddl("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    await engine().run_ddl("UPDATE audit_entry SET data = '{\"amount\": 2}'")
    await sign_in_as(Role.AUDITOR)
    for url in ("/audit", f"/audit/{other.id}"):
        page = await http.get(url)
        assert "Chuỗi nhật ký bị đứt" in page.text
        assert "nội dung đã bị sửa sau khi niêm" in page.text
