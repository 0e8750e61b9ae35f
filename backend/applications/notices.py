"""What the members of an organisation are told of their case, in their inbox and by mail."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from msgspec.structs import replace

from backend.accounts.queries import list_memberships
from backend.applications.clock_words import clocks_in_words
from backend.applications.schemas import Application
from backend.applications.standing import standing_of
from backend.kit.text import Text
from backend.notifications.domain import notify
from backend.notifications.schemas import News
from backend.programmes.domain import text_of
from sandbox_rules import Clock


async def tell_of(
    application: Application,
    news: News,
    due_on: date | None,
    key: str,
    *,
    kind: str = "case",
    accounts: Collection[UUID] | None = None,
) -> None:
    """Tell each member (or these accounts) about the case, once for each `key`."""
    if accounts is None:
        accounts = [one["account"] for one in await list_memberships(application.organisation_id)]
    headline = Text(f"{application.number}: {news.headline.vi}", f"{application.number}: {news.headline.en}")
    whole = replace(news, headline=headline, path=f"/cases/{application.id}", due=due_on)
    await notify(accounts, kind, key, whole)


async def tell_members(
    application: Application, due_on: date | None, clocks: Sequence[Clock], seq: int
) -> None:
    """Tell each member how the case stands now, once for each line `seq` of its history."""
    members = await list_memberships(application.organisation_id)
    key = f"application_state:{application.id}:{seq}"
    await notify([one["account"] for one in members], "case", key, _standing(application, due_on, clocks))


def _standing(application: Application, due_on: date | None, clocks: Sequence[Clock]) -> News:
    """Where the case stands, and what follows: what they must do, or what comes next."""
    state = standing_of(application).state
    label, follows = text_of(state.public), text_of(state.next)
    is_theirs = state.holder == "applicant"
    title, number = application.title, f" {application.number}" if application.number else ""
    case = (
        Text(f"Hồ sơ “{title}”", f"The application “{title}”")
        if title
        else Text("Hồ sơ của tổ chức bạn", "Your organisation's application")
    )
    next_step = Text("", "") if is_theirs else Text(f" Tiếp theo: {follows.vi}", f" Next: {follows.en}")
    return News(
        headline=Text(f"Hồ sơ{number}: {label.vi}", f"Application{number}: {label.en}"),
        happened=Text(
            f"{case.vi} nay ở trạng thái: {label.vi}.{next_step.vi}",
            f"{case.en} is now: {label.en}.{next_step.en}",
        ),
        todo=follows if is_theirs else None,
        due=due_on,
        clock=None if state.closed else clocks_in_words(clocks),
        path=f"/cases/{application.id}" if application.number else f"/applications/{application.id}",
    )
