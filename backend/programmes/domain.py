"""Which rule file applies, and the promise that a released one never changes."""

from __future__ import annotations

from functools import cache

import sandbox_rules
from backend.kit import clock
from backend.kit.db import transaction
from backend.kit.errors import NotFound
from backend.kit.text import Text
from backend.programmes.queries import list_stored_pins, store_file
from sandbox_rules import Pin, Programme, Programmes, load
from sandbox_rules.loader import HERE


class ReleasedFileChanged(RuntimeError):
    """A rule file that dossiers may be pinned to has other bytes than when it was first loaded."""

    def __init__(self, stored: Pin, found: Pin | None) -> None:
        now = f"has hash {found.sha256[:12]}" if found else "is missing"
        super().__init__(
            f"programmes/{stored.key}/{stored.in_force}.toml {now}, "
            f"but was released with {stored.sha256[:12]}: "
            "put the released text back and write the change as a new file with its own day in force"
        )


@cache
def rules() -> Programmes:
    """Return all rule files, read once a process. Raises RuleFileErrors: the service must not start then."""
    return load()


def in_force(key: str) -> Programme:
    """Return the file that governs an application submitted today. Raises NotFound."""
    try:
        return rules().in_force(key, clock.today())
    except LookupError:
        raise NotFound from None


def list_in_force() -> list[Programme]:
    """Return the files that govern applications submitted today, by key."""
    today = clock.today()
    newest = {one.key: one for one in rules().all() if one.in_force <= today}
    return list(newest.values())


def pinned(pin: Pin) -> Programme:
    """Return the very text a dossier is pinned to. Raises LookupError when it is not here."""
    return rules().pinned(pin)


def text_of(said: sandbox_rules.Text) -> Text:
    """Return a text of a rule file as the text the registry stores and hands out."""
    return Text(said.vi, said.en)


async def store_released_files() -> None:
    """Keep the text of every file not stored yet; runs at each start, in one transaction.

    Raises ReleasedFileChanged when a stored file is missing or has other bytes now.
    """
    found = {(one.key, one.in_force): one.pin for one in rules().all()}
    async with transaction():
        stored = await list_stored_pins()
        for pin in stored:
            if found.get((pin.key, pin.in_force)) != pin:
                raise ReleasedFileChanged(pin, found.get((pin.key, pin.in_force)))
        for pin in found.values():
            if pin not in stored:
                await store_file(pin, released_text(pin))


def released_text(pin: Pin) -> str:
    """Return the text of a file in the folder of rule files."""
    return (HERE / "programmes" / pin.key / f"{pin.in_force}.toml").read_text("utf-8")
