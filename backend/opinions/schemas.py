"""What is asked and answered, as the rest of the registry sees it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from backend.kit.text import Text
from sandbox_rules import Pin

Position = Literal["agree", "agree_if", "disagree", "no_remark"]
POSITIONS: dict[Position, Text] = {
    "agree": Text("Nhất trí", "Agrees"),
    "agree_if": Text("Nhất trí với điều kiện", "Agrees on conditions"),
    "disagree": Text("Không nhất trí", "Does not agree"),
    "no_remark": Text("Không có ý kiến khác", "Has nothing to remark"),
}
Way = Literal["account", "link", "letter"]
WAYS: dict[Way, Text] = {
    "account": Text("trả lời bằng tài khoản", "answered by account"),
    "link": Text("trả lời bằng liên kết cá nhân", "answered by a personal link"),
    "letter": Text("cán bộ ghi từ văn bản giấy", "entered by the officer from a letter"),
}


class Opinion(Struct, frozen=True, kw_only=True):
    """One question to one agency and what became of it. `files` are ids of files of the dossier."""

    id: UUID
    application_id: UUID
    number: str
    title: str
    pin: Pin
    state: str
    agency: str
    email: str
    account_id: UUID | None
    question: str
    files: list[UUID]
    document: UUID | None
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime
    due_on: date
    position: Position | None
    answer: str | None
    answered_by: str | None
    way: Way | None
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether the agency may still answer."""
        return self.ended_at is None


class NewOpinion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to ask what. With an account of the agency (by its e-mail) it answers signed in."""

    agency: Annotated[str, Meta(max_length=200)]
    email: Annotated[str, Meta(max_length=254)]
    question: Annotated[str, Meta(max_length=5000)]
    files: list[UUID] = []


class Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the agency says; `answered_by` is name and office, taken from the account where there is one."""

    position: str
    answer: Annotated[str, Meta(max_length=10_000)] = ""
    answered_by: Annotated[str, Meta(max_length=160)] = ""
