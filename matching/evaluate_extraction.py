"""How well skills are read out of sentences that people judged.

A file of judged sentences has one JSON object a line: ``sentence``, ``skills`` (the keys a reader finds in
it) and ``part``: *mend* sentences were looked at when names were mended, *held* ones were not.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from matching.evaluate import Figure
from matching.io import read_rows
from matching.metrics import bootstrap
from matching.skill_graph.extraction import extract
from matching.skill_graph.graph import SkillGraph


class JudgedSentence(msgspec.Struct, frozen=True):
    sentence: str
    skills: frozenset[str]
    part: Literal["mend", "held"]


class Reading(msgspec.Struct, frozen=True):
    """How many skills of a sentence were ``right``ly read, read though not there, and ``missed``."""

    right: int
    extra: int
    missed: int


def evaluate_extraction(file: Path) -> Iterator[Figure]:
    """Precision, recall and F1 of either part. Raises BadLine, UnknownSkill and OSError."""
    graph = SkillGraph.load()
    judged = [row for _, row in read_rows(file, JudgedSentence)]
    for part in ("mend", "held"):
        readings = [read(row, graph) for row in judged if row.part == part]
        if readings:
            about = f"{len(readings)} sentences"
            for name, figure in (("precision", precision), ("recall", recall), ("F1", f1)):
                yield Figure(f"skills, {part}, {name}", bootstrap(readings, figure), about)


def read(judged: JudgedSentence, graph: SkillGraph) -> Reading:
    """The skills found in a sentence against the judged ones. Raises UnknownSkill."""
    wanted = {graph[key].key for key in judged.skills}
    found = {hit.key for hit in extract(judged.sentence, graph)}
    return Reading(len(found & wanted), len(found - wanted), len(wanted - found))


def precision(readings: Sequence[Reading]) -> float:
    """The share of found skills that are there, over all sentences; 1 when nothing was found."""
    return _share(sum(r.right for r in readings), sum(r.extra for r in readings))


def recall(readings: Sequence[Reading]) -> float:
    """The share of skills that were found, over all sentences; 1 when there are none."""
    return _share(sum(r.right for r in readings), sum(r.missed for r in readings))


def f1(readings: Sequence[Reading]) -> float:
    """The harmonic mean of precision and recall."""
    twice = 2 * sum(r.right for r in readings)
    return _share(twice, sum(r.extra + r.missed for r in readings))


def _share(right: int, wrong: int) -> float:
    return right / (right + wrong) if right + wrong else 1.0
