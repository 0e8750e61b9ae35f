"""The readers of public taxonomies: on small documents, and on the real files where they are."""

from pathlib import Path

import pytest

from matching import SkillGraph
from matching.errors import BadTaxonomy
from matching.skill_graph.taxonomies import Concept, Taxonomy, address, read_taxonomy
from matching.skill_graph.taxonomies.manchester import read_manchester
from matching.skill_graph.taxonomies.turtle import Literal, TurtleError, read_turtle, triples
from matching.text import tokens

TURTLE = """@prefix : <http://x/> . # a note
PREFIX owl: <http://www.w3.org/2002/07/owl#>
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@base <http://base/> .

:Etch a owl:Class ; rdfs:label "Ätzen"@de , "etching"@en ; rdfs:subClassOf :Process ,
    [ a owl:Restriction ; owl:onProperty :p ; owl:hasValue 2.5 ] ; .
:Process a owl:Class ; rdfs:label \"\"\"a "step"
of \\u0041\\t\\\"\"\"\" .
[ a owl:Class ] :p true , ( :a ( ) "x"^^:type ), [] .
( :a ) :p -1 .
[ :p :q ] .
_:n1 a owl:Class .
<rel> a skos:Concept ; skos:prefLabel 'dry' ; skos:altLabel '''it''' ; skos:broader :wet\\,dry .
:wet\\,dry a skos:Concept ; skos:narrower :more ; ; skos:broader <http://elsewhere> .
:more a skos:Concept .
"""


def test_turtle_is_read_with_names_in_english_first():
    found = read_turtle(TURTLE)
    assert found.concepts == {
        concept.id: concept
        for concept in (
            Concept("http://x/Etch", "class", "etching", ("Ätzen",)),
            Concept("http://x/Process", "class", 'a "step"\nof A\t"'),
            Concept("http://base/rel", "concept", "dry", ("it",)),
            Concept("http://x/wet,dry", "concept"),
            Concept("http://x/more", "concept"),
        )
    }
    assert found.broader == {
        ("http://x/Etch", "http://x/Process"),
        ("http://base/rel", "http://x/wet,dry"),
        ("http://x/more", "http://x/wet,dry"),
    }


def test_turtle_keeps_languages_and_blank_nodes():
    found = list(triples('<a:b> <a:c> "Điện"@vi-VN, true, _:z .'))
    assert [thing for _, _, thing in found] == [Literal("Điện", "vi-vn"), Literal("true"), "_:nz"]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<a:b> <a:c> <a:d>", "'the end' stands where '.' must"),
        ("x:b <a:c> <a:d> .", "'x:b' is no address"),
        ("\n<a:b> ~", "line 2: '~' cannot be read"),
    ],
)
def test_turtle_says_where_it_stopped(source: str, complaint: str):
    with pytest.raises(TurtleError) as caught:
        list(triples(source))
    assert str(caught.value) == complaint


MANCHESTER = """Prefix: : <http://x/>
Prefix: rdfs: <http://www.w3.org/2000/01/rdf-schema#>

Ontology: <http://x/>

Class: <http://upper/Thing>


Class: A

    Annotations:
        <http://purl.obolibrary.org/obo/IAO_0000118> "Windkraft"@de,
        <http://purl.obolibrary.org/obo/IAO_0000118> "wind",
        rdfs:comment "Class: not a frame
Class: nor this, SubClassOf:",
        rdfs:label "wind energy"@en

    SubClassOf:
        B,
        p some (C and D),
        <http://upper/Thing>


Class: B


Individual: i

    Types:
        A
"""


def test_manchester_keeps_the_classes_of_its_own_namespace():
    found = read_manchester(MANCHESTER)
    assert found.concepts == {
        "http://x/A": Concept("http://x/A", "class", "wind energy", ("wind",)),
        "http://x/B": Concept("http://x/B", "class"),
    }
    assert found.broader == {("http://x/A", "http://x/B")}


def test_files_of_one_taxonomy_are_joined(tmp_path: Path):
    relations = "conceptType,conceptUri,broaderType,broaderUri\nKnowledgeSkillCompetence,s,SkillGroup,g\n"
    (tmp_path / "relations.csv").write_text("\ufeff" + relations, "utf-8")
    (tmp_path / "skills.json").write_text('{"s": {"label": "sail", "rest": "boats"}}')
    (tmp_path / "green.csv").write_text(
        "conceptUri,preferredLabel,altLabels,broaderConceptUri\ns,sail ships,sail | go sailing,g | h\n"
    )
    found = read_taxonomy(tmp_path / name for name in ("relations.csv", "skills.json", "green.csv"))
    assert found == Taxonomy(
        {"s": Concept("s", "skill", "sail", ("sail ships", "go sailing")), "g": Concept("g", "group")},
        frozenset({("s", "g"), ("s", "h")}),
    )
    assert found.counts() == {"group": 1, "skill": 1, "broader": 2}


def test_openalex_topics_hang_below_subfield_field_and_domain(tmp_path: Path):
    (tmp_path / "t.csv").write_text("topic_id,topic_name,domain,field,subfield\n1,MEMS,,Physics,Devices\n")
    found = read_taxonomy([tmp_path / "t.csv"])
    assert found.counts() == {"field": 1, "subfield": 1, "topic": 1, "broader": 2}
    assert found.concepts["https://openalex.org/T1"].label == "MEMS"


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.csv", "x,y\n1,2\n", "the columns of neither OpenAlex nor ESCO"),
        ("a.xlsx", "", "neither .ttl, .omn, .csv nor .json"),
        ("a.ttl", "?", "line 1: '?' cannot be read"),
        ("a.json", "[]", "Expected `object`, got `array`"),
        ("a.json", '{"s": {}}', "'label'"),
    ],
)
def test_a_foreign_file_is_refused_with_a_reason(tmp_path: Path, name: str, content: str, complaint: str):
    (tmp_path / name).write_text(content)
    with pytest.raises(BadTaxonomy) as caught:
        read_taxonomy([tmp_path / name])
    assert complaint in caught.value.text.en
    assert name in caught.value.text.vi


@pytest.fixture(scope="module")
def real(data: Path) -> dict[str, Taxonomy]:
    """The taxonomies of the data folder by the prefix of their matches."""
    place = data / "taxonomies"
    esco = [place / "esco" / name for name in ("skills_labelled.json", "broaderRelationsSkillPillar_en.csv")]
    return {
        "oeo": read_taxonomy(sorted((place / "oeo").rglob("*.omn"))),
        "openalex": read_taxonomy([place / "openalex" / "openalex_topic_subfield_mapping.csv"]),
        "esco": read_taxonomy([*esco, place / "esco" / "greenSkillsCollection_en.csv"]),
        "dr": read_taxonomy([place / "digital_reference" / "DigitalReference.ttl"]),
    }


def test_the_real_files_are_read_whole(real: dict[str, Taxonomy], data: Path):
    counts = {name: taxonomy.counts() for name, taxonomy in real.items()}
    esco = data / "taxonomies" / "esco"
    assert counts["oeo"]["class"] == 1283
    assert counts["openalex"]["topic"] == 4516
    assert counts["esco"]["skill"] == 13_939
    assert read_taxonomy([esco / "broaderRelationsSkillPillar_en.csv"]).counts()["broader"] == 20_822
    assert read_taxonomy([esco / "greenSkillsCollection_en.csv"]).counts()["skill"] == 591
    assert counts["dr"]["class"] == 1236


def test_every_match_of_the_curated_graph_exists(real: dict[str, Taxonomy], graph: SkillGraph):
    missing = [
        (skill.key, match)
        for skill in graph
        for match in (*skill.exact_match, *skill.close_match)
        if address(match) not in real[match.partition(":")[0]].concepts
    ]
    assert missing == []


def test_an_exact_match_bears_one_of_the_skills_names(real: dict[str, Taxonomy], graph: SkillGraph):
    def words(name: str) -> tuple[str, ...]:
        return tuple(token.word.folded for token in tokens(name))

    unlike = []
    for skill in graph:
        for match in skill.exact_match:
            foreign = real[match.partition(":")[0]].concepts[address(match)]
            if not {words(name) for name in skill.names} & {words(name) for name in foreign.names}:
                unlike.append((skill.key, foreign.label))
    assert unlike == []
