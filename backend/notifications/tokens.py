"""What lets whoever holds a mail stop mails of its kind, without signing in."""

from __future__ import annotations

from uuid import UUID

from backend.kit.errors import NotFound
from backend.kit.security import sign, unsign
from backend.notifications.events import KINDS

PURPOSE = "unsubscribe"


def unsubscribe_token(account: UUID, kind: str) -> str:
    """The token that stops mails of one kind to one account."""
    return sign(PURPOSE, f"{account} {kind}")


def opened(token: str) -> tuple[UUID, str]:
    """The account and the kind of a token. Raises NotFound for one that is not ours, or stops nothing."""
    signed = unsign(PURPOSE, token)
    account, _, kind = (signed or "").partition(" ")
    if kind not in KINDS or KINDS[kind].statutory:
        raise NotFound
    return UUID(account), kind
