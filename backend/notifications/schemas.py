"""What is told and chosen, as the rest of the registry sees it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.kit.text import Text
from backend.notifications.events import KINDS, How, Kind


class News(Struct, frozen=True, kw_only=True):
    """What a piece of news says. `path` is the page it leads to, beginning with a slash.

    `clock` tells the time limits that run, the agency's and the reader's own.
    """

    headline: Text
    happened: Text
    path: str = "/"
    todo: Text | None = None
    due: date | None = None
    clock: Text | None = None


class Notification(Struct, frozen=True, kw_only=True):
    """News for one account; `read_at` is unset until it was opened."""

    id: UUID
    account: UUID
    kind: str
    news: News
    created_at: datetime
    read_at: datetime | None


class Choice(Struct, frozen=True, kw_only=True):
    """How one kind of news reaches somebody; for a statutory kind `how` is always `now`."""

    key: str
    kind: Kind
    how: How


class ChoiceForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish for one kind of news."""

    kind: Annotated[str, Meta(max_length=20)]
    how: How


def how_of(kind: str, chosen: How | None) -> How:
    """How news of this kind reaches somebody who chose so, or chose nothing."""
    return "now" if KINDS[kind].statutory else chosen or "now"
