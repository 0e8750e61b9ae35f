"""What can be done with accounts. One verb, one transaction, one audit line; refused sign-ins leave no line.

They leave none because writing one for known accounts alone would tell, by its time, which e-mails are known.
"""

from __future__ import annotations

import re
from uuid import UUID

from backend.accounts import queries
from backend.accounts.errors import OwnAccount, SignInRefused
from backend.accounts.passwords import LONGEST, SHORTEST, hash_password, is_password
from backend.accounts.schemas import OPEN_ROLES, Actor, NewAccount, Role
from backend.kit import audit, sessions
from backend.kit.db import Duplicate, retrying, transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.rate_limit import hit
from backend.kit.text import Text, nfc

QUARTER_HOUR, HOUR = 900, 3600
TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, ACCOUNTS_PER_ADDRESS = 10, 60, 20
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def fold_email(email: str) -> str:
    """The form in which an e-mail is stored and compared."""
    return nfc(email).strip().casefold()


def checked_email(email: str) -> dict[str, Text]:
    """What is wrong with a folded e-mail, under `email`; nothing when it is one."""
    if _EMAIL.fullmatch(email) and len(email) <= 254 and email.isprintable():
        return {}
    wrong = Text("Hãy nhập e-mail theo dạng ten@donvi.vn.", "Enter an e-mail in the form name@example.vn.")
    return {"email": wrong}


async def sign_in(
    email: str, password: str, *, address: str, replaces: sessions.Presented | None = None
) -> str:
    """Open a session and give its id; `replaces` is ended.

    Counts the try per account and per address first, then compares the password in the same time whether or
    not the account exists.

    Raises:
        SignInRefused: unknown, wrong or deactivated.
        TooMany: too many tries.
    """
    folded = fold_email(email)
    await hit(f"sign-in:address:{address}", TRIES_PER_ADDRESS, QUARTER_HOUR)
    await hit(f"sign-in:account:{folded}", TRIES_PER_ACCOUNT, QUARTER_HOUR)
    found = await queries.find_credentials(folded)
    if not await is_password(password, found[1] if found else None) or not found:
        raise SignInRefused
    return await open_session(found[0], replaces=replaces)


@retrying
async def open_session(account: UUID, *, replaces: sessions.Presented | None = None) -> str:
    """Open a session for an account whose owner has proved who they are (password, e-ID)."""
    async with transaction():
        session_id = await sessions.open_session(account, replaces=replaces)
        await audit.record(account, "account:signed_in", account, {})
    return session_id


@retrying
async def sign_out(actor: Actor, session: sessions.Presented) -> None:
    """End this session."""
    async with transaction():
        await sessions.end_session(session)
        await audit.record(actor.id, "account:signed_out", actor.id, {})


async def register_account(form: NewAccount, *, address: str) -> UUID:
    """Open an account with a role anybody may take.

    Raises:
        Invalid: per field what to mend; also when the e-mail has an account.
        TooMany: too many accounts from one address.
    """
    checked = _checked(form)
    if checked.role not in OPEN_ROLES:
        raise Invalid(
            fields={"role": Text("Hãy chọn một vai trò trong danh sách.", "Choose a role of the list.")}
        )
    await hit(f"register:address:{address}", ACCOUNTS_PER_ADDRESS, HOUR)
    return await create_account(checked, frozenset({checked.role}), by=None)


async def create_account(
    form: NewAccount, roles: frozenset[Role], *, by: UUID | None, password_hash: str | None = None
) -> UUID:
    """Make an account with any roles (command line, demo, administrators); `by` None: its own owner.

    `password_hash` is that of `form.password`, for a caller who opens many accounts with one password.

    Raises:
        Invalid: per field what to mend; also when the e-mail has an account.
    """
    checked = _checked(form)
    password_hash = password_hash or await hash_password(checked.password)
    try:
        async with transaction():
            account = await queries.insert_account(checked, checked.email, password_hash, roles)
            await audit.record(account, "account:registered", by or account, {"roles": sorted(roles)})
    except Duplicate:
        raise Invalid(
            fields={
                "email": Text(
                    "E-mail này đã có tài khoản. Hãy đăng nhập, hoặc dùng e-mail khác.",
                    "This e-mail has an account already. Sign in, or use another e-mail.",
                )
            }
        ) from None
    return account


@retrying
async def set_roles(actor: Actor, account: UUID, roles: frozenset[Role]) -> None:
    """Set the roles of an account; they hold from its next request on.

    Raises:
        NotFound: the actor is no administrator, or there is no such account.
        OwnAccount: administrators do not give up their own administration.
    """
    _must_be_admin(actor)
    if account == actor.id and Role.ADMIN not in roles:
        raise OwnAccount
    async with transaction():
        before = await queries.set_roles(account, roles)
        if before is None:
            raise NotFound
        await audit.record(
            account, "account:roles_set", actor.id, {"from": sorted(before), "to": sorted(roles)}
        )


@retrying
async def deactivate_account(actor: Actor, account: UUID) -> None:
    """Lock an account and end its sessions; locking it twice changes nothing.

    Raises:
        NotFound: the actor is no administrator, or there is no such account.
        OwnAccount: nobody locks themselves out.
    """
    _must_be_admin(actor)
    if account == actor.id:
        raise OwnAccount
    async with transaction():
        if await _switch(account, active=False):
            await sessions.end_sessions_of(account)
            await audit.record(account, "account:deactivated", actor.id, {})


@retrying
async def activate_account(actor: Actor, account: UUID) -> None:
    """Unlock an account.

    Raises:
        NotFound: the actor is no administrator, or there is no such account.
    """
    _must_be_admin(actor)
    async with transaction():
        if await _switch(account, active=True):
            await audit.record(account, "account:activated", actor.id, {})


def _must_be_admin(actor: Actor) -> None:
    if not actor.has(Role.ADMIN):
        raise NotFound


async def _switch(account: UUID, *, active: bool) -> bool:
    if await queries.set_active(account, active):
        return True
    if not await queries.is_account(account):
        raise NotFound
    return False


def _checked(form: NewAccount) -> NewAccount:
    """The form with its texts normalised. Raises Invalid with all faults at once."""
    name, email = " ".join(nfc(form.name).split()), fold_email(form.email)
    faults: dict[str, Text] = {}
    if not (2 <= len(name) <= 120 and name.isprintable()):
        faults["name"] = Text("Hãy nhập họ và tên, 2 đến 120 ký tự.", "Enter your name, 2 to 120 characters.")
    faults |= checked_email(email)
    if not SHORTEST <= len(form.password) <= LONGEST:
        faults["password"] = Text(
            f"Mật khẩu cần {SHORTEST} đến {LONGEST} ký tự; một câu dễ nhớ là tốt nhất.",
            f"The password needs {SHORTEST} to {LONGEST} characters; a phrase you remember is best.",
        )
    elif form.password.casefold() == email:
        faults["password"] = Text("Mật khẩu không được là e-mail.", "The password must not be the e-mail.")
    if faults:
        raise Invalid(fields=faults)
    return NewAccount(name=name, email=email, password=form.password, role=form.role, lang=form.lang)
