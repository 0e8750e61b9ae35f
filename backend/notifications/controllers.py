"""The inbox, what somebody chose, and the page that stops mails without signing in."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect, Response, Template

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit.errors import Invalid
from backend.kit.pages import AnyRequest, flash, page, read_form, see_other
from backend.kit.text import Text
from backend.notifications import domain
from backend.notifications.events import HOW, KINDS


class InboxPages(Controller):
    """`/inbox`"""

    path = "/inbox"
    guards = (requires(),)

    @get()
    async def show_inbox(
        self,
        actor: NamedDependency[Actor],
        unread: FromQuery[bool] = False,
        number: Annotated[int, QueryParameter(name="page", ge=1, le=10_000)] = 1,
    ) -> Template:
        """What the actor was told, the latest first."""
        return page(
            "notifications/inbox.html",
            news=await domain.list_news(actor, number, unread=unread),
            unread=unread,
            kinds=KINDS,
        )

    @post("/read")
    async def read_all(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Redirect:
        """Mark everything as read."""
        await domain.read_all(actor)
        flash(request, Text("Đã đánh dấu đọc tất cả.", "Everything is marked as read."))
        return see_other("/inbox")

    @post("/{news_id:uuid}/open")
    async def open_news(self, actor: NamedDependency[Actor], news_id: FromPath[UUID]) -> Redirect:
        """Mark as read and go to the page it tells of."""
        return see_other((await domain.open_news(actor, news_id)).news.path)

    @get("/preferences")
    async def show_choices(self, actor: NamedDependency[Actor]) -> Template:
        """How each kind of news reaches the actor."""
        return await _choices_page(actor)

    @post("/preferences")
    async def choose(self, request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
        """Keep the choices."""
        form = await read_form(request)
        try:
            await domain.choose(actor, {name: form.text(name) for name in form.names()})
        except Invalid as invalid:
            return await _choices_page(actor, errors=invalid.fields, status=invalid.status)
        flash(request, Text("Đã lưu lựa chọn.", "Your choices are saved."))
        return see_other("/inbox/preferences")


class UnsubscribePages(Controller):
    """`/unsubscribe/{token}`: the token of a mail is all it takes."""

    path = "/unsubscribe/{token:str}"

    @get()
    async def ask(self, token: FromPath[str]) -> Template:
        """Ask before anything is stopped: programs open links nobody pressed."""
        return page("notifications/unsubscribe.html", kind=KINDS[domain.kind_of_token(token)])

    @post()
    async def stop(self, token: FromPath[str]) -> Template:
        """Stop mails of this kind."""
        kind = domain.kind_of_token(token)
        await domain.unsubscribe(token)
        return page("notifications/unsubscribed.html", kind=KINDS[kind])


async def _choices_page(
    actor: Actor, *, errors: dict[str, Text] | None = None, status: int = 200
) -> Template:
    return page(
        "notifications/preferences.html",
        status,
        choices=await domain.choices_of(actor),
        ways=HOW,
        errors=errors or {},
    )
