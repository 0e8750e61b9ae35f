"""Pages of accounts: sign in and out, open an account."""

from __future__ import annotations

from typing import Any

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.response import Response, Template

from backend.accounts import domain
from backend.accounts.errors import SignInRefused
from backend.accounts.schemas import OPEN_ROLES, Actor, NewAccount, Role
from backend.demo_accounts import ACCOUNTS, PASSWORD
from backend.kit import sessions
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, Form, flash, language_of, local_path, page, read_form, see_other
from backend.kit.security import client_address
from backend.kit.text import Text
from backend.settings import settings

HOME = "/workspace"


class SignInPages(Controller):
    """Sign in, sign out."""

    @get("/sign-in")
    async def show_sign_in(
        self, request: AnyRequest, visitor: NamedDependency[Actor | None]
    ) -> Response[Any]:
        """The form; who is signed in already goes on."""
        goal = local_path(request.query_params.get("next", ""), HOME)
        return see_other(goal) if visitor else _sign_in_page(goal=goal)

    @post("/sign-in")
    async def sign_in(self, request: AnyRequest) -> Response[Any]:
        """Sign in with e-mail and password; the answer to anything wrong is the same."""
        form = await read_form(request)
        goal = local_path(form.text("next"), HOME)
        try:
            session_id = await domain.sign_in(
                form.text("email"),
                form.secret("password"),
                address=client_address(request),
                replaces=request.scope.get("auth"),
            )
        except SignInRefused as refused:
            return _sign_in_page(
                goal=goal, email=form.text("email"), refused=refused.text, status=refused.status
            )
        sessions.give_cookie(request, session_id)
        return see_other(goal)

    @post("/sign-out")
    async def sign_out(self, request: AnyRequest, visitor: NamedDependency[Actor | None]) -> Response[Any]:
        """End the session; a stranger is signed out already."""
        if visitor:
            await domain.sign_out(visitor, request.auth)
        sessions.take_cookie(request)
        flash(request, Text("Bạn đã đăng xuất.", "You are signed out."))
        return see_other("/")


class AccountPages(Controller):
    """Open an account."""

    path = "/accounts"

    @get("/new")
    async def show_new_account(self) -> Template:
        """The form."""
        return _new_account_page()

    @post("/new")
    async def register_account(self, request: AnyRequest) -> Response[Any]:
        """Open an account and sign in with it."""
        form = await read_form(request)
        try:
            account = await domain.register_account(
                _new_account(form, request), address=client_address(request)
            )
        except Invalid as invalid:
            return _new_account_page(form.values(), invalid.fields, status=invalid.status)
        session_id = await domain.open_session(account, replaces=request.scope.get("auth"))
        sessions.give_cookie(request, session_id)
        flash(request, Text("Tài khoản đã được mở.", "Your account is open."))
        return see_other("/organisations/new" if form.text("role") != Role.EXPERT else HOME)


def _sign_in_page(*, goal: str, email: str = "", refused: Text | None = None, status: int = 200) -> Template:
    return page(
        "accounts/sign_in.html",
        status=status,
        goal=goal,
        email=email,
        refused=refused,
        demo_accounts=ACCOUNTS if settings().demo else {},
        demo_password=PASSWORD if settings().demo else "",
    )


def _new_account_page(
    values: dict[str, str] | None = None, errors: dict[str, Text] | None = None, status: int = 200
) -> Template:
    return page(
        "accounts/new.html", status=status, values=values or {}, errors=errors or {}, open_roles=OPEN_ROLES
    )


def _new_account(form: Form, request: AnyRequest) -> NewAccount:
    role = form.text("role")
    if role not in set(OPEN_ROLES):
        raise Invalid(fields={"role": Text("Hãy chọn một vai trò.", "Choose a role.")})
    return NewAccount(
        name=form.text("name"),
        email=form.text("email"),
        password=form.secret("password"),
        role=Role(role),
        lang=language_of(request),
    )
