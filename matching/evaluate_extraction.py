"""How well skills are read out of sentences that people judged.

A file of judged sentences has one JSON object a line: ``sentence``, ``skills`` (the keys a reader finds in
it) and ``part``: *mend* sentences were looked at when names were mended, *held* ones were not.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from matching.evaluate import Figure
from matching.io import read_rows
from matching.metrics import bootstrap
from matching.skill_graph.extraction import extract
from matching.skill_graph.graph import SkillGraph
from matching.text import is_vietnamese, written_words

_SYLLABLE = re.compile(
    "(b|c|ch|d|đ|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|q|qu|r|s|t|th|tr|v|x)?[aeiouy]{1,3}(c|ch|m|n|ng|nh|p|t)?"
)


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
    """How well skills are read: of either part, and of the held one by language (`language_of`).

    Parameters
    ----------
    file : JSON Lines of `JudgedSentence`

    Yields
    ------
    Figure in [0, 1]: micro-averaged precision, recall and F1 with their 95 % bootstrap intervals

    Raises
    ------
    BadLine, UnknownSkill, OSError
    """
    graph = SkillGraph.load()
    judged = [row for _, row in read_rows(file, JudgedSentence)]
    groups: defaultdict[str, list[Reading]] = defaultdict(list)
    for row in sorted(judged, key=lambda row: row.part, reverse=True):
        groups[row.part].append(read(row, graph))
    for row in judged:
        if row.part == "held":
            groups[f"held, {language_of(row.sentence)}"].append(read(row, graph))
    for group, readings in groups.items():
        about = f"{len(readings)} sentences"
        for name, figure in (("precision", precision), ("recall", recall), ("F1", f1)):
            yield Figure(f"skills, {group}, {name}", bootstrap(readings, figure), about)


def language_of(sentence: str) -> Literal["vi", "en", "mixed"]:
    """``mixed``: Vietnamese, with or without its marks, with a word that no syllable of it looks like."""
    words = written_words(sentence)
    foreign = [word for word in words if word.isascii() and word.isalpha() and not _is_syllable(word)]
    if not is_vietnamese(sentence) and 2 * len(foreign) > len(words):
        return "en"
    return "mixed" if foreign else "vi"


def _is_syllable(word: str) -> bool:
    return _SYLLABLE.fullmatch(word.lower()) is not None and not (len(word) > 1 and word.isupper())


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
