"""Skills read out of sentences that people would write, against what a reader finds in them."""

from pathlib import Path

import pytest

from matching import SkillGraph
from matching.__main__ import main
from matching.errors import BadLine, UnknownSkill
from matching.evaluate_extraction import (
    JudgedSentence,
    Reading,
    evaluate_extraction,
    f1,
    language_of,
    precision,
    read,
    recall,
)
from matching.io import read_rows

SENTENCES = Path(__file__).with_name("data") / "extraction_vi.jsonl"


@pytest.fixture(scope="module")
def judged() -> list[JudgedSentence]:
    return [row for _, row in read_rows(SENTENCES, JudgedSentence)]


def test_the_judged_sentences_are_many_and_different(judged: list[JudgedSentence], graph: SkillGraph):
    assert len({row.sentence for row in judged}) == len(judged) >= 200
    assert {key for row in judged for key in row.skills} <= set(graph.keys)
    assert sum(not row.skills for row in judged) >= 15


def test_sentences_nobody_looked_at_are_read_well_enough(judged: list[JudgedSentence], graph: SkillGraph):
    readings = [read(row, graph) for row in judged if row.part == "held"]
    assert precision(readings) >= 0.83
    assert recall(readings) >= 0.8
    assert f1(readings) >= 0.82


def test_sentences_that_were_mended_stay_mended(judged: list[JudgedSentence], graph: SkillGraph):
    readings = [read(row, graph) for row in judged if row.part == "mend"]
    assert f1(readings) >= 0.94


def test_a_reading_counts_right_extra_and_missed(graph: SkillGraph):
    row = JudgedSentence("Plasma etching and biogas.", frozenset({"biogas", "hvdc"}), "held")
    assert read(row, graph) == Reading(right=1, extra=1, missed=1)
    with pytest.raises(UnknownSkill):
        read(JudgedSentence("x", frozenset({"poetry"}), "held"), graph)


def test_the_measures_are_over_all_sentences():
    readings = [Reading(3, 1, 0), Reading(0, 0, 3)]
    assert precision(readings) == 3 / 4
    assert recall(readings) == 3 / 6
    assert f1(readings) == pytest.approx(2 * (3 / 4) * (1 / 2) / (3 / 4 + 1 / 2))
    assert (precision([]), recall([]), f1([])) == (1, 1, 1)


def test_evaluate_prints_the_parts_and_languages_it_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "s.jsonl"
    file.write_text('{"sentence": "Khí sinh học", "skills": ["biogas"], "part": "held"}\n')
    assert main(["evaluate", f"--sentences={file}"]) == 0
    assert [line.split(" 1.000")[0].strip() for line in capsys.readouterr().out.splitlines()] == [
        f"skills, {group}, {name}" for group in ("held", "held, vi") for name in ("precision", "recall", "F1")
    ]


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Nuôi lớp màng mỏng trên đế.", "vi"),
        ("Nuoi lop mang mong tren de", "vi"),
        ("Nuôi lớp màng bằng MOCVD.", "mixed"),
        ("Cần người viết testbench trên chip 22 nm", "mixed"),
        ("Thin films grown by epitaxy in our laboratory", "en"),
    ],
)
def test_a_sentence_is_of_one_language_or_mixed(sentence: str, language: str):
    assert language_of(sentence) == language


def test_a_bad_sentence_is_named(tmp_path: Path):
    (tmp_path / "s.jsonl").write_text('{"sentence": "x", "skills": [], "part": "some"}\n')
    with pytest.raises(BadLine, match=r"line 1, field \$\.part"):
        list(evaluate_extraction(tmp_path / "s.jsonl"))


def test_held_sentences_are_measured_by_language_too_and_mended_ones_by_themselves(tmp_path: Path):
    (tmp_path / "s.jsonl").write_text(
        '{"sentence": "Plasma etching.", "skills": ["plasma-etching"], "part": "held"}\n'
        '{"sentence": "Cần khí sinh học.", "skills": ["biogas", "hvdc"], "part": "held"}\n'
        '{"sentence": "Biogas.", "skills": [], "part": "mend"}\n'
    )
    figures = list(evaluate_extraction(tmp_path / "s.jsonl"))
    assert [(one.name, one.estimate.value, one.published) for one in figures if "recall" in one.name] == [
        ("skills, mend, recall", 1, "1 sentences"),
        ("skills, held, recall", pytest.approx(2 / 3), "2 sentences"),
        ("skills, held, en, recall", 1, "1 sentences"),
        ("skills, held, vi, recall", 0.5, "1 sentences"),
    ]
    assert [one.estimate.value for one in figures[:3]] == [0, 1, 0]


@pytest.mark.parametrize("form", ["turtle", "jsonld"])
def test_export_writes_a_whole_file(
    tmp_path: Path, form: str, graph: SkillGraph, capsys: pytest.CaptureFixture[str]
):
    from matching.skill_graph.export import FORMATS

    assert main(["export", f"--format={form}", f"--out={tmp_path / 'g'}"]) == 0
    assert (tmp_path / "g").read_text("utf-8") == FORMATS[form](graph)
    assert capsys.readouterr().err == f"{len(graph)} skills, version {graph.version}\n"


def test_import_taxonomy_counts_or_says_why_not(
    tmp_path: Path, graph: SkillGraph, capsys: pytest.CaptureFixture[str]
):
    main(["export", "--format=turtle", f"--out={tmp_path / 'g.ttl'}"])
    edges = sum(len(skill.broader) for skill in graph)
    assert main(["import-taxonomy", str(tmp_path / "g.ttl")]) == 0
    assert capsys.readouterr().out == f"concept      {len(graph)}\nbroader      {edges}\n"
    (tmp_path / "g.ttl").write_text("?")
    assert main(["import-taxonomy", str(tmp_path / "g.ttl")]) == 1
    assert "g.ttl: the taxonomy cannot be read" in capsys.readouterr().err
