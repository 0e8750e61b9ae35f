"""Passwords: normalised, hashed with argon2id off the event loop, checked in equal time for all."""

from __future__ import annotations

import asyncio
import unicodedata
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST, LONGEST = 12, 128


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobodys_hash() -> str:
    """What an unknown e-mail is checked against, so that it takes as long as a known one."""
    return _hasher().hash("no account has this password")


async def hash_password(password: str) -> str:
    """The hash to store."""
    return await asyncio.to_thread(_hasher().hash, _normal(password))


async def is_password(password: str, stored: str | None) -> bool:
    """Whether the password fits; without a stored hash the work is done all the same and the answer is no."""
    fits = await asyncio.to_thread(_verify, _normal(password), stored or _nobodys_hash())
    return fits and bool(stored)


def _verify(password: str, stored: str) -> bool:
    return _hasher().verify(password, stored)


def _normal(password: str) -> str:
    """NFKC: the same keys give the same password on every keyboard."""
    return unicodedata.normalize("NFKC", password)
