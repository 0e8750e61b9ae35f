"""Rows of the stored rule files."""

from __future__ import annotations

from backend.programmes.tables import ProgrammeFile
from sandbox_rules import Pin


async def list_stored_pins() -> list[Pin]:
    """Return the pin of every stored file, by key and day in force."""
    columns = (ProgrammeFile.key, ProgrammeFile.in_force, ProgrammeFile.sha256)
    rows = await ProgrammeFile.select(*columns).order_by(ProgrammeFile.key, ProgrammeFile.in_force)
    return [Pin(row["key"], row["in_force"], row["sha256"]) for row in rows]


async def store_file(pin: Pin, content: str) -> None:
    """Keep the text of one file."""
    await ProgrammeFile.insert(
        ProgrammeFile(key=pin.key, in_force=pin.in_force, sha256=pin.sha256, content=content)
    )
