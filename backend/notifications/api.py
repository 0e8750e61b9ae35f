"""The JSON interface of the inbox, of choices, and of one-click unsubscription."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.accounts.guards import requires
from backend.accounts.schemas import Actor
from backend.kit.pages import see_other
from backend.kit.text import Text
from backend.notifications import domain
from backend.notifications.events import How
from backend.notifications.schemas import ChoiceForm, Notification


class NewsView(Struct, frozen=True, kw_only=True):
    """A piece of news; `path` is the page it leads to."""

    id: UUID
    kind: str
    headline: Text
    happened: Text
    todo: Text | None
    due: date | None
    clock: Text | None
    path: str
    created_at: datetime
    read_at: datetime | None


class NewsList(Struct, frozen=True, kw_only=True):
    """One page of an inbox."""

    items: list[NewsView]
    total: int
    page: int
    size: int


class Unread(Struct, frozen=True, kw_only=True):
    """How much is unread."""

    unread: int


class ChoiceView(Struct, frozen=True, kw_only=True):
    """How one kind of news is told; `statutory` ones are always mailed at once."""

    kind: str
    label: Text
    statutory: bool
    how: How


class InboxApi(Controller):
    """`/api/v1/inbox`"""

    path = "/api/v1/inbox"
    tags = ("Inbox",)
    guards = (requires(),)

    @get()
    async def list_news(
        self,
        actor: NamedDependency[Actor],
        unread: FromQuery[bool] = False,
        page: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1,
    ) -> NewsList:
        """What the caller was told, the latest first."""
        found = await domain.list_news(actor, page, unread=unread)
        return NewsList(
            items=[_view(one) for one in found.items], total=found.total, page=found.page, size=found.size
        )

    @get("/unread")
    async def count_unread(self, actor: NamedDependency[Actor]) -> Unread:
        """How many pieces of news the caller has not read."""
        return Unread(unread=await domain.count_unread(actor))

    @post("/{news_id:uuid}/read", status_code=200)
    async def read_news(self, actor: NamedDependency[Actor], news_id: FromPath[UUID]) -> NewsView:
        """Mark one piece of news as read."""
        return _view(await domain.open_news(actor, news_id))

    @get("/preferences")
    async def list_choices(self, actor: NamedDependency[Actor]) -> list[ChoiceView]:
        """How each kind of news reaches the caller."""
        return await _choices(actor)

    @put("/preferences")
    async def choose(
        self, actor: NamedDependency[Actor], data: JSONBody[list[ChoiceForm]]
    ) -> list[ChoiceView]:
        """Keep the wishes; a kind that is not named stays as it was."""
        await domain.choose(actor, {one.kind: one.how for one in data})
        return await _choices(actor)


class UnsubscribeApi(Controller):
    """`/api/v1/unsubscribe/{token}`: the address in the header `List-Unsubscribe` (RFC 8058)."""

    path = "/api/v1/unsubscribe/{token:str}"
    tags = ("Inbox",)

    @get(status_code=303)
    async def ask(self, token: FromPath[str]) -> Redirect:
        """A person who opens the address gets the page that asks."""
        domain.kind_of_token(token)
        return see_other(f"/unsubscribe/{token}")

    @post(status_code=204)
    async def stop(self, token: FromPath[str]) -> None:
        """Stop mails of this kind at once, as mail programs do."""
        await domain.unsubscribe(token)


async def _choices(actor: Actor) -> list[ChoiceView]:
    return [
        ChoiceView(kind=one.key, label=one.kind.label, statutory=one.kind.statutory, how=one.how)
        for one in await domain.choices_of(actor)
    ]


def _view(one: Notification) -> NewsView:
    return NewsView(
        id=one.id,
        kind=one.kind,
        headline=one.news.headline,
        happened=one.news.happened,
        todo=one.news.todo,
        due=one.news.due,
        clock=one.news.clock,
        path=one.news.path,
        created_at=one.created_at,
        read_at=one.read_at,
    )
