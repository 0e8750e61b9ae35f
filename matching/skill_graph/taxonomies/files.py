"""Which reader a file needs, and the tables of OpenAlex and ESCO."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import msgspec

from matching.errors import BadTaxonomy
from matching.skill_graph.taxonomies.manchester import read_manchester
from matching.skill_graph.taxonomies.taxonomy import Concept, Taxonomy
from matching.skill_graph.taxonomies.turtle import TurtleError, read_turtle

OPENALEX = "https://openalex.org/"
_ESCO_KINDS = {"KnowledgeSkillCompetence": "skill"}
_LEVELS = ("subfield", "field", "domain")


def read_taxonomy(files: Iterable[Path]) -> Taxonomy:
    """One taxonomy from its files: ``.ttl``, ``.omn``, ``.csv`` (OpenAlex topics, ESCO relations or
    collections) and ``.json`` (ESCO skills). Raises BadTaxonomy and OSError."""
    return Taxonomy.joined([_read(file) for file in files])


def _read(file: Path) -> Taxonomy:
    try:
        source = file.read_text("utf-8-sig")
        match file.suffix:
            case ".ttl":
                return read_turtle(source)
            case ".omn":
                return read_manchester(source)
            case ".csv":
                return _read_table(source)
            case ".json":
                return _read_esco(source)
        raise ValueError("neither .ttl, .omn, .csv nor .json")
    except (TurtleError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise BadTaxonomy(file.name, str(error)) from None


def _read_table(source: str) -> Taxonomy:
    rows = csv.DictReader(io.StringIO(source, newline=""))
    columns = set(rows.fieldnames or ())
    if {"topic_id", "topic_name", *_LEVELS} <= columns:
        return _read_openalex(rows)
    if {"conceptType", "conceptUri", "broaderType", "broaderUri"} <= columns:
        return _read_relations(rows)
    if {"conceptUri", "preferredLabel", "altLabels", "broaderConceptUri"} <= columns:
        return _read_collection(rows)
    raise ValueError("the columns of neither OpenAlex nor ESCO")


def _read_openalex(rows: Iterable[dict[str, str]]) -> Taxonomy:
    """Topics, and above them subfield, field and domain, which have no number in the table."""
    concepts, edges = [], []
    for row in rows:
        chain = [Concept(f"{OPENALEX}T{row['topic_id']}", "topic", row["topic_name"])]
        chain += [Concept(f"{OPENALEX}{x}/{row[x]}", x, row[x]) for x in _LEVELS if row[x]]
        concepts += chain
        edges += [(low.id, high.id) for low, high in pairwise(chain)]
    return Taxonomy.of(concepts, edges)


def _read_relations(rows: Iterable[dict[str, str]]) -> Taxonomy:
    """ESCO's hierarchy: skills and groups without names."""
    concepts, edges = [], []
    for row in rows:
        ends = [(row["conceptUri"], row["conceptType"]), (row["broaderUri"], row["broaderType"])]
        concepts += [Concept(key, _ESCO_KINDS.get(kind, "group")) for key, kind in ends]
        edges.append((row["conceptUri"], row["broaderUri"]))
    return Taxonomy.of(concepts, edges)


def _read_collection(rows: Iterable[dict[str, str]]) -> Taxonomy:
    """An ESCO collection, such as the green skills: names and their groups, parted by ``|``."""
    concepts, edges = [], []
    for row in rows:
        key = row["conceptUri"]
        concepts.append(Concept(key, "skill", row["preferredLabel"], tuple(_parted(row["altLabels"]))))
        edges += [(key, above) for above in _parted(row["broaderConceptUri"])]
    return Taxonomy.of(concepts, edges)


def _parted(cell: str) -> Iterator[str]:
    yield from (part.strip() for part in cell.split("|") if part.strip())


def _read_esco(source: str) -> Taxonomy:
    """Skills by address; their alternative names run together with the description and are left out."""
    skills = msgspec.json.decode(source, type=dict[str, dict[str, str]])
    return Taxonomy.of([Concept(key, "skill", skill["label"]) for key, skill in skills.items()])
