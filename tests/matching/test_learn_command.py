"""From answers on the command line to weights that `match` uses."""

import json
from pathlib import Path

import numpy as np
import pytest

from matching.__main__ import main
from matching.weights import WITHOUT_MODEL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bench of one triple that words decide, and 2,000 answers that only look at concepts."""
    authors = [
        {"author_id": "a", "score": 5, "papers": [{"title": "Plasma torches", "abstract": "Of silicon."}]},
        {"author_id": "b", "score": 2, "papers": [{"title": "Rivers", "abstract": "And boats."}]},
    ]
    paper = {"paper_id": "p", "paper_title": "Torches with plasma", "abstract": "Silicon melts."}
    bench = tmp_path / "matching" / "lr_bench"
    bench.mkdir(parents=True)
    triple = {"anchor": paper, "positive": authors[0], "negative": authors[1]}
    (bench / "evaluations_pc.json").write_text(json.dumps([triple]))
    draw = np.random.default_rng(0)
    rows = []
    for i in range(2000):
        signals = dict(zip(WITHOUT_MODEL, draw.random(3).round(3).tolist(), strict=True))
        kept = signals["concepts"] > draw.normal(0.5, 0.1)
        answer = "accepted" if kept else "declined"
        rows.append(
            {"need": f"n{i // 4}", "offer": "o", "answer": answer, "rank": 1 + i % 4, "signals": signals}
        )
    (tmp_path / "answers.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return tmp_path


def learn(folder: Path, *more: str) -> int:
    files = [f"--answers={folder / 'answers.jsonl'}", f"--data={folder}", f"--out={folder / 'weights.json'}"]
    return main(["learn", *files, *more])


def test_what_was_learnt_is_written_said_and_used(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert learn(folder, "--lang=en") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "The challenger takes over."
    assert said[-1] == "LR-bench: loss 0.000 and 0.000, 0.01 more is allowed."
    written = json.loads((folder / "weights.json").read_text())
    assert written["encoder"] is None
    assert written["weights"]["concepts"] > 0.8
    assert written["report"]["decision"] == "promoted"
    (folder / "offers.jsonl").write_text('{"id": "a", "evidence": [{"id": "p", "title": "Plasma etching"}]}')
    (folder / "needs.jsonl").write_text('{"id": "n", "text": "plasma etching"}')
    files = [f"--{name}={folder / name}.jsonl" for name in ("offers", "needs")]
    weights = f"--weights={folder / 'weights.json'}"
    assert main(["match", *files, weights, f"--out={folder / 'matches.jsonl'}"]) == 0
    assert "signals: words 0." in capsys.readouterr().err


def test_the_same_answers_write_the_same_bytes(folder: Path):
    assert learn(folder) == 0
    first = (folder / "weights.json").read_bytes()
    assert learn(folder, f"--champion={folder / 'weights.json'}") == 0
    again = json.loads((folder / "weights.json").read_bytes())
    assert again["report"]["champion"] == json.loads(first)["weights"]
    assert learn(folder) == 0
    assert (folder / "weights.json").read_bytes() == first


def test_a_strange_signal_ends_the_run_and_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]):
    row = '{"need": "n", "offer": "o", "answer": "accepted", "rank": 1, "signals": {"charm": 1}}'
    (folder / "answers.jsonl").write_text(row)
    assert learn(folder) == 1
    assert "line 1, field $.signals: charm" in capsys.readouterr().err
    assert not (folder / "weights.json").exists()
