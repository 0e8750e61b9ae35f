import json
import runpy
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from matching.__main__ import main
from matching.commands.bar import Bar
from matching.evaluate import evaluate_esco
from tests.factories.public_data import make_public_data

SVG = "{http://www.w3.org/2000/svg}"
OFFERS = """{"id": "a", "evidence": [{"id": "p", "kind": "paper", "title": "Plasma etching"}]}
{"id": "b", "skills": [{"key": "biogas", "level": 5}]}
"""
NEED = '{"id": "n", "text": "plasma etching of silicon carbide", "skills": []}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "offers.jsonl").write_text(OFFERS)
    (tmp_path / "needs.jsonl").write_text(NEED)
    return tmp_path


def run(folder: Path, *more: str) -> int:
    files = [f"--{name}={folder / name}.jsonl" for name in ("offers", "needs")]
    return main(["match", *files, f"--out={folder / 'matches.jsonl'}", *more])


def matches(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "matches.jsonl").read_text().splitlines()]


def test_match_writes_one_line_a_need_best_first(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert run(folder, "--k=0") == 0
    (line,) = matches(folder)
    assert line["need"] == "n"
    assert [m["offer"] for m in line["matches"]] == ["a", "b"]  # type: ignore[attr-defined, index]
    said = capsys.readouterr().err
    assert "1 needs, 2 offers; signals: words 0.57, concepts 0.43" in said


def test_match_leaves_out_those_who_have_nothing_to_do_with_it(folder: Path):
    assert run(folder) == 0
    assert [m["offer"] for m in matches(folder)[0]["matches"]] == ["a"]  # type: ignore[attr-defined, index]


def test_unknown_keys_are_reported_and_looked_for_as_words(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "needs.jsonl").write_text('{"id": "n", "skills": [{"key": "plasma-poetry"}]}')
    assert run(folder) == 0
    assert (
        "n: no skill 'plasma-poetry' in the graph; its words are looked for instead\n"
        in capsys.readouterr().err
    )
    assert [m["offer"] for m in matches(folder)[0]["matches"]] == ["a"]  # type: ignore[attr-defined, index]


def test_a_bad_line_ends_the_run_and_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "needs.jsonl").write_text(NEED + '{"text": "x"}\n')
    assert run(folder) == 1
    assert "needs.jsonl, line 2, field $.id: " in capsys.readouterr().err
    assert sorted(file.name for file in folder.iterdir()) == ["needs.jsonl", "offers.jsonl"]


def test_a_missing_file_ends_the_run(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "offers.jsonl").unlink()
    assert run(folder) == 1
    assert "offers.jsonl" in capsys.readouterr().err


def test_k_is_a_whole_number(folder: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        run(folder, "--k=-1")
    assert "a whole number, 0 or more" in capsys.readouterr().err


def test_the_bar_speaks_seldom_and_ends_its_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    times = iter([0.0, 0.1, 0.7, 0.7, 0.8, 0.8])
    monkeypatch.setattr("time.monotonic", lambda: next(times))
    bar = Bar("needs")
    bar(1, 3)
    bar(2, 3)
    bar(3, 3)
    assert capsys.readouterr().err == (f"\rneeds [{'#' * 20:<30}] 2/3\rneeds [{'#' * 30}] 3/3\n")


def test_the_module_is_a_command(folder: Path, monkeypatch: pytest.MonkeyPatch):
    files = [f"--{name}={folder / name}.jsonl" for name in ("offers", "needs")]
    monkeypatch.setattr(sys, "argv", ["matching", "match", *files, f"--out={folder / 'matches.jsonl'}"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("matching", run_name="__main__")
    assert ended.value.code == 0
    assert len(matches(folder)) == 1


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    return make_public_data(tmp_path)


def test_evaluate_prints_the_figures_beside_the_published_ones(
    judged: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["evaluate", f"--data={judged}"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "LR-bench accuracy        1.000 [1.000, 1.000]     0.698 TF-IDF, 0.769 RATE (8 billion parameters)",
        "LR-bench loss            0.000 [0.000, 0.000]     0.241 TF-IDF, 0.180 RATE (8 billion parameters)",
        "ESCO tech MRR            1.000 [1.000, 1.000]     0.410 TF-IDF, 0.472 letters",
        "Tatoeba vi→en P@1        1.000 [1.000, 1.000]     0.10 letters, 0.97 LaBSE (470 million parameters)",
    ]


def test_evaluate_says_when_there_is_nothing_to_measure_with(capsys: pytest.CaptureFixture[str]):
    assert main(["evaluate"]) == 1
    assert "--data, --sentences, --both: none is given" in capsys.readouterr().err


def test_evaluate_says_which_file_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["evaluate", f"--data={tmp_path}"]) == 1
    assert "evaluations_pc.json" in capsys.readouterr().err


def test_phrases_of_job_adverts_find_their_esco_skill(data: Path):
    (figure,) = evaluate_esco(data)
    assert figure.estimate.value >= 0.52


def verb(folder: Path, name: str, *more: str) -> list[dict[str, Any]]:
    """Run a verb on the offers and needs of the folder and read what it wrote."""
    out = folder / f"{name}.out"
    files = [f"--{kind}={folder / kind}.jsonl" for kind in ("offers", "needs")]
    assert main([name, *files, f"--out={out}", *more]) == 0
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_fit_makes_an_index_that_match_takes(folder: Path, capsys: pytest.CaptureFixture[str]):
    index = folder / "index"
    assert main(["fit", f"--offers={folder / 'offers.jsonl'}", f"--out={index}"]) == 0
    assert "2 offers, 2 items; signals: words 0.57, concepts 0.43" in capsys.readouterr().err
    needs, out = folder / "needs.jsonl", folder / "by-index.jsonl"
    assert main(["match", f"--index={index}", f"--needs={needs}", f"--out={out}"]) == 0
    assert run(folder) == 0
    assert out.read_bytes() == (folder / "matches.jsonl").read_bytes()


def test_match_keeps_the_limits_of_a_need(folder: Path):
    limited = {"id": "n", "text": "plasma etching and biogas", "limits": {"languages": ["vi"]}}
    hidden = {"id": "c", "visible": False, "languages": ["vi"], "skills": [{"key": "biogas"}]}
    speaks = {"id": "d", "languages": ["vi"], "skills": [{"key": "biogas"}]}
    (folder / "needs.jsonl").write_text(json.dumps(limited))
    with (folder / "offers.jsonl").open("a") as offers:
        offers.write("\n".join(map(json.dumps, (hidden, speaks))))
    assert run(folder) == 0
    assert [m["offer"] for m in matches(folder)[0]["matches"]] == ["d"]  # type: ignore[attr-defined, index]


def test_explain_says_why_the_best_in_data_and_in_words(folder: Path):
    (line,) = verb(folder, "explain")
    assert (line["explanation"]["need"], line["explanation"]["offer"]) == ("n", "a")
    parts = sum(part["value"] for part in line["explanation"]["contributions"])
    assert parts == pytest.approx(line["explanation"]["score"], abs=1e-6)
    assert line["vi"][0].startswith("“Ăn mòn plasma” đạt 75%")
    assert len(line["vi"]) == len(line["en"])


def test_explain_says_why_a_certain_offer_and_why_not(folder: Path):
    (line,) = verb(folder, "explain", "--offer=b")
    assert (line["explanation"]["offer"], line["explanation"]["score"]) == ("b", 0)
    (line,) = verb(folder, "explain", "--why-not=b", "--k=1")
    assert (line["why_not"]["rank"], line["why_not"]["last"]) == (None, "a")
    assert line["en"][0] == "Nothing in common with the need."


def test_explain_names_an_offer_that_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]):
    files = [f"--{kind}={folder / kind}.jsonl" for kind in ("offers", "needs")]
    assert main(["explain", *files, f"--out={folder / 'x'}", "--offer=z"]) == 1
    assert "No offer z in the index" in capsys.readouterr().err
    assert not (folder / "x").exists()


def test_team_writes_teams_with_their_words(folder: Path):
    (folder / "needs.jsonl").write_text('{"id": "n", "text": "plasma etching and biogas"}')
    (line,) = verb(folder, "team")
    assert [member["offer"] for member in line["answer"]["teams"][0]["members"]] == ["a", "b"]
    assert (line["answer"]["gap"], line["vi"][-1]) == (0, "Đáp ứng 88% nhu cầu.")
    (line,) = verb(folder, "team", "--most=1", "--least=0.8")
    assert line["answer"]["teams"] == []
    assert line["en"] == [
        "Relax the greatest number of members to 2.",
        "Relax the share of the need to be covered to 50%.",
    ]


def test_team_refuses_rules_out_of_their_range(folder: Path, capsys: pytest.CaptureFixture[str]):
    files = [f"--{kind}={folder / kind}.jsonl" for kind in ("offers", "needs")]
    assert main(["team", *files, f"--out={folder / 'x'}", "--least=2"]) == 1
    assert "`$.least`" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["team", *files, f"--out={folder / 'x'}", "--most=0"])
    assert "a whole number, 1 or more" in capsys.readouterr().err


def test_assign_writes_a_plan_or_what_blocks(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = {
        "dossiers": [{"id": "d1", "want": 1}],
        "appraisers": [{"id": "a1"}, {"id": "a2"}],
        "scores": [{"dossier": "d1", "appraiser": "a2", "score": 0.5}],
        "limits": [{"seed": 3}],
    }
    for name, lines in rows.items():
        (tmp_path / name).write_text("\n".join(map(json.dumps, lines)))
    files = [f"--{name}={tmp_path / name}" for name in rows]
    assert main(["assign", *files, f"--out={tmp_path / 'plan'}"]) == 0
    plan = json.loads((tmp_path / "plan").read_text())
    assert [(seat["dossier"], seat["appraiser"]) for seat in plan["seats"]] == [("d1", "a2")]
    assert capsys.readouterr().err == "1 seats\n"
    (tmp_path / "dossiers").write_text('{"id": "d1", "want": 3}')
    assert main(["assign", *files, f"--out={tmp_path / 'plan'}"]) == 0
    plan = json.loads((tmp_path / "plan").read_text())
    assert plan.get("seats", []) == []
    assert len(capsys.readouterr().err.splitlines()) == len(plan["blocks"]) + len(plan["relaxation"])
    (tmp_path / "limits").write_text('{"seed": 3}\n{"cap": 0.5}')
    assert main(["assign", *files, f"--out={tmp_path / 'plan'}"]) == 1
    assert "limits has more than one line" in capsys.readouterr().err


def drawn(tmp_path: Path, *asked: str) -> ET.Element:
    out = tmp_path / "picture.svg"
    assert main(["draw", *asked, f"--out={out}"]) == 0
    return ET.fromstring(out.read_text("utf-8"))  # noqa: S314


def test_draw_makes_pictures_of_the_graph(tmp_path: Path):
    title = f"{SVG}title"
    assert (
        drawn(tmp_path, "skill", "hvdc", "--lang=en").findtext(title) == "Neighbourhood of HVDC transmission"
    )
    path = drawn(tmp_path, "path", "etching", "plasma-etching", "--evidence=Bài báo")
    assert path.findtext(f"{SVG}desc") == "Ăn mòn → bao gồm → Ăn mòn plasma → thể hiện qua → Bài báo"


def test_draw_shows_who_covers_what(folder: Path):
    files = [f"--{kind}={folder / kind}.jsonl" for kind in ("offers", "needs")]
    picture = drawn(folder, "coverage", *files, "--lang=en", "--need=n")
    assert str(picture.findtext(f"{SVG}desc")).startswith("Plasma etching: a 75%.")


def test_draw_says_what_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]):
    files = [f"--{kind}={folder / kind}.jsonl" for kind in ("offers", "needs")]
    out = f"--out={folder / 'x.svg'}"
    assert main(["draw", "skill", "magic", out]) == 1
    assert main(["draw", "path", "etching", "magic", out]) == 1
    assert main(["draw", "coverage", *files, "--need=z", out]) == 1
    assert "no need z in needs.jsonl" in capsys.readouterr().err
