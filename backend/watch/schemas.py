"""What the watch hands out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from backend.accounts.schemas import Role
from backend.kit.text import Text

Level = Literal["half", "most", "last_day", "missed"]
LEVELS: tuple[Level, ...] = ("half", "most", "last_day", "missed")
"""From the first warning to the last."""
SAID: dict[Level, Text] = {
    "half": Text("đã dùng một nửa thời hạn", "half of the time is used"),
    "most": Text("đã dùng 80 % thời hạn", "80 % of the time is used"),
    "last_day": Text("còn một ngày", "one day is left"),
    "missed": Text("đã quá hạn", "the day was missed"),
}


class Warned(Struct, frozen=True, kw_only=True):
    """The latest warning of a case; it tells of the clock that is due on this day."""

    application_id: UUID
    clock_key: str
    due_on: date
    level: Level
    warned_at: datetime


class Superior(Struct, frozen=True, kw_only=True):
    """Whom a missed clock of a role is escalated to; nobody was named while `account_id` is None."""

    role: Role
    account_id: UUID | None
    name: str | None


class Candidate(Struct, frozen=True, kw_only=True):
    """Somebody who can be named a superior."""

    id: UUID
    name: str
