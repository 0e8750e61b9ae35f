"""What officers arrange among themselves, as pages and the JSON interface show it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from backend.kit.text import Text

BulkAction = Literal["take", "hand_over"]
Outcome = Literal["done", "refused", "open"]
MOST = 100
"""Cases one action takes at most."""


class Handover(Struct, frozen=True, kw_only=True):
    """A case given to somebody; without `from_name` it was nobody's."""

    application_id: UUID
    from_name: str | None
    to_name: str
    reason: str
    at: datetime


class Presence(Struct, frozen=True, kw_only=True):
    """Somebody else who opened the case a short while ago."""

    name: str
    minutes: int


class SavedView(Struct, frozen=True, kw_only=True):
    """A view of the queue under a name; `owner` is who shared it, None for the reader's own."""

    id: UUID
    name: str
    href: str
    is_shared: bool
    owner: str | None


class Officer(Struct, frozen=True, kw_only=True):
    """Somebody a case can be given to, and how many open cases they have."""

    id: UUID
    name: str
    cases: int


class Order(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action on many cases: `to` and `reason` to hand them over."""

    action: BulkAction
    cases: Annotated[list[UUID], Meta(max_length=MOST)]
    to: UUID | None = None
    reason: Annotated[str, Meta(max_length=1000)] = ""


class BulkOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order with its own id: sent twice, it is done once."""

    id: UUID
    order: Order


class BulkLine(Struct, frozen=True, kw_only=True):
    """One case of an action: what will become of it, or did. `refused` says why not."""

    id: UUID
    number: str
    title: str
    handler_name: str | None
    outcome: Outcome
    refused: Text | None


class Preview(Struct, frozen=True, kw_only=True):
    """What an action would do, case by case, and to whom; nothing has been done."""

    lines: list[BulkLine]
    to_name: str | None

    @property
    def possible(self) -> list[BulkLine]:
        """The cases on which it can be done."""
        return [one for one in self.lines if one.refused is None]


class BulkRun(Struct, frozen=True, kw_only=True):
    """An action that was asked for, and what became of each case."""

    id: UUID
    order: Order
    to_name: str | None
    asked_at: datetime
    lines: list[BulkLine]


# What the JSON interface takes in


class NewHandover(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    to: UUID
    reason: Annotated[str, Meta(max_length=1000)] = ""


class NewView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`address`: the part of a queue's address behind the question mark."""

    name: Annotated[str, Meta(max_length=80)]
    address: Annotated[str, Meta(max_length=500)]
    is_shared: bool = False
