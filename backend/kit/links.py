"""Personal links: addresses only their receiver can know, for people without an account.

A link names its subject and is signed; what it may still do, and how often, the subject's row says.
"""

from __future__ import annotations

from uuid import UUID

from backend.kit.rate_limit import hit
from backend.kit.security import sign, unsign

LOOKS, EVERY = 60, 3600  # of one address at links of one purpose, in seconds


def link_token(purpose: str, subject: UUID, salt: str = "") -> str:
    """What a link to this subject carries; with a salt nobody can write the same one again."""
    return sign(purpose, f"{subject} {salt}".rstrip())


def subject_of(purpose: str, token: str) -> UUID | None:
    """What a link of ours leads to, None when it is not ours."""
    signed = unsign(purpose, token)
    return UUID(signed.partition(" ")[0]) if signed else None


async def count_look(purpose: str, address: str) -> None:
    """Count one look of this address. Raises TooMany for who tries out links."""
    await hit(f"{purpose}_link:{address}", LOOKS, EVERY)
