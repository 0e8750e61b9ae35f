"""Pages of who is invited: signed in with the e-mail that was invited, or by the mailed link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template

from backend.accounts.domain import open_session
from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit import sessions
from backend.kit.errors import BenThuError, Conflict, Invalid
from backend.kit.links import count_look
from backend.kit.pages import AnyRequest, flash, language_of, page, read_form, see_other
from backend.kit.security import client_address, keep_private
from backend.kit.text import Text
from backend.organisations import invitations
from backend.organisations.invitation_schemas import Invitation, NewCoworker


class InvitationPages(Controller):
    """`/invitations`"""

    path = "/invitations"

    @get("/{invitation:uuid}", guards=[requires()])
    async def show_invitation(self, actor: NamedDependency[Actor], invitation: FromPath[UUID]) -> Template:
        """An invitation to the actor's e-mail: accept or decline."""
        return _reply_page(await invitations.get_own_invitation(actor, invitation))

    @post("/{invitation:uuid}", guards=[requires()])
    async def reply(
        self, request: AnyRequest, actor: NamedDependency[Actor], invitation: FromPath[UUID]
    ) -> Response[Any]:
        """Accept or decline."""
        form = await read_form(request)
        asked = await invitations.get_own_invitation(actor, invitation)
        try:
            if form.text("reply") == "decline":
                await invitations.decline_invitation(actor, invitation)
                flash(request, Text("Bạn đã từ chối lời mời.", "You have declined the invitation."))
                return see_other("/workspace")
            await invitations.accept_invitation(actor, invitation)
        except Conflict as refused:
            return _reply_page(asked, refused)
        flash(request, _WELCOME)
        return see_other(f"/organisations/{asked.organisation}")

    @get("/link/{token:str}")
    async def show_link(
        self, request: AnyRequest, visitor: NamedDependency[Actor | None], token: FromPath[str]
    ) -> Response[Any]:
        """Where the mailed link leads: open an account, or sign in with the very same e-mail."""
        asked = await _by_link(request, token)
        if visitor and visitor.email == asked.email:
            return see_other(f"/invitations/{asked.id}")
        return _link_page(asked, token)

    @post("/link/{token:str}")
    async def join(
        self, request: AnyRequest, visitor: NamedDependency[Actor | None], token: FromPath[str]
    ) -> Response[Any]:
        """Open an account for the invited e-mail, sign in with it and belong to the organisation."""
        asked, form = await _by_link(request, token), await read_form(request)
        if visitor and visitor.email == asked.email:
            return see_other(f"/invitations/{asked.id}")
        new = NewCoworker(name=form.text("name"), password=form.secret("password"), lang=language_of(request))
        try:
            if visitor:
                raise Conflict(_OTHER_ACCOUNT)
            account, joined = await invitations.join_by_link(token, new, address=client_address(request))
        except (Conflict, Invalid) as refused:
            return _link_page(asked, token, form.values(), refused)
        sessions.give_cookie(request, await open_session(account, replaces=request.scope.get("auth")))
        flash(request, _WELCOME)
        return see_other(f"/organisations/{joined.organisation}")


async def _by_link(request: AnyRequest, token: str) -> Invitation:
    keep_private(request.scope)
    await count_look(invitations.PURPOSE, client_address(request))
    return await invitations.open_link(token)


def _reply_page(asked: Invitation, refused: BenThuError | None = None) -> Template:
    return page(
        "organisations/invitation.html",
        refused.status if refused else 200,
        invitation=asked,
        ended=None if asked.is_open else invitations.ended(asked).text,
        errors={"": refused.text} if refused and asked.is_open else {},
    )


def _link_page(
    asked: Invitation, token: str, values: dict[str, str] | None = None, refused: BenThuError | None = None
) -> Template:
    return page(
        "organisations/invitation_link.html",
        refused.status if refused else 200,
        invitation=asked,
        token=token,
        ended=None if asked.is_open else invitations.ended(asked).text,
        values=values or {},
        errors=(refused.fields or {"": refused.text}) if refused and asked.is_open else {},
    )


_WELCOME = Text("Bạn đã là thành viên của tổ chức.", "You belong to the organisation.")
_OTHER_ACCOUNT = Text(
    "Bạn đang đăng nhập bằng e-mail khác. Hãy đăng xuất rồi mở lại liên kết.",
    "You are signed in with another e-mail. Sign out and open the link again.",
)
