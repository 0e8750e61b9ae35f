import json
from pathlib import Path

import pytest

from matching import Evidence, Matcher, Need, Offer, SkillGraph, SkillLevel, SubNeed
from matching.errors import BadLine
from matching.io import read_needs, read_offers, unknown_skills, write_lines, written


def test_offers_are_read_and_further_fields_ignored(tmp_path: Path):
    file = tmp_path / "offers.jsonl"
    file.write_text(
        '\ufeff{"id": "a", "kind": "institute", "name": "Viện", '
        '"skills": [{"key": "hvdc", "level": 4}], "city": "HP"}\n'
        "\n"
        '{"id": "b", "evidence": [{"id": "p", "kind": "paper", "title": "T", "text": "x", "year": 2020}]}\n',
        "utf-8",
    )
    assert read_offers(file) == [
        Offer(id="a", kind="institute", name="Viện", skills=(SkillLevel("hvdc", 4),)),
        Offer(id="b", evidence=(Evidence(id="p", kind="paper", title="T", text="x", year=2020),)),
    ]


def test_needs_are_read(tmp_path: Path):
    file = tmp_path / "needs.jsonl"
    file.write_text(
        '{"id": "n", "text": "gió", "skills": [{"key": "hvdc", "weight": 2, "required": false}]}', "utf-8"
    )
    assert read_needs(file) == [Need(id="n", text="gió", skills=(SubNeed("hvdc", 2, required=False),))]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('{"text": "x"}', "$.id"),
        ('{"id": ""}', "$.id"),
        ('{"id": 3}', "$.id"),
        ('{"id": "n", "skills": [{"key": "a"}, {"weight": 1}]}', "$.skills[1].key"),
        ('{"id": "n", "skills": [{"key": "a", "weight": 0}]}', "$.skills[0].weight"),
        ("[1]", "$"),
        ("{not json", "$"),
        ('{"id": "first"}', "$.id"),
    ],
)
def test_a_bad_line_names_itself_its_field_and_the_mend(line: str, field: str, tmp_path: Path):
    file = tmp_path / "needs.jsonl"
    file.write_text(f'{{"id": "first"}}\n{line}\n', "utf-8")
    with pytest.raises(BadLine) as caught:
        read_needs(file)
    assert (caught.value.line, caught.value.field) == (2, field)
    assert caught.value.text.en.startswith(f"needs.jsonl, line 2, field {field}: ")
    assert caught.value.text.vi.startswith(f"needs.jsonl, dòng 2, trường {field}: ")


def test_unknown_skills_are_named(graph: SkillGraph):
    rows = [Offer(id="a", skills=(SkillLevel("hvdc"), SkillLevel("magic")))]
    assert unknown_skills(rows, graph) == [("a", "magic")]


def test_matches_are_written_with_their_paths(
    offers: tuple[Offer, ...], need: Need, graph: SkillGraph, tmp_path: Path
):
    matcher = Matcher.fit(offers, graph)
    file = tmp_path / "matches.jsonl"
    matches = matcher.match(need)
    assert write_lines(file, [written(need, matches)]) == 1
    line = json.loads(file.read_text("utf-8"))
    assert line["need"] == "n1"
    assert [m["offer"] for m in line["matches"]] == [m.offer for m in matches]
    assert line["matches"][0]["score"] == matches[0].score
    assert line["matches"][0]["paths"][0] == {
        "need": "plasma-etching",
        "steps": [],
        "evidence": "p1",
        "covered": 0.75,
    }


def test_nothing_is_left_of_a_file_that_fails_half_way(tmp_path: Path):
    def rows():
        yield 1
        raise RuntimeError("half way")

    (tmp_path / "out.jsonl").write_text("old")
    with pytest.raises(RuntimeError, match="half way"):
        write_lines(tmp_path / "out.jsonl", rows())
    assert [file.name for file in tmp_path.iterdir()] == ["out.jsonl"]
    assert (tmp_path / "out.jsonl").read_text() == "old"
