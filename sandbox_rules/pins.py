"""Released files never change: their hashes are written down once, and compared by every build."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sandbox_rules.programme import Programme

PINS = Path(__file__).parent / "programmes" / "PINS"


def pins_of(programmes: Iterable[Programme]) -> dict[str, str]:
    """Return the hash of every file by its place, as they are now."""
    return {f"{one.key}/{one.in_force}.toml": one.pin.sha256 for one in programmes}


def read_pins(path: Path = PINS) -> dict[str, str]:
    """Return the hashes written down, by file."""
    if not path.exists():
        return {}
    rows = (line.split() for line in path.read_text("utf-8").splitlines() if line.strip())
    return {file: digest for digest, file in rows}


def broken_pins(programmes: Iterable[Programme], path: Path = PINS) -> list[str]:
    """Return the files that were written down and have since changed or gone."""
    now = pins_of(programmes)
    return [file for file, digest in read_pins(path).items() if now.get(file) != digest]


def add_pins(programmes: Iterable[Programme], path: Path = PINS) -> list[str]:
    """Write down the files not yet written down; leave the others alone. Return what was added."""
    known, now = read_pins(path), pins_of(programmes)
    added = [file for file in now if file not in known]
    rows = sorted((now | known).items())
    path.write_text("".join(f"{digest}  {file}\n" for file, digest in rows), "utf-8")
    return added
