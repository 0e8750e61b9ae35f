"""JSON Lines in and out. A bad line names itself, its field and the mend; a file is written whole or not at
all."""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from matching.errors import BadLine
from matching.matcher import FoundPath, Match
from matching.profiles import Need, Offer
from matching.skill_graph.graph import SkillGraph

_Row = TypeVar("_Row")
_Known = TypeVar("_Known", Offer, Need)


def read_offers(file: Path) -> list[Offer]:
    """The offers of a file, in order. Raises BadLine."""
    return _read(file, Offer)


def read_needs(file: Path) -> list[Need]:
    """The needs of a file, in order. Raises BadLine."""
    return _read(file, Need)


def read_rows(file: Path, kind: type[_Row]) -> Iterator[tuple[int, _Row]]:
    """Number and content of each line that is not empty. Raises BadLine."""
    decoder = msgspec.json.Decoder(kind)
    for number, line in _lines(file):
        yield number, _decode(decoder, file, number, line)


def _read(file: Path, kind: type[_Known]) -> list[_Known]:
    rows: dict[str, _Known] = {}
    for number, row in read_rows(file, kind):
        if row.id in rows:
            raise BadLine(file.name, number, "$.id", f"the id {row.id!r} was used before")
        rows[row.id] = row
    return list(rows.values())


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            bare = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if bare.strip():
                yield number, bare


def _decode(decoder: msgspec.json.Decoder[_Row], file: Path, number: int, line: bytes) -> _Row:
    try:
        return decoder.decode(line)
    except msgspec.ValidationError as error:
        what, _, field = str(error).partition(" - at `")
        missing = re.search(r"missing required field `(\w+)`", what)
        place = (field.removesuffix("`") or "$") + (f".{missing[1]}" if missing else "")
        raise BadLine(file.name, number, place, what) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadLine(file.name, number, "$", f"not a JSON object in UTF-8 ({error})") from None


def unknown_skills(rows: Iterable[Offer | Need], graph: SkillGraph) -> list[tuple[str, str]]:
    """(row id, key) of every skill the graph does not have. Their words are still looked for in texts."""
    return [(row.id, skill.key) for row in rows for skill in row.skills if skill.key not in graph]


class WrittenStep(msgspec.Struct, frozen=True):
    edge: str
    key: str


class WrittenPath(msgspec.Struct, frozen=True):
    """``need`` → ``steps`` → the skill ``evidence`` shows; ``covered`` in (0, 1]."""

    need: str
    steps: tuple[WrittenStep, ...]
    evidence: str
    covered: float


class WrittenMatch(msgspec.Struct, frozen=True):
    offer: str
    score: float
    coverage: float | None
    band: str
    paths: tuple[WrittenPath, ...]


class WrittenNeed(msgspec.Struct, frozen=True):
    """One line of the output: a need and its matches, best first."""

    need: str
    matches: tuple[WrittenMatch, ...]


def written(need: Need, matches: Iterable[Match]) -> WrittenNeed:
    return WrittenNeed(
        need.id,
        tuple(
            WrittenMatch(m.offer, m.score, m.coverage, m.band, tuple(_written_path(p) for p in m.paths))
            for m in matches
        ),
    )


def _written_path(found: FoundPath) -> WrittenPath:
    steps = tuple(WrittenStep(step.edge, step.key) for step in found.path.steps)
    return WrittenPath(found.path.start, steps, found.evidence, found.covered)


def write_lines(file: Path, rows: Iterable[object]) -> int:
    """Write one JSON object a line; the file appears when the last line is on the disk. Returns the lines."""
    encoder = msgspec.json.Encoder()
    return write_whole(file, (encoder.encode(row) + b"\n" for row in rows))


def write_whole(file: Path, pieces: Iterable[bytes]) -> int:
    """Write the pieces; the file appears when the last one is on the disk. Returns how many there were."""
    count = 0
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            for piece in pieces:
                out.write(piece)
                count += 1
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return count
