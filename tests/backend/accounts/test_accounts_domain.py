from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.accounts import domain, passwords, queries
from backend.accounts.errors import OwnAccount, SignInRefused
from backend.accounts.schemas import NewAccount, Role
from backend.accounts.tables import Account
from backend.kit import audit
from backend.kit.clock import Frozen
from backend.kit.db import Engine
from backend.kit.errors import Invalid, NotFound, TooMany
from backend.kit.sessions import digest
from tests.factories.web import make_actor

PASSWORD = "một mật khẩu đủ dài"
HERE = "192.0.2.1"


def _form(**changes: object) -> NewAccount:
    values = {"name": " Hải  Yến ", "email": "Yen@BenThu.Test ", "password": PASSWORD, "role": Role.APPLICANT}
    return NewAccount(**{**values, **changes})  # type: ignore[arg-type]


async def test_registering_keeps_a_folded_email_a_hash_and_one_line(db: Engine) -> None:
    account = await domain.register_account(_form(lang="en"), address=HERE)
    row = await Account.select().where(Account.id == account).first()
    assert row is not None
    assert (row["email"], row["name"], row["roles"]) == ("yen@benthu.test", "Hải Yến", ["applicant"])
    assert (row["lang"], row["active"]) == ("en", True)
    assert row["password_hash"].startswith("$argon2id$")
    assert PASSWORD not in str(row)
    (entry,) = await audit.entries(account)
    assert (entry.tag, entry.actor, entry.data) == ("account:registered", account, {"roles": ["applicant"]})


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": "A"}, ["name"]),
        ({"email": "no-at-sign"}, ["email"]),
        ({"email": "a@b"}, ["email"]),
        ({"email": "a b@c.vn"}, ["email"]),
        ({"password": "x" * 11}, ["password"]),
        ({"password": "x" * 129}, ["password"]),
        ({"email": "long.enough@b.vn", "password": "LONG.enough@b.vn"}, ["password"]),
        ({"name": "", "email": "", "password": ""}, ["name", "email", "password"]),
        ({"role": Role.ADMIN}, ["role"]),
    ],
)
async def test_what_is_wrong_is_said_per_field(
    db: Engine, changes: dict[str, object], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await domain.register_account(_form(**changes), address=HERE)
    assert list(refused.value.fields) == fields
    assert await Account.count() == 0


async def test_an_email_has_one_account_however_it_is_written(db: Engine) -> None:
    await domain.register_account(_form(), address=HERE)
    with pytest.raises(Invalid) as refused:
        await domain.register_account(_form(email="YEN@benthu.test"), address=HERE)
    assert list(refused.value.fields) == ["email"]
    assert await Account.count() == 1


async def test_one_address_opens_twenty_accounts_an_hour(db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def quick(password: str) -> str:
        return "hash"

    monkeypatch.setattr(domain, "hash_password", quick)
    for number in range(domain.ACCOUNTS_PER_ADDRESS):
        await domain.register_account(_form(email=f"a{number}@b.vn"), address=HERE)
    with pytest.raises(TooMany):
        await domain.register_account(_form(email="more@b.vn"), address=HERE)
    await domain.register_account(_form(email="other@b.vn"), address="192.0.2.2")


async def test_signing_in_opens_a_session_with_one_line(db: Engine) -> None:
    account = await domain.register_account(_form(), address=HERE)
    session_id = await domain.sign_in(" YEN@benthu.test", PASSWORD, address=HERE)
    rows = await Account.raw("select digest, account from session")
    assert rows == [{"digest": digest(session_id), "account": account}]
    assert [entry.tag for entry in await audit.entries(account)] == [
        "account:registered",
        "account:signed_in",
    ]


async def test_unknown_wrong_and_locked_get_the_same_answer_after_the_same_work(
    db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await domain.register_account(_form(), address=HERE)
    locked = await domain.register_account(_form(email="locked@b.vn"), address=HERE)
    await queries.set_active(locked, False)
    verified: list[str] = []
    verify = passwords._verify

    def counted(password: str, stored: str) -> bool:
        verified.append(stored[:9])
        return verify(password, stored)

    monkeypatch.setattr(passwords, "_verify", counted)
    answers = []
    for email, password in (
        ("yen@benthu.test", "wrong"),
        ("nobody@b.vn", PASSWORD),
        ("locked@b.vn", PASSWORD),
    ):
        with pytest.raises(SignInRefused) as refused:
            await domain.sign_in(email, password, address=HERE)
        answers.append((refused.value.code, refused.value.text, refused.value.fields))
    assert answers == [answers[0]] * 3
    assert verified == ["$argon2id"] * 3
    assert len(await audit.entries(account)) == 1


async def test_an_account_without_a_password_hash_has_no_password(db: Engine) -> None:
    assert await passwords.is_password("", "") is False
    assert await passwords.is_password("no account has this password", "") is False
    assert await passwords.is_password("no account has this password", None) is False


async def test_a_password_is_the_same_on_every_keyboard(db: Engine) -> None:
    composed, decomposed = "mật khẩu ﬁ dài", "mật khẩu fi dài"
    assert await passwords.is_password(decomposed, await passwords.hash_password(composed)) is True


async def test_an_account_is_tried_ten_times_in_a_quarter_of_an_hour(
    db: Engine, monkeypatch: pytest.MonkeyPatch, frozen_clock: Frozen
) -> None:
    async def never(password: str, stored: str | None) -> bool:
        return False

    monkeypatch.setattr(domain, "is_password", never)
    for number in range(domain.TRIES_PER_ACCOUNT):
        with pytest.raises(SignInRefused):
            await domain.sign_in("yen@benthu.test", "x", address=f"192.0.2.{number}")
    with pytest.raises(TooMany) as refused:
        await domain.sign_in("YEN@benthu.test", "x", address="192.0.2.99")
    assert refused.value.retry_after == domain.QUARTER_HOUR
    frozen_clock.advance(timedelta(minutes=15))
    with pytest.raises(SignInRefused):
        await domain.sign_in("yen@benthu.test", "x", address="192.0.2.99")


async def test_an_address_tries_sixty_times_in_a_quarter_of_an_hour(
    db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(password: str, stored: str | None) -> bool:
        return False

    monkeypatch.setattr(domain, "is_password", never)
    for number in range(domain.TRIES_PER_ADDRESS):
        with pytest.raises(SignInRefused):
            await domain.sign_in(f"a{number}@b.vn", "x", address=HERE)
    with pytest.raises(TooMany):
        await domain.sign_in("new@b.vn", "x", address=HERE)


async def test_roles_are_set_with_one_line_and_hold_at_once(db: Engine) -> None:
    admin, other = await make_actor(Role.ADMIN), await make_actor(Role.APPLICANT)
    await domain.set_roles(admin, other.id, frozenset({Role.OFFICER, Role.AUDITOR}))
    found = await queries.find_actor(other.id)
    assert found is not None
    assert found.roles == {Role.OFFICER, Role.AUDITOR}
    (entry,) = await audit.entries(other.id)
    assert (entry.tag, entry.actor) == ("account:roles_set", admin.id)
    assert entry.data == {"from": ["applicant"], "to": ["auditor", "officer"]}


async def test_locking_and_unlocking_leave_a_line_only_when_they_change_something(db: Engine) -> None:
    admin, other = await make_actor(Role.ADMIN), await make_actor(Role.APPLICANT)
    for verb in (
        domain.deactivate_account,
        domain.deactivate_account,
        domain.activate_account,
        domain.activate_account,
    ):
        await verb(admin, other.id)
    assert [e.tag for e in await audit.entries(other.id)] == ["account:deactivated", "account:activated"]
    assert await queries.find_actor(other.id) is not None


async def test_an_administrator_cannot_lock_themselves_out(db: Engine) -> None:
    admin = await make_actor(Role.ADMIN)
    with pytest.raises(OwnAccount):
        await domain.deactivate_account(admin, admin.id)
    with pytest.raises(OwnAccount):
        await domain.set_roles(admin, admin.id, frozenset({Role.OFFICER}))
    await domain.set_roles(admin, admin.id, frozenset({Role.ADMIN, Role.OFFICER}))


async def test_only_administrators_manage_accounts_that_exist(db: Engine) -> None:
    admin, officer = await make_actor(Role.ADMIN), await make_actor(Role.OFFICER)
    nobody = (await make_actor()).id
    unknown = uuid4()
    for verb in (domain.deactivate_account, domain.activate_account):
        with pytest.raises(NotFound):
            await verb(officer, nobody)
        with pytest.raises(NotFound):
            await verb(admin, unknown)
    with pytest.raises(NotFound):
        await domain.set_roles(officer, nobody, frozenset({Role.ADMIN}))
    with pytest.raises(NotFound):
        await domain.set_roles(admin, unknown, frozenset())
    assert await audit.entries(nobody) == []


async def test_lists_and_names(db: Engine) -> None:
    first = await make_actor(Role.OFFICER, name="An")
    second = await make_actor(Role.OFFICER, name="Bình")
    listed = await queries.list_accounts(1)
    assert ([line.name for line in listed.items], listed.total) == (["An", "Bình"], 2)
    assert await queries.names_of({first.id, second.id}) == {first.id: "An", second.id: "Bình"}
    assert await queries.names_of(set()) == {}
